"""Each cause has its queue; what is done there is done to the tube, written down, and can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.laboratory.bench import DOCTOR, LONG, PLAIN, Bench
from tests.integration.registry.rosters import number
from tests.pages import words
from wuyicun.domains.laboratory import jobs, queries
from wuyicun.domains.laboratory.models import Delivery, Line
from wuyicun.domains.laboratory.rules import Cause
from wuyicun.domains.rolls.rules import State
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow
from wuyicun.kernel.records.models import Record

OTHER = number("19600101")
ID = number("19540308")


def counts(bench: Bench) -> dict[str, int]:
    found = queries.open_counts(bench.desk.cast.village.pk, bench.desk.round.pk, clock.now())
    return {str(cause): count for cause, count in found.items() if count}


def last_decision() -> object:
    return Line.rows().exclude(decision=None).latest("decided_at").decision


def test_an_unmatched_tube_is_told_by_hand_and_that_can_be_undone(bench: Bench) -> None:
    bench.take(bench.xlsx(PLAIN, [("A1", "阴性")]))
    assert "很像 A-1" in words(bench.page("laboratory_queue", bench.desk.round.pk, "unmatched"))

    bench.post("laboratory_assign", bench.line("A1").pk, code="A-1")
    assert (bench.result("A-1"), counts(bench)) == ("negative", {})

    bench.post("laboratory_take_back", last_decision())
    assert (bench.result("A-1"), counts(bench)) == ("", {"unmatched": 1})
    bench.post("laboratory_assign", bench.line("A1").pk, code="A-3")
    assert bench.result("A-3") == "negative"


def test_a_tube_that_the_round_does_not_have_takes_nothing(bench: Bench) -> None:
    bench.take(bench.xlsx(PLAIN, [("Z-1", "阴性")]))
    answer = bench.desk.post("范医生", "laboratory_assign", bench.line("Z-1").pk, code="Z-1", follow=True)
    assert "本轮没有编号是 Z-1 的试管" in words(answer)
    assert counts(bench) == {"unmatched": 1}


def test_what_came_before_its_tube_is_matched_again(bench: Bench) -> None:
    bench.take(bench.xlsx(PLAIN, [("B-1", "阴性")]))
    assert bench.desk.state("甲07") is State.OWED
    bench.fill("B-1", ["甲07"])

    bench.post("laboratory_again")

    assert (bench.result("B-1"), counts(bench)) == ("negative", {})


def test_what_waits_for_its_tube_is_entered_by_itself_once_that_has_come(bench: Bench) -> None:
    bench.take(bench.xlsx(PLAIN, [("B-1", "阴性"), ("Z-9", "阴性")]))
    jobs.match_again(0)
    assert counts(bench) == {"unmatched": 2}
    bench.fill("B-1", ["甲07"])

    jobs.match_again(0)

    assert (bench.result("B-1"), counts(bench)) == ("negative", {"unmatched": 1})
    by = Record.objects.get(pk=bench.line("B-1").record_id).by
    assert by == bench.desk.cast.accounts[DOCTOR].pk


def test_what_was_decided_of_a_delivery_that_is_undone_stays_decided(bench: Bench) -> None:
    delivery = bench.take(bench.xlsx(PLAIN, [("Z-1", "阴性")]))
    bench.post("laboratory_close", bench.line("Z-1").pk, reason="elsewhere")
    bench.post("laboratory_undo", delivery.pk)
    bench.post("laboratory_take_back", last_decision())
    assert counts(bench) == {}


def test_a_line_that_names_somebody_else_is_not_entered_until_somebody_has_looked(bench: Bench) -> None:
    bench.take(bench.xlsx(LONG, [(1, "A-2", "甲04", OTHER, "阴性", ""), (2, "A-3", "丙01", "", "阴性", "")]))
    assert bench.said() == {"A-2": ("wrong_id", "id", "aside"), "A-3": ("wrong_id", "name", "aside")}
    assert (bench.result("A-2"), counts(bench)) == ("", {"wrong_id": 2})
    page = words(bench.page("laboratory_queue", bench.desk.round.pk, "wrong_id"))
    assert f"甲04 尾号 {OTHER[-4:]}" in page
    assert OTHER not in page
    assert "管里是 甲05、甲06" in page

    bench.post("laboratory_assign", bench.line("A-2").pk, code="A-2")

    assert (bench.result("A-2"), counts(bench)) == ("negative", {"wrong_id": 1})


def test_nine_right_rows_of_a_pool_enter_it_and_the_wrong_one_is_looked_at(bench: Bench) -> None:
    rows = [(1, "A-1", "甲01", "", "阴性", ""), (2, "A-1", "甲02", "", "阴性", ""), (3, "A-1", "丁一", "", "阴性", "")]
    bench.take(bench.xlsx(LONG, rows))
    assert (bench.result("A-1"), counts(bench)) == ("negative", {"wrong_id": 1})


def test_what_a_file_and_a_hand_say_otherwise_waits_for_a_decision(bench: Bench) -> None:
    bench.desk.send("tube.result", tube="A-1", result="negative")
    bench.take(bench.xlsx(PLAIN, [("A-1", "阳性")]))
    assert (bench.result("A-1"), counts(bench)) == ("disputed", {"mismatch": 1})
    page = words(bench.page("laboratory_queue", bench.desk.round.pk, "mismatch"))
    assert "县医院 · 结果.xlsx 第 2 行" in page
    assert "手工录入" in page

    bench.post("laboratory_accept", bench.desk.round.pk, bench.line("A-1").record_id, code="A-1")

    assert (bench.result("A-1"), counts(bench)) == ("positive", {})


def test_two_laboratories_and_one_file_can_contradict_each_other(bench: Bench) -> None:
    bench.take(bench.xlsx(PLAIN, [("A-1", "阴性")]))
    bench.take(bench.xlsx(PLAIN, [("A-1", "阳性"), ("A-3", "阴性"), ("A-3", "阳性")]), "疾控.xlsx")
    assert bench.said()["A-3"] == ("mismatch", "in_file", "entered")
    assert counts(bench) == {"mismatch": 2}


def test_what_is_said_again_is_not_entered_again(bench: Bench) -> None:
    bench.desk.send("tube.result", tube="A-1", result="negative")
    bench.take(bench.xlsx(PLAIN, [("A-1", "阴性"), ("A-3", "阴性"), ("A-3", "阴性")]))
    assert counts(bench) == {"duplicate": 2}

    bench.post("laboratory_close_all", bench.desk.round.pk, "duplicate", reason="same", shown="1")
    assert counts(bench) == {"duplicate": 2}
    bench.post("laboratory_close_all", bench.desk.round.pk, "duplicate", reason="same", shown="2")
    assert counts(bench) == {}

    bench.post("laboratory_take_back", last_decision())
    assert counts(bench) == {"duplicate": 2}


@pytest.mark.parametrize(("reported", "detail"), [(7, "upload"), (9, "laboratory")])
def test_a_late_result_counts_and_its_reason_is_written_down(bench: Bench, reported: int, detail: str) -> None:
    bench.fill("L-1", ["甲07"], minutes_ago=10 * 60)
    at = clock.now() - timedelta(hours=10 - reported)
    bench.take(
        bench.csv(("编号", "结果", "报告时间"), [("L-1", "阴性", f"{at + timedelta(hours=8):%Y-%m-%d %H:%M}")]), "a.csv"
    )
    assert bench.said()["L-1"] == ("late", detail, "entered")
    assert (bench.result("L-1"), counts(bench)) == ("negative", {"late": 1})

    bench.post("laboratory_close", bench.line("L-1").pk, reason="backlog")

    assert counts(bench) == {}
    assert AuditRow.objects.filter(action="laboratory.close", data__reason="backlog").exists()


def test_a_tube_that_was_sent_and_never_answered_stands_in_the_queue(bench: Bench) -> None:
    bench.fill("M-1", ["甲08"], minutes_ago=9 * 60)
    assert counts(bench) == {}
    bench.desk.hand_over("M-1")
    assert counts(bench) == {"missing": 1}
    assert "M-1" in words(bench.page("laboratory_queue", bench.desk.round.pk, "missing"))

    bench.post("tube_end", bench.desk.tube_id("M-1"), state="lost", reason="")

    assert counts(bench) == {}
    assert bench.desk.state("甲08") is State.OWED


def test_tubes_that_ended_and_codes_of_other_rounds_are_told_apart(bench: Bench) -> None:
    bench.post("tube_end", bench.desk.tube_id("A-3"), state="void", reason="")
    bench.take(bench.xlsx(PLAIN, [("A-3", "阴性"), ("Z-1", "阴性"), ("", "阴性"), (1234567890123456, "阴性")]))
    assert {cause for cause, _detail, _status in bench.said().values()} == {"unmatched"}
    assert sorted(detail for _cause, detail, _status in bench.said().values()) == [
        "ended",
        "no_code",
        "rounded",
        "unknown",
    ]


@pytest.mark.parametrize("cause", list(Cause))
def test_every_queue_has_a_page_that_says_what_to_do_and_when_it_is_empty(bench: Bench, cause: Cause) -> None:
    assert "这里没有要处理的" in words(bench.page("laboratory_queue", bench.desk.round.pk, cause))


def test_who_enters_no_results_sees_none_of_it(bench: Bench) -> None:
    bench.take(bench.xlsx(PLAIN, [("Z-1", "阴性")]))
    delivery = Delivery.rows().latest("made_at")
    for who in ("采样员", "转运员", "外人"):
        assert bench.desk.get(who, "laboratory").status_code == 404
        assert bench.desk.get(who, "laboratory_delivery", delivery.pk).status_code == 404
        assert bench.desk.post(who, "laboratory_close", bench.line("Z-1").pk, reason="other").status_code == 404
    assert counts(bench) == {"unmatched": 1}
