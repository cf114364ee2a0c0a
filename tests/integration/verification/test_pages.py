"""The pages of checking: at the door with a phone, in the office, and beside a household."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.integration.verification.round_of_checks import Checking
from tests.pages import words
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.verification import queries
from wuyicun.domains.verification.web import overview
from wuyicun.kernel import clock
from wuyicun.kernel.ids import uuid7


def path(checking: Checking, area: str) -> str:
    return checking.cast.areas[area].area_path


def test_the_grid_worker_finds_the_households_of_their_micro_grid_and_no_others(checking: Checking) -> None:
    page = words(checking.get("王海斌", "verification_area", path(checking, "第一微网格")))
    assert "还有 6 户待核对" in page
    assert "西头岭 1 号" in page
    assert "西头岭 7 号" not in page  # of 第二微网格
    assert checking.get("王海斌", "verification_area", path(checking, "北头岭微网格")).status_code == 404


def test_a_household_elsewhere_does_not_exist(checking: Checking) -> None:
    house = checking.house("甲01")
    for who in ("钟花", "外人", "采样员"):
        assert checking.get(who, "verification_household", house).status_code == 404
        assert checking.post(who, "verification_check", house, result="confirmed").status_code == 404
    assert checking.entry().state is State.OWED


def test_one_tap_confirms_and_a_second_of_the_same_form_changes_nothing(checking: Checking) -> None:
    house, record = checking.house("甲01"), uuid7()
    for _tap in range(2):
        answered = checking.post("王海斌", "verification_check", house, result="confirmed", record=record)
        assert "西头岭 1 号 已核对" in words(answered)
    assert checking.counts().done == 1
    assert queries.last_checks(checking.village.pk, [house])[house].result == "confirmed"
    page = words(checking.get("王海斌", "verification_area", path(checking, "第一微网格"), show="done"))
    assert "西头岭 1 号" in page
    assert "上次 今天 王海斌" in page


def test_what_was_confirmed_by_mistake_is_taken_back(checking: Checking) -> None:
    record = uuid7()
    checking.post("王海斌", "verification_check", checking.house("甲01"), result="confirmed", record=record)
    assert checking.post("钟花", "verification_take_back", record).status_code == 404
    page = words(checking.post("王海斌", "verification_take_back", record))
    assert "又列为待核对" in page
    assert checking.entry().state is State.OWED


def test_who_corrects_comes_back_and_confirms_what_is_right_now(checking: Checking) -> None:
    house, person = checking.house("甲01"), checking.cast.people["甲01"]
    back = reverse("verification_household", args=[house]) + "?corrected=1"
    form = checking.get("王海斌", "person", person.pk, edit="contact", next=back)
    assert f'name="next" value="{back}"' in form.content.decode()
    answered = checking.post(
        "王海斌", "person_edit", person.pk, part="contact", next=back, phone="13900001111",
        seen_at=person.updated_at.isoformat(),
    )  # fmt: skip
    page = answered.content.decode()
    assert 'value="corrected"' in page
    assert "139****1111" in page
    checking.post("王海斌", "verification_check", house, result="corrected", note="换了号码")
    last = queries.last_checks(checking.village.pk, [house])[house]
    assert (last.result, last.note) == ("corrected", "换了号码")


def test_who_adds_somebody_or_edits_the_household_comes_back_too(checking: Checking) -> None:
    house = checking.house("甲01")
    back = reverse("verification_household", args=[house]) + "?corrected=1"
    client = checking.cast.client("王海斌")
    added = client.post(
        f"{reverse('person_add')}?household={house}&next={back}",
        {"name": "新生儿", "id_kind": "resident", "sex": "male", "residence": "resident", "whereabouts": "in_village"},
    )
    assert added.headers["Location"] == back
    edited = checking.post(
        "王海斌", "household_edit", house, number="1", head_name="甲01", address="村口", next=back, seen_at="",
        area=path(checking, "第一微网格"),
    )  # fmt: skip
    assert edited.redirect_chain[-1][0] == back  # type: ignore[attr-defined]
    away = client.get(f"{reverse('person', args=[checking.cast.people['甲01'].pk])}?edit=stay&next=//evil.example/")
    assert 'name="next" value=""' in away.content.decode()


def test_the_secretary_sees_who_is_behind_first_and_since_when(checking: Checking) -> None:
    at = clock.now()
    checking.send(*(checking.check(name, at=at) for name in ("甲01", "甲03", "甲05", "甲07", "甲09", "甲11")))
    checking.send(checking.check("乙01", at=at - timedelta(days=1)), checking.check("乙03", at=at - timedelta(days=43)))
    page = words(checking.get("梁会明", "verification"))
    assert "还有 8 户待核对" in page
    places = [page.index(f"{name} ") for name in ("北头岭微网格", "第二微网格", "第一微网格")]
    assert places == sorted(places)
    assert "25 % 1 / 4 3 43 天前 2 王海斌" in page
    assert "100 % 6 / 6" in page


def test_who_has_one_micro_grid_only_goes_there_straight(checking: Checking) -> None:
    answered = checking.get("钟花", "verification")
    assert answered.status_code == 302
    assert answered.headers["Location"] == reverse("verification_area", args=[path(checking, "北头岭微网格")])


def test_only_the_office_says_how_often(checking: Checking) -> None:
    assert checking.post("王海斌", "verification_every", every_days=7).status_code == 404
    assert checking.post("王海斌", "verification_begin").status_code == 404
    assert "每 7 天核对一遍" in words(checking.post("梁会明", "verification_every", every_days=7))
    assert "1 到 365" in words(checking.post("梁会明", "verification_every", every_days=999))
    assert queries.every_days(checking.village.pk) == 7


def test_before_the_first_period_the_office_can_begin_at_once(db: None) -> None:
    checking = Checking()
    assert "还没有开始核对" in words(checking.get("梁会明", "verification"))
    assert "每户都列进来了" in words(checking.post("梁会明", "verification_begin"))
    assert "还有 15 户待核对" in words(checking.get("梁会明", "verification"))


def test_a_households_page_says_when_it_was_checked_last(checking: Checking) -> None:
    house = checking.house("甲01")
    assert "从未核对" in words(checking.get("王海斌", "household", house))
    checking.send(checking.check(result="corrected"))
    page = words(checking.get("王海斌", "household", house))
    assert "有改动，已更正 王海斌" in page
    assert "现在核对" in page
    assert "现在核对" not in words(checking.get("范医生", "household", house))


def test_of_many_micro_grids_those_furthest_behind_are_listed_and_all_on_demand(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "MOST_LINES", 2)
    for name in ("甲01", "甲03", "甲05"):
        checking.send(checking.check(name))
    page = checking.get("梁会明", "verification").content.decode()
    assert "列出了最落后的 2 个，一共 3 个微网格" in page
    assert reverse("verification_area", args=[path(checking, "第一微网格")]) not in page
    everything = checking.get("梁会明", "verification", all="1").content.decode()
    assert reverse("verification_area", args=[path(checking, "第一微网格")]) in everything
