"""A laboratory's file is read whatever its columns are called, matched, looked at, entered and undone as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.laboratory.bench import LONG, PLAIN, Bench
from tests.integration.registry.rosters import number
from tests.pages import words
from wuyicun.domains.laboratory import jobs
from wuyicun.domains.laboratory.models import Line
from wuyicun.domains.laboratory.rules import State

ID = number("19540308")


def test_a_plain_table_is_matched_shown_and_entered(bench: Bench) -> None:
    delivery = bench.upload(bench.xlsx(PLAIN, [("A-1", "阴性"), ("a-3", "阳性"), ("Z-9", "阴性")]))
    assert "每一列都认出来了" in words(bench.page("laboratory_delivery", delivery.pk))

    bench.post("laboratory_columns", delivery.pk)

    page = words(bench.page("laboratory_delivery", delivery.pk))
    assert "将录入 2 支" in page
    assert bench.result("A-1") == ""
    bench.post("laboratory_enter", delivery.pk)
    assert (bench.result("A-1"), bench.result("A-3"), bench.result("A-2")) == ("negative", "positive", "")
    assert bench.said()["Z-9"] == ("unmatched", "unknown", "aside")
    assert "已录入 2 支" in words(bench.page("laboratory_delivery", delivery.pk))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_delimited_table_with_names_ids_and_times_is_read(bench: Bench, encoding: str) -> None:
    rows = [
        (1, "A-1", "甲01", "", "阴性(-)", "2022-11-25 09:42"),
        (2, "A-1", "甲02", "", "阴性(-)", "2022-11-25 09:42"),
        (3, "A-2", "甲04", ID, "未检出", "2022/11/25 10:05:11"),
        (4, "A-3", "", "", "检测中", ""),
    ]
    bench.take(bench.csv(LONG, rows, encoding), "核酸结果.csv")

    assert (bench.result("A-1"), bench.result("A-2"), bench.result("A-3")) == ("negative", "negative", "")
    assert [row.status for row in Line.rows().order_by("number")] == ["entered", "joined", "entered"]
    assert bench.last().counts["pending"] == 1
    reported = bench.line("A-2").reported_at
    assert reported is not None
    assert reported.isoformat() == "2022-11-25T02:05:00+00:00"


def test_title_lines_above_the_titles_are_passed_over(bench: Bench) -> None:
    bench.take(bench.xlsx(LONG, [(1, "A-2", "甲04", ID, "阴性", "")], above=["平定县人民医院", "新冠病毒核酸检测结果"]))
    assert bench.result("A-2") == "negative"


def test_columns_that_say_nothing_are_mapped_by_hand_once_and_remembered(bench: Bench) -> None:
    titles = ("甲栏", "乙栏", "丙栏")
    delivery = bench.upload(bench.xlsx(titles, [("K1", "A-1", "合格"), ("K2", "A-3", "合格")]))
    assert "没有认出试管编号和结果两列" in words(bench.page("laboratory_delivery", delivery.pk))
    chosen = {"column-0-A": "", "column-0-B": "tube", "column-0-C": "result"}
    bench.post("laboratory_columns", delivery.pk, **chosen)
    assert bench.said(delivery)["A-1"] == ("unmatched", "unreadable", "aside")

    again = bench.upload(bench.xlsx(titles, [("K3", "Z-7", "阴性")]), "另一份.xlsx")

    assert "每一列都认出来了" in words(bench.page("laboratory_delivery", again.pk))


def test_the_same_file_is_not_taken_twice(bench: Bench) -> None:
    content = bench.xlsx(PLAIN, [("A-1", "阴性")])
    first = bench.take(content)
    second = bench.upload(content)
    assert second.pk == first.pk


def test_a_whole_delivery_is_undone(bench: Bench) -> None:
    delivery = bench.take(bench.xlsx(PLAIN, [("A-1", "阳性"), ("A-3", "阴性"), ("Z-1", "阴性")]))

    bench.post("laboratory_undo", delivery.pk)

    assert (bench.result("A-1"), bench.result("A-3")) == ("", "")
    assert bench.last().state == State.UNDONE
    assert not Line.rows().filter(open=True).exists()
    bench.take(bench.xlsx(PLAIN, [("A-1", "阳性"), ("A-3", "阴性"), ("Z-1", "阴性")]))
    assert bench.result("A-1") == "positive"


def test_a_file_without_results_says_so_and_one_that_is_none_is_refused(bench: Bench) -> None:
    delivery = bench.upload(bench.xlsx(("姓名", "电话"), [("甲01", "13800000000")]))
    assert "没有读到结果" in words(bench.post("laboratory_columns", delivery.pk))
    answer = bench.post("laboratory", laboratory="")
    assert answer.status_code == 400
    bench.post("laboratory_drop", delivery.pk)
    assert bench.last().state == State.DROPPED


def test_long_files_are_worked_on_by_a_job_portion_by_portion(
    bench: Bench, deferred: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wuyicun.domains.laboratory.entering.PORTION", 1)
    delivery = bench.upload(bench.xlsx(PLAIN, [("A-1", "阴性"), ("A-3", "阴性"), ("A-2", "阴性")]))
    bench.post("laboratory_columns", delivery.pk)
    assert "正在核对" in words(bench.page("laboratory_delivery", delivery.pk))
    assert bench.page("laboratory_progress", delivery.pk).status_code == 200
    jobs.laboratory_step(**deferred[-1])
    assert bench.last().state == State.MATCHED

    bench.post("laboratory_enter", delivery.pk)
    jobs.laboratory_step(**deferred[-1])
    jobs.laboratory_step(**deferred[-1])

    assert bench.last().state == State.ENTERED
    assert [bench.result(code) for code in ("A-1", "A-2", "A-3")] == ["negative"] * 3
    assert bench.page("laboratory_progress", delivery.pk)["HX-Refresh"] == "true"


def test_a_long_entering_stops_between_portions_and_goes_on(bench: Bench, deferred: list[dict[str, Any]]) -> None:
    delivery = bench.upload(bench.xlsx(PLAIN, [("A-1", "阴性"), ("A-3", "阴性")]))
    bench.post("laboratory_columns", delivery.pk)
    jobs.laboratory_step(**deferred[-1])
    bench.post("laboratory_enter", delivery.pk)

    bench.post("laboratory_stop", delivery.pk)
    jobs.laboratory_step(**deferred[-1])

    assert (bench.last().state, bench.result("A-1")) == (State.MATCHED, "")
    bench.post("laboratory_enter", delivery.pk)
    jobs.laboratory_step(**deferred[-1])
    assert bench.result("A-1") == "negative"
