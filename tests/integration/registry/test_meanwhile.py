"""Two people edit one person or household at once: different fields merge, the same one is asked about."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.people import add, house_of, id_number
from wuyicun.domains.registry.models import Household, Person, PersonGroup


def _opened(cast: Cast, who: str, url: str, **query: str) -> dict[str, str]:
    """What a form carries that somebody opens: its hidden fields."""
    page = cast.client(who).get(url, query).content.decode()
    return _hidden(page)


def _hidden(page: str) -> dict[str, str]:
    tags = re.findall(r"<input[^>]*>", page)
    found = {}
    for tag in tags:
        name, value = re.search(r'name="(seen|seen_at|part)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found[name.group(1)] = html.unescape(value.group(1))
    return found


def _person(cast: Cast) -> Person:
    return Person.rows().get(pk=cast.people["甲01"].pk)


def _living(**said: Any) -> dict[str, Any]:
    return {"part": "living", "residence": "resident", "relation": "", "workplace": "", "note": "", **said}


@pytest.fixture
def urls(cast: Cast) -> tuple[str, str]:
    pk = cast.people["甲01"].pk
    return reverse("person", args=[pk]), reverse("person_edit", args=[pk])


def _save(cast: Cast, who: str, url: str, **said: Any) -> HttpResponse:
    response: HttpResponse = cast.client(who).post(url, said)
    return response


def test_different_fields_of_one_form_merge(cast: Cast, urls: tuple[str, str]) -> None:
    page, url = urls
    first, second = (_opened(cast, who, page, edit="living") for who in ("王海斌", "办公室"))
    assert _save(cast, "王海斌", url, **{**first, **_living(note="听力不好", party_member="on")}).status_code == 302
    assert _save(cast, "办公室", url, **{**second, **_living(workplace="砖厂")}).status_code == 302
    person = _person(cast)
    assert (person.note, person.workplace, person.party_member) == ("听力不好", "砖厂", True)


@pytest.mark.parametrize("take", ["mine", "theirs"])
def test_the_same_field_is_asked_about_and_the_rest_stays(cast: Cast, urls: tuple[str, str], take: str) -> None:
    page, url = urls
    first, second = (_opened(cast, who, page, edit="living") for who in ("王海斌", "办公室"))
    _save(cast, "王海斌", url, **{**first, **_living(note="听力不好", relation="户主")})
    answer = _save(cast, "办公室", url, **{**second, **_living(note="住二楼", workplace="砖厂")})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "听力不好" in shown
    assert "住二楼" in shown
    assert shown.count('name="take_note"') == 2
    assert 'name="take_relation"' not in shown
    assert 'value="户主"' in shown
    assert _person(cast).note == "听力不好"

    again = {**_hidden(shown), **_living(note="住二楼", workplace="砖厂", relation="户主", take_note=take)}
    assert _save(cast, "办公室", url, **again).status_code == 302
    person = _person(cast)
    assert person.note == {"mine": "住二楼", "theirs": "听力不好"}[take]
    assert (person.relation, person.workplace) == ("户主", "砖厂")


def test_a_form_that_comes_back_with_a_fault_still_knows_what_it_showed(cast: Cast, urls: tuple[str, str]) -> None:
    page, url = urls
    first, second = (_opened(cast, who, page, edit="identity") for who in ("王海斌", "办公室"))
    named = {"part": "identity", "name": "甲01", "sex": "male", "birth_date": "1951-03-08", "id_kind": "resident"}
    _save(cast, "王海斌", url, **{**first, **named, "sex": "female"})
    faulty = _save(cast, "办公室", url, **{**second, **named, "name": "甲一", "id_number": "123"}).content.decode()
    assert _save(cast, "办公室", url, **{**_hidden(faulty), **named, "name": "甲一"}).status_code == 302
    assert (_person(cast).name, _person(cast).sex) == ("甲一", "female")


def test_two_numbers_for_one_person_are_asked_about(cast: Cast) -> None:
    who = add(cast, "无号", sex="male")
    page, url = reverse("person", args=[who.pk]), reverse("person_edit", args=[who.pk])
    first, second = (_opened(cast, each, page, edit="identity") for each in ("王海斌", "办公室"))
    named = {"part": "identity", "name": "无号", "sex": "male", "birth_date": "", "id_kind": "resident"}
    one, two = id_number(31), id_number(33)
    _save(cast, "王海斌", url, **{**first, **named, "id_number": one})
    answer = _save(cast, "办公室", url, **{**second, **named, "id_number": two}).content.decode()
    assert one not in answer
    assert one[-4:] in answer
    assert Person.rows().get(pk=who.pk).id_number == one
    left = {**_hidden(answer), **named, "birth_date": "1971-03-08", "id_number": two, "take_id_number": "theirs"}
    _save(cast, "办公室", url, **left)
    assert Person.rows().get(pk=who.pk).id_number == one


def test_where_somebody_is_merges_field_by_field(cast: Cast, urls: tuple[str, str]) -> None:
    page, url = urls
    first, second = (_opened(cast, who, page, edit="stay") for who in ("王海斌", "办公室"))
    stay = {"part": "stay", "whereabouts": "in_village", "whereabouts_text": ""}
    _save(cast, "王海斌", url, **{**first, **stay, "whereabouts": "county"})
    _save(cast, "办公室", url, **{**second, **stay, "whereabouts_text": "盂县医院"})
    assert (_person(cast).whereabouts, _person(cast).whereabouts_text) == ("county", "盂县医院")
    third = _opened(cast, "办公室", page, edit="stay")
    _save(cast, "王海斌", url, **{**_opened(cast, "王海斌", page, edit="stay"), **stay, "whereabouts": "city"})
    assert _save(cast, "办公室", url, **{**third, **stay, "whereabouts": "elsewhere"}).status_code == 200
    assert _person(cast).whereabouts == "city"


def test_groups_that_two_add_and_take_away_are_all_of_them(cast: Cast, urls: tuple[str, str]) -> None:
    page, url = urls
    _save(cast, "王海斌", url, **_opened(cast, "王海斌", page, edit="groups"), groups=["elderly", "ill"])
    first, second = (_opened(cast, who, page, edit="groups") for who in ("王海斌", "办公室"))
    _save(cast, "王海斌", url, **first, groups=["elderly", "ill", "risk"])
    _save(cast, "办公室", url, **second, groups=["elderly", "alone"])
    held = PersonGroup.rows().filter(person=_person(cast), ends_on__isnull=True)
    assert set(held.values_list("group", flat=True)) == {"elderly", "risk", "alone"}


@pytest.mark.parametrize("take", ["mine", "theirs"])
def test_a_household_too(cast: Cast, take: str) -> None:
    home = house_of(cast, "甲01")
    page, url = reverse("household", args=[home.pk]), reverse("household_edit", args=[home.pk])
    first, second = (_opened(cast, who, page, edit="house") for who in ("王海斌", "办公室"))
    form = {"number": home.number, "address": "", "head_name": "甲01", "area": home.area_path}
    _save(cast, "王海斌", url, **{**first, **form, "address": "东街 1 号", "head_name": "甲02"})
    moved = cast.areas["第二微网格"].area_path
    answer = _save(cast, "办公室", url, **{**second, **form, "address": "西街 2 号", "area": moved}).content.decode()
    assert "东街 1 号" in answer
    assert "西街 2 号" in answer
    assert Household.rows().get(pk=home.pk).area_path == home.area_path
    again = {
        **_hidden(answer),
        **form,
        "head_name": "甲02",
        "address": "西街 2 号",
        "area": moved,
        "take_address": take,
    }
    assert _save(cast, "办公室", url, **again).status_code == 302
    found = Household.rows().get(pk=home.pk)
    address = {"mine": "西街 2 号", "theirs": "东街 1 号"}[take]
    assert (found.address, found.head_name, found.area_path) == (address, "甲02", moved)
