"""收尾: what blocks, closing, the report and its versions."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import START
from tests.integration.screening.desk import Desk
from tests.pages import words
from tests.unit.documents.samples import pages_of
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import queries
from wuyicun.domains.territory.actions import appoint
from wuyicun.kernel import clock
from wuyicun.kernel.ids import uuid7


def test_what_blocks_the_closing_stands_there_with_its_action(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"], close=False)
    desk.fill("A-2", ["甲02"])
    desk.fill("A-3", ["甲03"])
    desk.hand_over("A-3")
    desk.fill("A-4", ["甲04"])
    desk.send("tube.result", tube="A-4", result="negative")
    desk.send("tube.result", tube="A-4", result="positive")
    page = words(desk.get("梁会明", "closing"))
    assert "还不能关闭：26 人待采、4 支试管没有结果" in page
    for part in ("还没有封管 1 支", "还没有转运 1 支", "已送出，没有结果 1 支", "结果有争议 1 支"):
        assert part in page
    assert "关闭本轮" not in page
    assert "甲05" in page


def test_a_round_that_is_blocked_is_not_closed_by_force(desk: Desk) -> None:
    page = desk.post("梁会明", "closing", follow=True)
    assert "还有 30 人未落实" in words(page)
    with desk.scope():
        assert queries.round_(desk.cast.village.pk, desk.round.pk).state == "open"


def test_when_everyone_is_accounted_for_it_closes_and_shows_the_report(desk: Desk) -> None:
    desk.send("outcome", person=desk.person("甲01"), outcome="refused", reason="refused_ill", note="")
    desk.send("excuse", person=desk.person("甲02"), reason="ill", until=clock.now() + timedelta(days=1), note="")
    desk.settle_everyone()
    assert "29 人应采，每人都有着落" in words(desk.get("梁会明", "closing"))
    page = words(desk.post("梁会明", "closing", follow=True))
    assert "29 人应采，每人都有着落" in page
    assert "第 1 版" in page
    assert "甲01" in page
    assert "说身体不适" in page
    assert "96.5 %" in page


def test_an_excuse_that_has_ended_is_owed_again_before_the_closing(desk: Desk) -> None:
    desk.settle_everyone()
    assert desk.state("丙10") is State.DONE
    with desk.scope():
        swab = queries.swabs(desk.cast.village.pk, desk.round.pk)[-1]
    who = next(name for name, person in desk.cast.people.items() if person.pk == swab.person_id)
    desk.send("excuse", person=swab.person_id, reason="ill", until=clock.now() + timedelta(seconds=1), note="")
    envelope = desk.phone.make("void", record=swab.id, reason="wrong_person")
    with desk.scope():
        desk.phone.send(envelope)
    assert desk.state(who) is State.EXCUSED
    later = clock.now() + timedelta(minutes=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wuyicun.kernel.clock.now", lambda: later)
        page = words(desk.post("梁会明", "closing", follow=True))
    assert "还有 1 人未落实" in page
    assert "待采 1 人" in page


def test_only_who_closes_the_whole_round_finds_the_closing(desk: Desk) -> None:
    for who in ("王海斌", "范医生", "转运员", "值守员", "外人"):
        assert desk.get(who, "closing").status_code == 404, who
        assert desk.post(who, "closing").status_code == 404, who


def test_a_record_from_before_the_closing_makes_the_next_version(desk: Desk) -> None:
    desk.send("outcome", person=desk.person("甲01"), outcome="unreachable", reason="phone_off", note="")
    desk.settle_everyone()
    desk.post("梁会明", "closing")
    before = clock.now() - timedelta(minutes=40)
    with desk.scope():
        desk.phone.send(
            desk.phone.make("tube.open", at=before, tube="L-1", pool=10),
            desk.phone.make("sample", at=before, tube="L-1", person=desk.person("甲01")),
        )
    page = words(desk.get("梁会明", "report"))
    assert "第 2 版" in page
    assert "30 已采 30" not in page
    old = words(desk.get("梁会明", "report_version", desk.round.pk, 1))
    assert "这是旧的一版" in old
    assert "电话打不通" in old
    assert desk.get("梁会明", "report_version", desk.round.pk, 9).status_code == 404


def test_the_report_on_paper_says_the_same(desk: Desk) -> None:
    desk.send("outcome", person=desk.person("丙01"), outcome="refused", reason="refused_ill", note="")
    desk.settle_everyone()
    desk.post("梁会明", "closing")
    response = desk.get("梁会明", "report_pdf", desk.round.pk, 1)
    text = "".join(pages_of(response.content))
    assert "30人应采，每人都有着落" in text
    assert "丙01" in text
    assert "第1版" in text
    theirs = "".join(pages_of(desk.get("王海斌", "report_pdf", desk.round.pk, 1).content))
    assert "丙01" not in theirs
    assert "另有1人不在您的区域" in theirs


def test_who_sees_the_board_only_reads_figures_without_names(desk: Desk) -> None:
    desk.send("outcome", person=desk.person("甲01"), outcome="refused", reason="refused_ill", note="")
    desk.settle_everyone()
    desk.post("梁会明", "closing")
    page = words(desk.get("值守员", "report"))
    assert "30 人应采，每人都有着落" in page
    assert "甲01" not in page


def test_there_is_no_report_before_the_closing(desk: Desk) -> None:
    assert desk.get("梁会明", "report").headers["Location"] == reverse("round", args=[desk.round.pk])
    assert desk.get("梁会明", "report_pdf", desk.round.pk, 1).status_code == 404


def test_every_page_is_refused_to_the_stranger_and_the_neighbour(desk: Desk) -> None:
    desk.fill("A-1", ["甲01"])
    record = uuid7()
    by_round = ("round", "round_live", "missing", "call_sheet", "tubes", "labels", "samples", "runs", "runs_live")
    by_round += ("run_receipt", "results", "retests", "closing", "report")
    addresses = [reverse(name, args=[desk.round.pk]) for name in by_round]
    addresses += [
        reverse("tube", args=[desk.tube_id("A-1")]),
        reverse("slip", args=[desk.round.pk, record]),
        reverse("round_person", args=[desk.round.pk, desk.person("甲01")]),
        reverse("round_say", args=[desk.round.pk, desk.person("甲01"), "excuse"]),
        reverse("report_version", args=[desk.round.pk, 1]),
        reverse("report_pdf", args=[desk.round.pk, 1]),
    ]
    for who in ("外人", "闲人"):
        client = desk.cast.client(who)
        assert {client.get(address).status_code for address in addresses} == {404}, who
    for name in ("station_add", "round_cancel", "round_reopen", "result_enter", "closing"):
        assert desk.post("外人", name).status_code == 404, name
    assert desk.post("外人", "take_back", desk.round.pk, record).status_code == 404
    assert desk.post("外人", "tube_end", desk.tube_id("A-1"), state="void").status_code == 404
    assert desk.post("外人", "round_phone", desk.round.pk, desk.person("甲01")).status_code == 404


def test_who_is_not_logged_in_is_asked_to(desk: Desk) -> None:
    for name in ("rounds", "round_new", "current_missing"):
        assert Client().get(reverse(name)).headers["Location"].startswith("/account/login/")
    assert Client().post(reverse("closing", args=[desk.round.pk])).status_code == 302


def test_rounds_that_are_not_there_are_not_found(desk: Desk) -> None:
    for name in ("round", "missing", "tubes", "runs", "results", "closing", "report"):
        assert desk.get("梁会明", name, uuid4()).status_code == 404, name
    assert desk.get("梁会明", "tube", uuid4()).status_code == 404


def test_the_report_says_until_when_and_how_often(desk: Desk) -> None:
    until = clock.now() + timedelta(days=3)
    desk.send("excuse", person=desk.person("甲02"), reason="ill", until=until, note="")
    for _each in range(2):
        desk.send("outcome", person=desk.person("甲03"), outcome="unreachable", reason="phone_off", note="")
    desk.settle_everyone()
    page = words(desk.post("梁会明", "closing", follow=True))
    assert f"生病，到 {timezone.localtime(until):%Y-%m-%d %H:%M}" in page
    assert "电话打不通，找过 2 次" in page
    text = "".join(pages_of(desk.get("梁会明", "report_pdf", desk.round.pk, 1).content))
    assert f"到{timezone.localtime(until):%Y-%m-%d%H:%M}" in text
    assert "29应采" in text


def test_the_office_of_one_section_does_not_close_the_round_of_the_village(desk: Desk) -> None:
    section = desk.cast.areas["西头岭"].area_path
    with desk.scope():
        appoint(
            village_id=desk.cast.village.pk,
            area_path=section,
            role="office",
            holder_name="片区办公室",
            account_id=desk.cast.accounts["闲人"].pk,
            starts_at=START,
            by=None,
            at=START,
        )
    desk.settle_everyone()
    assert desk.get("闲人", "round").status_code == 200
    assert desk.get("闲人", "closing").status_code == 404
    assert desk.post("闲人", "closing").status_code == 404
    assert desk.post("闲人", "round_cancel", reason="不要了").status_code == 404
    areas = desk.cast.client("闲人").get(reverse("round_new")).context["form"].fields["area"].choices
    assert {path for path, _name in areas} == {
        desk.cast.areas[name].area_path for name in ("西头岭", "第一微网格", "第二微网格")
    }
