"""Tubes are scanned one after the other, read back with a count, entered with one result, undone together."""

from __future__ import annotations

from tests.integration.laboratory.bench import Bench
from tests.pages import words


def scan(bench: Bench, codes: str, counted: int, result: str = "negative", record: str = "") -> None:
    answer = bench.post("laboratory_scan", codes=codes, counted=str(counted), result=result, record=record)
    assert answer.status_code == 302, answer.content.decode()


def test_what_was_scanned_is_read_back_before_it_is_entered(bench: Bench) -> None:
    scan(bench, "A-1\r\na-3\r\n", 2)
    page = words(bench.page("laboratory_delivery", bench.last().pk))
    assert "将录入 2 支" in page
    assert "共扫到 2 支" in page
    assert bench.result("A-1") == ""

    bench.post("laboratory_enter", bench.last().pk)
    assert (bench.result("A-1"), bench.result("A-3")) == ("negative", "negative")

    bench.post("laboratory_undo", bench.last().pk)
    assert (bench.result("A-1"), bench.result("A-3")) == ("", "")


def test_a_count_that_differs_is_said_and_scanning_one_twice_counts_once(bench: Bench) -> None:
    scan(bench, "A-1 A-1\nA-3", 3)
    assert "扫到 2 支，您数的是 3 支" in words(bench.page("laboratory_delivery", bench.last().pk))
    bench.post("laboratory_enter", bench.last().pk)
    assert bench.last().counts["statuses"]["entered"] == 2


def test_the_same_form_sent_twice_makes_one_delivery(bench: Bench) -> None:
    record = "01934b5e-0000-7000-8000-000000000001"
    scan(bench, "A-1", 1, record=record)
    scan(bench, "A-1", 1, record=record)
    assert len(bench.page("laboratory").content.decode().split("扫管</a>")) == 2


def test_a_positive_pool_goes_on_to_the_retests(bench: Bench) -> None:
    scan(bench, "A-1", 1, "positive")
    assert "里面有 1 支阳性" in bench.page("laboratory_delivery", bench.last().pk).content.decode()
    bench.post("laboratory_enter", bench.last().pk)
    assert "3 人在阳性管里" in words(bench.page("retests"))


def test_nothing_scanned_is_said_at_the_field(bench: Bench) -> None:
    page = words(bench.post("laboratory_scan", codes="", counted="", result="negative"))
    assert "填" in page or "必填" in page
