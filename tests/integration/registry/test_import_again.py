"""A file comes again: who is meant is known, and nothing undoes what people did by hand."""

from __future__ import annotations

import json
from datetime import date, timedelta

from tests.integration.registry.rosters import (
    Shelf,
    codes,
    counted,
    found,
    inside,
    last_batch,
    number,
    person,
)
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import (
    Conflict,
    Household,
    ImportRow,
    Person,
    PersonGroup,
)
from wuyicun.domains.registry.rules import Group, RowStatus


def test_an_old_value_in_the_file_does_not_undo_a_change_by_hand(shelf: Shelf) -> None:
    row = person("张三", 身份证号码=number("19500908"), 家庭住址="旧址 1 号", 现居住地="本村", 人员类别="常住")
    shelf.take(row)
    with inside():
        who = found("张三")
        shelf.at += timedelta(minutes=1)
        actions.edit_person(person=who, values={"address": "新址 2 号"}, seen_at=who.updated_at, by=None, at=shelf.at)

    result = shelf.take(row)

    assert counted(result) == {"unchanged": 1}
    with inside():
        assert found("张三").address == "新址 2 号"


def test_a_new_value_in_the_file_is_taken(shelf: Shelf) -> None:
    row = person("张三", 身份证号码=number("19500908"), 家庭住址="旧址 1 号", 特殊人群="老人")
    shelf.take(row)

    result = shelf.take(row | {"家庭住址": "新址 2 号", "特殊人群": "老人、慢病", "联系电话": "13800001111"})

    assert counted(result) == {"updated": 1}
    with inside():
        who = found("张三")
        assert (who.address, who.phone) == ("新址 2 号", "13800001111")
        held = PersonGroup.rows().filter(person=who, ends_on=None).order_by("group")
        assert list(held.values_list("group", flat=True)) == [Group.ELDERLY, Group.ILL]
        line = ImportRow.rows().get(batch=last_batch(), kind="P")
        assert line.cells["address"] == ["旧址 1 号", "新址 2 号", "changed"]


def test_both_changed_waits_for_a_decision_and_is_asked_once(shelf: Shelf) -> None:
    row = person("张三", 身份证号码=number("19500908"), 家庭住址="旧址 1 号")
    shelf.take(row)
    with inside():
        who = found("张三")
        actions.edit_person(person=who, values={"address": "新址 2 号"}, seen_at=who.updated_at, by=None, at=shelf.at)

    result = shelf.take(row | {"家庭住址": "别处 3 号"})

    assert counted(result) == {"unchanged": 1, "conflicts": 1}
    assert ("both_changed", "张三") in codes(result)
    with inside():
        assert found("张三").address == "新址 2 号"
        conflict = Conflict.rows().get()
        assert (conflict.code, conflict.cell, conflict.first_id) == ("both_changed", "address", who.pk)
    assert counted(shelf.take(row | {"家庭住址": "别处 3 号"})) == {"unchanged": 1}
    with inside():
        assert Conflict.rows().count() == 1


def test_a_blank_never_erases(shelf: Shelf) -> None:
    row = person("张三", 身份证号码=number("19500908"), 联系电话="13800001111", 特殊人群="老人", 备注="住二楼")
    shelf.take(row)

    result = shelf.take(row | {"联系电话": "", "特殊人群": "", "备注": "", "身份证号码": ""})

    assert counted(result) == {"unchanged": 1}
    with inside():
        who = found("张三")
        assert (who.id_number, who.phone, who.note) == (number("19500908"), "13800001111", "住二楼")
        assert PersonGroup.rows().filter(person=who, ends_on=None).count() == 1
        assert "missing_id" not in who.problems


def test_a_group_taken_out_of_the_file_ends_and_one_added_by_hand_stays(shelf: Shelf) -> None:
    row = person("张三", 身份证号码=number("19500908"), 特殊人群="老人、慢病")
    shelf.take(row)
    with inside():
        actions.set_groups(person=found("张三"), groups=[Group.ELDERLY, Group.ILL, Group.RISK], by=None, at=shelf.at)

    shelf.take(row | {"特殊人群": "老人"})

    with inside():
        held = PersonGroup.rows().filter(person=found("张三"), ends_on=None).order_by("group")
        assert list(held.values_list("group", flat=True)) == [Group.ELDERLY, Group.RISK]


def test_who_is_absent_is_listed_and_stays(shelf: Shelf) -> None:
    rows = [person("张三"), person("李四", "2"), person("王五", "7", 片区="西头岭", 微网格="第一微网格")]
    shelf.take(*rows)

    shelf.take(rows[0])

    with inside():
        absent = ImportRow.rows().filter(batch=last_batch(), status=RowStatus.ABSENT)
        # 王五 lives in a section that the file doesn't speak of.
        assert list(absent.values_list("name", flat=True)) == ["李四"]
        assert Person.rows().count() == 3


def test_a_person_without_an_id_is_met_again_by_household_and_name(shelf: Shelf) -> None:
    shelf.take(person("张三", 性别="男"), person("张三", "2", 性别="男"))

    result = shelf.take(person("张三", 性别="男", 身份证号码=number("19500908")), person("张三", "2", 性别="男"))

    assert counted(result) == {"updated": 1, "unchanged": 1}
    with inside():
        assert Person.rows().count() == 2
        assert Person.rows().get(household__number="1").birth_date == date(1950, 9, 8)


def test_a_name_corrected_by_hand_is_met_by_the_old_one(shelf: Shelf) -> None:
    shelf.take(person("张珊"))
    with inside():
        who = found("张珊")
        actions.edit_person(person=who, values={"name": "张三"}, seen_at=who.updated_at, by=None, at=shelf.at)

    assert counted(shelf.take(person("张珊"))) == {"unchanged": 1}
    with inside():
        assert Person.rows().get().name == "张三"


def test_a_household_moved_by_hand_is_met_by_its_old_number(shelf: Shelf) -> None:
    shelf.take(person("张三"))
    with inside():
        house = Household.rows().get()
        actions.edit_household(household=house, values={"number": "9"}, seen_at=None, by=None, at=shelf.at)

    assert counted(shelf.take(person("张三"))) == {"unchanged": 1}
    with inside():
        assert Household.rows().get().number == "9"


def test_a_name_corrected_in_the_file_is_taken_by_the_id_number(shelf: Shelf) -> None:
    shelf.take(person("张珊", 身份证号码=number("19500908")))

    assert counted(shelf.take(person("张三", 身份证号码=number("19500908")))) == {"updated": 1}
    with inside():
        assert Person.rows().get().name == "张三"


def test_somebody_elses_number_is_not_taken_over(shelf: Shelf) -> None:
    shelf.take(person("张三", 身份证号码=number("19500908")))

    result = shelf.take(person("张三"), person("李四", "2", 身份证号码=number("19500908")))

    assert counted(result) == {"created": 1, "unchanged": 1, "conflicts": 1}
    assert ("duplicate_id", "李四") in codes(result)
    with inside():
        assert found("张三").id_number == number("19500908")
        assert found("李四").id_number is None
        conflict = Conflict.rows().get()
        assert (conflict.first_id, conflict.second_id) == (found("张三").pk, found("李四").pk)
    again = shelf.take(person("张三"), person("李四", "2", 身份证号码=number("19500908")))
    assert counted(again) == {"unchanged": 2, "conflicts": 1}


def test_one_number_on_two_people_is_held_by_neither(shelf: Shelf) -> None:
    twice = number("19500908")
    result = shelf.take(person("张三", 身份证号码=twice), person("李四", "2", 身份证号码=twice))

    assert counted(result) == {"created": 2, "conflicts": 2}
    with inside():
        assert {each.id_number for each in Person.rows()} == {None}
        assert all("duplicate_id" in each.problems for each in Person.rows())
        conflict = Conflict.rows().get()
        assert json.loads(conflict.values or "")["id_number"] == twice
        assert conflict.value_index is not None


def test_a_corrected_file_settles_a_disputed_number(shelf: Shelf) -> None:
    twice, other = number("19500908"), number("19700102")
    shelf.take(person("张三", 身份证号码=twice), person("李四", "2", 身份证号码=twice))

    result = shelf.take(person("张三", 身份证号码=twice), person("李四", "2", 身份证号码=other))

    assert counted(result) == {"updated": 2}
    with inside():
        assert (found("张三").id_number, found("李四").id_number) == (twice, other)
        assert Conflict.rows().get().decision == "corrected"
        assert found("张三").problems == []


def test_two_known_people_who_both_fit_a_line_are_not_guessed_at(shelf: Shelf) -> None:
    shelf.take(person("张三", 联系电话="13800001111"), person("张三", 联系电话="13800002222"))

    result = shelf.take(person("张三", 联系电话="13800003333"))

    assert counted(result) == {"conflicts": 1}
    assert ("several_match", "张三") in codes(result)
    with inside():
        assert Conflict.rows().get().code == "several_match"
    shelf.take(person("张三", 联系电话="13800003333"))
    with inside():
        assert Conflict.rows().count() == 1
