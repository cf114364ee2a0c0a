"""Tubes, runs and results on pages."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.integration.screening.desk import Desk
from tests.pages import words
from tests.unit.documents.samples import codes_on, pages_of
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.models import Tube
from wuyicun.domains.screening.web.labels import new_codes
from wuyicun.domains.screening.web.tubes import read_code
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.models import Record


def test_tubes_are_filtered_by_chips(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"], close=False)
    desk.fill("A-2", ["甲02"], minutes_ago=90)
    page = words(desk.get("转运员", "tubes"))
    assert "2 支试管，1 支超时" in page
    assert "A-1" in page
    late = words(desk.get("转运员", "tubes", state="late"))
    assert "A-2" in late
    assert "A-1" not in late


def test_a_scanned_code_leads_to_its_tube(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    response = desk.get("转运员", "tubes", code="\uff41-1 ")
    assert response.headers["Location"] == reverse("tube", args=[desk.tube_id("A-1")])
    assert "本轮没有编号是 B-9 的试管" in words(desk.get("转运员", "tubes", code="b-9"))


def test_a_tube_names_its_people_to_who_may_know_them(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "丙01"])
    tube = desk.tube_id("A-1")
    assert "甲01" in (page := words(desk.get("范医生", "tube", tube)))
    assert "丙01" in page
    assert "甲01" in (page := words(desk.get("王海斌", "tube", tube)))
    assert "丙01" not in page
    assert "不在您的区域" in page
    page = words(desk.get("转运员", "tube", tube))
    assert "甲01" not in page
    assert "丙01" not in page
    assert desk.get("外人", "tube", tube).status_code == 404


def test_flags_stand_in_words(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02", "甲03"], pool=2)
    desk.fill("A-2", ["甲01"])
    assert "超出混采人数" in words(desk.get("范医生", "tube", desk.tube_id("A-1")))
    page = words(desk.get("范医生", "samples"))
    assert "2 份样本存着但不计" in page
    assert "重复采样" in page
    assert "甲03" in page
    assert "甲02" not in page


def test_a_lost_tube_gives_its_people_back_to_the_list(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02"])
    tube, record = desk.tube_id("A-1"), uuid7()
    assert desk.post("王海斌", "tube_end", tube, state="lost", reason="掉了").status_code == 404
    page = desk.post("转运员", "tube_end", tube, follow=True, state="lost", reason="掉了", record=str(record))
    assert "2 人重新列为待采" in words(page)
    assert desk.state("甲01") is State.OWED
    desk.post("转运员", "take_back", desk.round.pk, record)
    assert desk.state("甲01") is State.DONE


def test_the_history_of_a_tube_is_told_with_what_was_taken_back(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    result = desk.send("tube.result", tube="A-1", result="positive")
    desk.post("范医生", "take_back", desk.round.pk, result, reason="wrong_tube")
    page = words(desk.get("范医生", "tube", desk.tube_id("A-1")))
    assert "开管" in page
    assert "没有人了" in page
    assert "阳性 已作废" in page
    assert desk.tube("A-1").result == ""


def test_a_swab_is_taken_back_only_where_its_person_lives(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    with desk.scope():
        swab = Record.rows().get(kind="sample")
    assert desk.post("钟花", "take_back", desk.round.pk, swab.pk, reason="wrong_person").status_code == 404
    assert desk.post("转运员", "take_back", desk.round.pk, swab.pk, reason="wrong_person").status_code == 404
    desk.post("王海斌", "take_back", desk.round.pk, swab.pk, reason="wrong_person")
    assert desk.state("甲01") is State.OWED


def test_a_record_of_nothing_cannot_be_taken_back(desk: Desk) -> None:
    assert desk.post("梁会明", "take_back", desk.round.pk, uuid4()).status_code == 404


def test_labels_bear_new_codes_that_a_scanner_reads(desk: Desk) -> None:
    assert re.search(r"T[2-9A-Z]{2}-[2-9A-Z]{4}", words(desk.get("采样员", "labels")))
    response = desk.post("采样员", "labels", sheets="1")
    codes = codes_on(response.content)
    assert len(codes) == 40
    assert all(re.fullmatch(r"T[2-9A-HJKMNP-Z]{2}-[2-9A-HJKMNP-Z]{4}", code) for code in codes)
    assert desk.get("转运员", "labels").status_code == 404


def test_new_codes_are_none_that_a_tube_of_the_village_bears(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk.scope():
        first = new_codes(desk.cast.village.pk, 3)
        assert len(set(first)) == 3
    desk.fill(first[0], ["甲01"])
    drawn = iter([first[0], "TAA-AAAA"])
    monkeypatch.setattr("wuyicun.domains.screening.web.labels._new_code", lambda: next(drawn))
    with desk.scope():
        assert new_codes(desk.cast.village.pk, 1) == ["TAA-AAAA"]


def test_a_code_is_read_as_it_was_meant() -> None:
    assert read_code(" \uff58-0173\n") == "X-0173"


def _hand_over(desk: Desk, **changes: Any) -> HttpResponse:
    form = {
        "tube": ["A-1", "A-2"],
        "counted": "2",
        "giver": "杜梅",
        "receiver": "常明",
        "record": str(uuid7()),
        **changes,
    }
    return desk.post("转运员", "runs", follow=True, **form)


def test_the_runs_page_counts_down_to_the_next_departure(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"], minutes_ago=20)
    desk.fill("A-2", ["甲02"], minutes_ago=50)
    page = desk.get("转运员", "runs")
    assert re.search(r"2 支待转运，最晚 .*\d\d:\d\d 出发，还有 (9|10) 分", words(page))
    assert page.content.decode().count('class="dot"') == 2
    desk.fill("A-3", ["甲03"], minutes_ago=75)
    page = desk.get("转运员", "runs")
    assert "其中 1 支已超时" in words(page)
    assert 'class="dot is-late"' in page.content.decode()


def test_handing_over_takes_two_people_and_a_count(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    desk.fill("A-2", ["甲02"])
    assert "交出人和接收人要是两个人" in words(_hand_over(desk, receiver="杜梅 "))
    assert "系统里选了 2 支，手里数到 3 支" in words(_hand_over(desk, counted="3"))
    assert "这些编号不在待办的试管里：X-9" in words(_hand_over(desk, scanned="x-9"))
    assert {tube.state for tube in desk.tubes()} == {"closed"}
    _hand_over(desk)
    assert {(tube.state, tube.carried_by) for tube in desk.tubes()} == {("handed", "常明")}


def test_a_count_that_differs_is_taken_when_it_is_confirmed(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    desk.fill("A-2", ["甲02"])
    _hand_over(desk, counted="3", differs="on")
    assert desk.tube("A-1").state == "handed"
    assert "实数 3" in words(desk.get("转运员", "runs"))


def test_codes_are_scanned_instead_of_ticked(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    desk.fill("A-2", ["甲02"])
    _hand_over(desk, tube=[], scanned="a-1\n", counted="1")
    assert desk.tube("A-1").state == "handed"
    assert desk.tube("A-2").state == "closed"


def test_sending_the_handover_twice_makes_one_run_and_it_can_be_taken_back(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    desk.fill("A-2", ["甲02"])
    record = uuid7()
    _hand_over(desk, record=str(record))
    with desk.scope():
        assert Record.rows().filter(kind="tube.handover").count() == 1
    desk.post("转运员", "take_back", desk.round.pk, record)
    assert {tube.state for tube in desk.tubes()} == {"closed"}


def test_the_slip_says_what_was_handed_over(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"], minutes_ago=70)
    desk.fill("A-2", ["甲02"])
    record = uuid7()
    _hand_over(desk, record=str(record))
    response = desk.get("转运员", "slip", desk.round.pk, record)
    text = "".join(pages_of(response.content))
    assert "A-1" in text
    assert "70分超时" in text
    assert "杜梅" in text
    assert "常明" in text
    assert "甲01" not in text
    assert desk.get("值守员", "slip", desk.round.pk, record).status_code == 404
    assert desk.get("转运员", "slip", desk.round.pk, uuid4()).status_code == 404


def test_arrival_at_the_laboratory_is_written_down(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    desk.hand_over("A-1")
    assert "还没有登记送达" in words(desk.get("转运员", "runs"))
    desk.post("转运员", "run_receipt", tube=["A-1"], counted="1", laboratory="县疾控中心", record=str(uuid7()))
    assert desk.tube("A-1").state == "received"
    assert "县疾控中心 接收" in words(desk.get("转运员", "runs"))


def test_only_who_carries_tubes_finds_the_runs(desk: Desk) -> None:
    for who, status in (
        ("转运员", 200),
        ("梁会明", 200),
        ("范医生", 200),
        ("值守员", 404),
        ("采样员", 404),
        ("外人", 404),
    ):
        assert desk.get(who, "runs").status_code == status, who


def test_a_scanned_tube_is_answered_in_one_press(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    desk.hand_over("A-1")
    page = words(desk.get("范医生", "results", code="a-1"))
    assert "阴性 阳性 无效" in page
    desk.post("范医生", "result_enter", tube="A-1", result="negative", record=str(uuid7()))
    assert desk.tube("A-1").result == "negative"
    assert "已经录过结果" in words(desk.get("范医生", "results", code="A-1"))


def test_all_that_were_ticked_are_negative_when_their_number_is_typed(desk: Desk) -> None:
    for number in (1, 2, 3):
        desk.fill(f"A-{number}", [f"甲0{number}"])
    desk.hand_over("A-1", "A-2", "A-3")
    form = {"tube": ["A-1", "A-2"], "result": "negative", "record": str(uuid7())}
    page = desk.post("范医生", "result_enter", follow=True, counted="3", **form)
    assert "选了 2 支，填的是 3 支，没有录入" in words(page)
    assert "成批录入只能录阴性" in words(desk.post("范医生", "result_enter", follow=True, **form))
    positive = desk.post("范医生", "result_enter", follow=True, counted="2", **{**form, "result": "positive"})
    assert "成批录入只能录阴性" in words(positive)
    for _each in range(2):
        assert "2 支试管已录阴性" in words(desk.post("范医生", "result_enter", follow=True, counted="2", **form))
    assert [tube.result for tube in desk.tubes()] == ["negative", "negative", ""]
    with desk.scope():
        assert Record.rows().filter(kind="tube.result").count() == 2


def test_a_positive_pool_says_at_once_who_is_held(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "乙01"])
    page = desk.post("范医生", "result_enter", follow=True, tube="A-1", result="positive", record=str(uuid7()))
    text = words(page)
    assert "试管 A-1 阳性：2 人请原地等候，各做一次单人复检" in text
    assert "2 人在阳性管里，还有 2 人没有单人复检" in text
    assert "甲01" in text
    assert "乙01" in text
    assert re.search(r"明天 \d\d:\d\d", text)


def test_a_single_negative_ends_the_hold(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02"])
    desk.send("tube.result", tube="A-1", result="positive")
    desk.send("tube.open", tube="S-1", pool=1)
    desk.send("sample", tube="S-1", person=desk.person("甲01"), retest=True)
    desk.send("tube.close", tube="S-1", count=1, reason=None)
    desk.send("tube.result", tube="S-1", result="negative")
    page = words(desk.get("范医生", "retests"))
    assert "还有 1 人没有单人复检" in page
    assert "复检阴性 1" in page
    assert "已解除" in page
    assert page.replace("上门采样", "").count("上门") == 1  # the menu says 上门采样 too
    assert "看记录" in page


def test_somebody_who_is_held_is_told_until_when_on_their_page(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "甲02"])
    desk.send("tube.result", tube="A-1", result="positive")
    page = words(desk.get("王海斌", "round_person", desk.round.pk, desk.person("甲01")))
    assert re.search(r"请留在原处，到 明天 \d\d:\d\d", page)
    assert "去做单人复检" in page
    assert "请留在原处" not in words(desk.get("王海斌", "round_person", desk.round.pk, desk.person("甲03")))


def test_a_grid_worker_sees_held_people_of_their_own_grid(desk: Desk) -> None:
    desk.fill("A-1", ["甲01", "丙01"])
    desk.send("tube.result", tube="A-1", result="positive")
    page = words(desk.get("钟花", "retests"))
    assert "丙01" in page
    assert "甲01" not in page
    assert "另有 1 人不在您的区域" in page


def test_contradictory_results_are_shown_until_one_is_taken_back(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    desk.send("tube.result", tube="A-1", result="negative")
    wrong = desk.send("tube.result", tube="A-1", result="positive")
    page = words(desk.get("范医生", "results"))
    assert "1 支试管的结果有争议" in page
    assert desk.post("王海斌", "take_back", desk.round.pk, wrong, reason="wrong_tube").status_code == 404
    desk.post("范医生", "take_back", desk.round.pk, wrong, reason="wrong_tube")
    assert desk.tube("A-1").result == "negative"
    assert "都有结果" in words(desk.get("范医生", "results"))


def test_only_who_enters_results_finds_them(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    for who in ("王海斌", "采样员", "转运员", "值守员", "外人"):
        assert desk.get(who, "results").status_code == 404, who
        response = desk.post(who, "result_enter", tube="A-1", result="negative", record=str(uuid7()))
        assert response.status_code == 404, who
    assert desk.tube("A-1").result == ""


def test_a_result_that_is_overdue_is_said(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"], minutes_ago=9 * 60)
    desk.hand_over("A-1")
    assert "其中 1 支已过时限" in words(desk.get("范医生", "results"))


def test_tubes_that_were_not_sent_stand_behind_a_chip(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    desk.fill("A-2", ["甲02"])
    desk.hand_over("A-1")
    assert "A-2" not in words(desk.get("范医生", "results"))
    assert "A-2" in words(desk.get("范医生", "results", show="all"))


def test_tubes_of_another_round_are_not_answered_here(desk: Desk) -> None:
    page = desk.post("范医生", "result_enter", follow=True, tube="B-9", result="negative", record=str(uuid7()))
    assert "本轮没有试管 B-9" in words(page)
    with desk.scope():
        assert not Tube.rows().exists()
