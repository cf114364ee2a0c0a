"""结果单: a person's own result on paper, checked by anybody, outdated once the result changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.screening.desk import Desk
from tests.pages import words
from tests.unit.documents.samples import pages_of
from wuyicun.domains.screening import codes, queries, slips


@pytest.fixture(autouse=True)
def nobody_has_asked() -> None:
    cache.clear()


@pytest.fixture
def tested(desk: Desk) -> Desk:
    """甲01 and 甲02 negative in a pool; 甲03 and 甲04 in a positive one; 甲05 waits."""
    desk.fill("A-1", ["甲01", "甲02"])
    desk.fill("A-2", ["甲03", "甲04"])
    desk.fill("A-3", ["甲05"])
    desk.send("tube.result", tube="A-1", result="negative")
    desk.send("tube.result", tube="A-2", result="positive")
    return desk


def code(desk: Desk, name: str) -> str:
    with desk.scope():
        found = slips.of_people(desk.cast.village.pk, desk.round, [desk.person(name)])
        return slips.code_of(desk.cast.village.pk, desk.cast.village.area_path, found[desk.person(name)])


def check(text: str) -> HttpResponse:
    response: Any = Client().get(reverse("check_code", args=[text]))
    return response


def slip(desk: Desk, who: str, name: str) -> HttpResponse:
    return desk.get(who, "result_slip", desk.round.pk, desk.person(name))


def test_somebodys_slip_is_printed_from_their_page_and_checked_without_a_log_in(tested: Desk) -> None:
    assert "打印结果单" in words(tested.get("王海斌", "round_person", tested.round.pk, tested.person("甲01")))
    response = slip(tested, "王海斌", "甲01")
    text = "\n".join(pages_of(response.content))
    assert "甲01" in text
    assert "阴性" in text
    page = words(check(code(tested, "甲01")))
    assert "现在仍然有效" in page
    assert "甲某某" in page
    assert "阴性" in page


def test_the_public_page_says_no_more_than_name_date_and_result(tested: Desk) -> None:
    page = check(code(tested, "甲01")).content.decode()
    person = tested.cast.people["甲01"]
    for secret in ("甲01", "甲02", str(person.pk), str(person.phone), "A-1", "第一微网格", "村委会广场", "第 1 轮"):
        assert secret not in page, secret


def test_who_has_no_result_of_their_own_gets_no_slip(tested: Desk) -> None:
    """A positive pool says nothing of a member: their re-test does."""
    for name in ("甲03", "甲05", "甲06"):
        assert slip(tested, "梁会明", name).status_code == 404, name
    envelopes = [
        tested.phone.make("tube.open", tube="S-1", pool=1),
        tested.phone.make("sample", tube="S-1", person=tested.person("甲03"), retest=True),
        tested.phone.make("tube.result", tube="S-1", result="positive"),
    ]
    with tested.scope():
        tested.phone.send(*envelopes)
    assert "阳性" in words(check(code(tested, "甲03")))


def test_a_slip_is_outdated_once_the_result_changes_and_says_so_only(tested: Desk) -> None:
    given_out = code(tested, "甲01")
    tested.send("tube.result", tube="A-1", result="positive")
    page = words(check(given_out))
    assert "已经过时" in page
    assert "阴性" not in page
    assert "阳性" not in page
    assert "甲某某" not in page


def test_a_slip_holds_again_when_the_wrong_result_is_taken_back(tested: Desk) -> None:
    given_out = code(tested, "甲01")
    wrong = tested.send("tube.result", tube="A-1", result="positive")
    envelope = tested.phone.make("void", record=wrong, reason="entered_twice")
    with tested.scope():
        tested.phone.send(envelope)
    assert "现在仍然有效" in words(check(given_out))


def test_a_swab_that_was_taken_back_makes_its_slip_outdated(tested: Desk) -> None:
    given_out = code(tested, "甲01")
    with tested.scope():
        swab = next(
            each
            for each in queries.swabs(tested.cast.village.pk, tested.round.pk, tube="A-1")
            if each.person_id == tested.person("甲01")
        )
        tested.phone.send(tested.phone.make("void", record=swab.id, reason="wrong_person"))
    assert "已经过时" in words(check(given_out))


def test_a_code_that_was_made_up_is_not_genuine(tested: Desk) -> None:
    genuine = code(tested, "甲01")
    other = genuine[:-1] + ("0" if genuine[-1] != "0" else "1")
    for wrong in (other, genuine[:-1], "140321201206" + genuine[12:], "140321201205-R" + "Z" * 39):
        response = check(wrong)
        assert response.status_code == 404, wrong
        assert "甲某某" not in words(response)


def test_slips_of_a_household_or_a_micro_grid_are_printed_at_once(tested: Desk) -> None:
    home = tested.cast.people["甲01"].household_id
    text = "\n".join(pages_of(tested.get("王海斌", "result_slips", household=str(home)).content))
    assert ("甲01" in text, "甲02" in text) == (True, True)
    area = tested.cast.areas["第一微网格"].area_path
    text = "\n".join(pages_of(tested.get("王海斌", "result_slips", area=area).content))
    assert ("甲01" in text, "甲03" in text, "甲05" in text) == (True, False, False)
    north = tested.get("钟花", "result_slips")
    assert "甲01" not in "\n".join(pages_of(north.content))


@given(st.uuids(), st.binary(min_size=8, max_size=8))
def test_the_code_of_a_result_is_read_back(swab: Any, mac: bytes) -> None:
    text = codes.of_result("140321201205", swab, mac)
    read = codes.read(codes.spoken(text).lower())
    assert read is not None
    assert codes.swab_of(read) == (swab, mac)


def test_a_slip_does_not_follow_a_corrected_result_of_a_single_tube(tested: Desk) -> None:
    envelopes = [
        tested.phone.make("tube.open", tube="S-1", pool=1),
        tested.phone.make("sample", tube="S-1", person=tested.person("甲03"), retest=True),
    ]
    with tested.scope():
        tested.phone.send(*envelopes)
    wrong = tested.send("tube.result", tube="S-1", result="negative")
    given_out = code(tested, "甲03")
    with tested.scope():
        tested.phone.send(tested.phone.make("void", record=wrong, reason="entered_twice"))
    tested.send("tube.result", tube="S-1", result="positive")
    page = words(check(given_out))
    assert "已经过时" in page
    assert "阳性" not in page
    assert code(tested, "甲03") != given_out
