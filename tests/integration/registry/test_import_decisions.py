"""待定: what an import leaves open is decided once, by somebody, and the next import respects it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.registry.rosters import Shelf, counted, found, inside, number, person, village
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.importing.decide import deciding
from wuyicun.domains.registry.models import Conflict, Household, Person
from wuyicun.kernel.audit.models import AuditRow

TWICE, OTHER = number("19500908"), number("19700102")


def _two_with_one_number(shelf: Shelf) -> tuple[dict[str, str], dict[str, str]]:
    rows = person("张三", 身份证号码=TWICE), person("李四", "2", 身份证号码=TWICE)
    shelf.take(*rows)
    shelf.at += timedelta(minutes=1)
    return rows


def test_the_chosen_one_holds_the_number_from_then_on(shelf: Shelf) -> None:
    rows = _two_with_one_number(shelf)
    with inside():
        deciding.decide_holder(conflict=Conflict.rows().get(), choice="second", by=None, at=shelf.at)

        assert (found("张三").id_number, found("李四").id_number) == (None, TWICE)
        assert found("李四").birth_date is not None
        assert (found("李四").problems, found("张三").problems) == ([], ["missing_id"])
        assert AuditRow.objects.filter(action="registry.decide_conflict").count() == 1

    assert counted(shelf.take(*rows)) == {"unchanged": 2}
    with inside():
        assert found("李四").id_number == TWICE
        assert Conflict.rows().filter(decided_at=None).count() == 0


def test_a_holder_can_lose_the_number_to_who_it_belongs_to(shelf: Shelf) -> None:
    shelf.take(person("张三", 身份证号码=TWICE))
    shelf.take(person("李四", "2", 身份证号码=TWICE))
    with inside():
        deciding.decide_holder(conflict=Conflict.rows().get(), choice="second", by=None, at=shelf.at)
        assert (found("张三").id_number, found("李四").id_number) == (None, TWICE)


def test_a_corrected_number_leaves_the_other_to_its_holder(shelf: Shelf) -> None:
    _two_with_one_number(shelf)
    with inside():
        conflict = Conflict.rows().get()
        with pytest.raises(actions.IdNotRead):
            deciding.correct_number(conflict=conflict, choice="first", number="123", by=None, at=shelf.at)
        deciding.correct_number(conflict=conflict, choice="first", number=OTHER, by=None, at=shelf.at)

        assert (found("张三").id_number, found("李四").id_number) == (OTHER, TWICE)
        with pytest.raises(deciding.DecidedAlready):
            deciding.decide_holder(conflict=conflict, choice="first", by=None, at=shelf.at)


@pytest.mark.parametrize(("choice", "address"), [("ours", "新址 2 号"), ("theirs", "别处 3 号")])
def test_one_of_two_values_is_taken(shelf: Shelf, choice: str, address: str) -> None:
    row = person("张三", 身份证号码=TWICE, 家庭住址="旧址 1 号")
    shelf.take(row)
    with inside():
        who = found("张三")
        actions.edit_person(person=who, values={"address": "新址 2 号"}, seen_at=who.updated_at, by=None, at=shelf.at)
    shelf.take(row | {"家庭住址": "别处 3 号"})

    with inside():
        deciding.decide_cell(conflict=Conflict.rows().get(), choice=choice, by=None, at=shelf.at)
        assert found("张三").address == address
    assert counted(shelf.take(row | {"家庭住址": "别处 3 号"})) == {"unchanged": 1}


def test_a_disputed_phone_is_taken_from_the_sealed_value(shelf: Shelf) -> None:
    row = person("张三", 身份证号码=TWICE, 联系电话="13800001111")
    shelf.take(row)
    with inside():
        who = found("张三")
        actions.edit_person(person=who, values={"phone": "13800002222"}, seen_at=who.updated_at, by=None, at=shelf.at)
    shelf.take(row | {"联系电话": "13800003333"})

    with inside():
        conflict = Conflict.rows().get()
        assert b"13800003333" not in bytes(conflict.values_sealed or b"")
        deciding.decide_cell(conflict=conflict, choice="theirs", by=None, at=shelf.at)
        assert found("张三").phone == "13800003333"


def test_a_household_disputed_between_two_micro_grids_moves_with_its_people(shelf: Shelf) -> None:
    other_two = person("王五", "8", 微网格="乙微网格"), person("赵六", "9", 微网格="丙微网格")
    shelf.take(person("张三", 微网格="甲微网格"), *other_two)
    with inside():
        house, there = found("张三").household, found("王五").household
        assert house is not None
        assert there is not None
        Household.rows().filter(pk=house.pk).update(area=there.area_id, area_path=there.area_path)
        Person.rows().filter(household=house).update(area=there.area_id, area_path=there.area_path)
    shelf.take(person("张三", 微网格="丙微网格"))

    with inside():
        conflict = Conflict.rows().get()
        assert (conflict.subject_kind, conflict.cell) == ("H", "micro_grid")
        deciding.decide_cell(conflict=conflict, choice="theirs", by=None, at=shelf.at)
        assert found("张三").area_path == found("赵六").area_path


def _two_alike(shelf: Shelf) -> list[Person]:
    shelf.take(person("张三", 联系电话="13800001111"), person("张三", 联系电话="13800002222"))
    shelf.take(person("张三", 联系电话="13800003333", 备注="哪一个"))
    with inside():
        return list(Person.rows().order_by("pk"))


def test_a_line_is_imported_into_the_one_who_was_meant(shelf: Shelf) -> None:
    _, second = _two_alike(shelf)
    with inside():
        conflict = Conflict.rows().get()
        deciding.decide_person(village=village(), conflict=conflict, person_id=second.pk, by=None, at=shelf.at)

        second.refresh_from_db()
        assert (second.phone, second.note) == ("13800003333", "哪一个")
    again = shelf.take(person("张三", 联系电话="13800003333", 备注="哪一个"))
    assert counted(again) == {"unchanged": 1}


def test_a_line_can_mean_somebody_new(shelf: Shelf) -> None:
    known = _two_alike(shelf)
    with inside():
        conflict = Conflict.rows().get()
        with pytest.raises(deciding.Gone):
            deciding.decide_person(village=village(), conflict=conflict, person_id=conflict.pk, by=None, at=shelf.at)
        deciding.decide_person(village=village(), conflict=conflict, person_id=None, by=None, at=shelf.at)

        new = Person.rows().exclude(pk__in=[each.pk for each in known]).get()
        assert (new.name, new.phone) == ("张三", "13800003333")
        assert new.household is not None
