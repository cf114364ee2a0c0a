"""待定: what an import leaves open, side by side, numbers masked, for those who may decide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.rosters import Shelf, found, number, person
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import Conflict, Person

SECRETARY = "梁会明"
TWICE = number("19500908", 12)


@pytest.fixture
def taken(cast: Cast, tmp_path: Path) -> Shelf:
    """张三 (男) and 李四 (女) with one number, a woman's."""
    shelf = Shelf(tmp_path)
    shelf.take(person("张三", "501", 身份证号码=TWICE), person("李四", "502", 身份证号码=TWICE, 性别="女"))
    return shelf


def _page(cast: Cast, name: str = SECRETARY) -> str:
    response = cast.client(name).get(reverse("conflicts"))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def _decide(cast: Cast, name: str = SECRETARY, **data: str) -> HttpResponse:
    address = reverse("conflict_decide", args=[Conflict.rows().filter(decided_at=None).get().pk])
    response: HttpResponse = cast.client(name).post(address, data)
    return response


def test_two_people_stand_side_by_side_with_what_speaks_for_each(cast: Cast, taken: Shelf) -> None:
    page = _page(cast)

    assert "还有 1 件事要人来定" in page
    assert TWICE not in page
    assert f"1403**********{TWICE[-4:]}" in page
    assert "女 1950-09-08" in page
    assert page.index("张三") < page.index("性别不符") < page.index("李四") < page.index("性别相符")


def test_the_holder_is_chosen(cast: Cast, taken: Shelf) -> None:
    assert _decide(cast, choice="second").status_code == 302

    assert (found("张三").id_number, found("李四").id_number) == (None, TWICE)
    assert Conflict.rows().get().decided_by == cast.accounts[SECRETARY].pk
    assert "没有待定的事" in _page(cast)


def test_a_wrong_number_is_corrected_and_a_wrong_correction_is_said(cast: Cast, taken: Shelf) -> None:
    refused = _decide(cast, choice="correct_first", number="123")
    assert refused.status_code == 400
    assert "18 位" in refused.content.decode()
    assert Person.rows().filter(id_index__isnull=False, name__in=["张三", "李四"]).count() == 0

    assert _decide(cast, choice="correct_first", number=number("19611111")).status_code == 302
    assert (found("张三").id_number, found("李四").id_number) == (number("19611111"), TWICE)


def test_two_values_stand_side_by_side_and_one_is_taken(cast: Cast, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    row = person("张三", "501", 身份证号码=TWICE, 性别="女", 联系电话="13800001111")
    shelf.take(row)
    who = found("张三")
    actions.edit_person(person=who, values={"phone": "13800002222"}, seen_at=who.updated_at, by=None, at=shelf.at)
    shelf.take(row | {"联系电话": "13800003333"})

    page = _page(cast)
    assert "13800003333" not in page
    assert page.index("138****2222") < page.index("138****3333")
    assert _decide(cast, choice="theirs").status_code == 302
    assert found("张三").phone == "13800003333"


def test_who_is_meant_is_chosen_among_all_who_may_be(cast: Cast, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.take(person("张三", "501", 联系电话="13800001111"), person("张三", "501", 联系电话="13800002222"))
    shelf.take(person("张三", "501", 联系电话="13800003333"))

    page = _page(cast)
    assert "表里的“张三 北头岭 501”是谁" in page
    second = Person.rows().filter(name="张三").order_by("pk")[1]
    assert _decide(cast, choice="person", person=str(second.pk)).status_code == 302
    second.refresh_from_db()
    assert second.phone == "13800003333"


@pytest.mark.parametrize("name", ["钟花", "外人", "范医生"])
def test_to_others_nothing_is_open(cast: Cast, taken: Shelf, name: str) -> None:
    assert _decide(cast, name, choice="first").status_code == 404
    assert Conflict.rows().get().decided_at is None
    if name != "外人":
        assert cast.client(name).get(reverse("conflicts")).status_code == 404


def test_nonsense_is_refused(cast: Cast, taken: Shelf) -> None:
    assert _decide(cast, choice="third").status_code == 404
    assert _decide(cast, choice="ours").status_code == 404
    assert _decide(cast, choice="person", person="x").status_code == 404
