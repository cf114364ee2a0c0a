"""Somebody is added once, owes at once, and what cannot be read is said beside its field."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.forms import add_page, entry, newcomer, say
from tests.integration.registry.people import add, house_of, id_number
from tests.integration.screening.sending import open_round
from wuyicun.domains.registry.models import ID_NUMBER, Conflict, Person, PersonGroup
from wuyicun.domains.rolls.rules import State
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow
from wuyicun.kernel.crypto import blind_index


def test_a_grid_worker_adds_somebody_to_a_household_and_the_open_round_takes_them_in(cast: Cast) -> None:
    open_round(cast)
    number = id_number(2)
    response = say(
        cast, "王海斌", add_page(house_of(cast, "甲01")), **newcomer(id_number=number.lower(), phone="139-1234-5678"),
        groups=["pregnant"],
    )  # fmt: skip
    assert response.status_code == 302
    person = Person.rows().get(name="新来的")
    assert (person.id_number, person.phone) == (number, "13912345678")
    assert (person.sex, str(person.birth_date)) == ("female", "1971-03-08")
    assert person.household_id == house_of(cast, "甲01").pk
    assert person.area_path == cast.areas["第一微网格"].area_path
    assert [each.group for each in PersonGroup.rows().filter(person=person)] == ["pregnant"]
    assert person.updated_by == cast.accounts["王海斌"].pk
    owed = entry(cast, person.pk)
    assert (owed.state, owed.opening) == (State.OWED, False)
    assert AuditRow.objects.get(action="registry.add_person").by == cast.accounts["王海斌"].pk


def test_an_outside_worker_is_added_without_a_household_and_owes_too(cast: Cast) -> None:
    open_round(cast)
    unplaced = cast.areas["未入网"].area_path
    response = say(
        cast, "办公室", reverse("person_add"), **newcomer(residence="outside", area=unplaced, workplace="制砂厂")
    )
    assert response.status_code == 302
    person = Person.rows().get(name="新来的")
    assert (person.household_id, person.area_path, person.workplace) == (None, unplaced, "制砂厂")
    assert entry(cast, person.pk).state == State.OWED
    assert person.problems == ["missing_id"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("id_number", "140321197103080011", "最后一位对不上"),
        ("id_number", "1403211971030", "18 位"),
        ("phone", "1391234", "电话号码不对"),
        ("name", "", "必填"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_typed_is_lost(
    cast: Cast, field: str, value: str, words: str
) -> None:
    typed = newcomer(note="住东屋", **{field: value}) if field != "name" else newcomer(note="住东屋") | {"name": ""}
    response = say(cast, "王海斌", add_page(house_of(cast, "甲01")), **typed)
    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert "住东屋" in page
    assert not Person.rows().filter(note="住东屋").exists()


def test_the_same_number_again_leads_to_who_has_it(cast: Cast) -> None:
    number = id_number(2)
    known = add(cast, "早登记的", beside="甲03", id_number=number)
    response = say(cast, "王海斌", add_page(house_of(cast, "甲01")), **newcomer(id_number=number))
    page = response.content.decode()
    assert "已经有人用这个证件号码" in page
    assert "早登记的" in page
    assert reverse("person", args=[known.pk]) in page


def test_who_has_the_number_is_not_told_to_whom_they_are_none_of_their_business(cast: Cast) -> None:
    number = id_number(2)
    known = add(cast, "早登记的", beside="丙01", id_number=number)
    page = say(cast, "王海斌", add_page(house_of(cast, "甲01")), **newcomer(id_number=number)).content.decode()
    assert "已经有人用这个证件号码" in page
    assert "早登记的" not in page
    assert str(known.pk) not in page


def test_a_number_that_waits_for_a_decision_is_nobody_elses(cast: Cast) -> None:
    number = id_number(2)
    Conflict.rows().create(
        village_id=cast.village.pk,
        code="duplicate_id",
        first_id=cast.people["甲03"].pk,
        second_id=cast.people["甲05"].pk,
        value_index=blind_index(number, ID_NUMBER),
        made_at=clock.now(),
    )
    page = say(cast, "王海斌", add_page(house_of(cast, "甲01")), **newcomer(id_number=number)).content.decode()
    assert "待定" in page
    assert not Person.rows().filter(name="新来的").exists()


def test_nobody_is_added_twice_to_one_household(cast: Cast) -> None:
    page = say(cast, "王海斌", add_page(house_of(cast, "甲01")), **newcomer(name="甲02")).content.decode()
    assert "这一户里已经有甲02" in page
    assert Person.rows().filter(name="甲02").count() == 1
