"""An undo takes back what the batch did, and nothing that anybody did since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.integration.registry.rosters import (
    CODE,
    START,
    VILLAGE_FILE,
    Shelf,
    counted,
    found,
    inside,
    last_batch,
    number,
    person,
    village,
)
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.importing.undo.foreseeing import foresee
from wuyicun.domains.registry.importing.undo.undoing import NotCommitted, Undone, undo
from wuyicun.domains.registry.models import Conflict, Household, ImportBatch, Person, PersonGroup, Place
from wuyicun.domains.registry.rules import Group
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory import queries as areas

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"


def _undo(shelf: Shelf, batch: ImportBatch | None = None) -> Undone:
    """Undo, after having looked at what it would do: it must do just that."""
    shelf.at += timedelta(minutes=1)
    with inside():
        seen = foresee(village=village(), batch=batch or last_batch(), at=shelf.at)
    with inside():
        done = undo(village=village(), batch=batch or last_batch(), by=None, at=shelf.at)
    assert (seen.removed, seen.restored, len(seen.left)) == (done.removed, done.restored, len(done.left))
    return done


def _rows(owner: psycopg.Connection[Any]) -> dict[str, int]:
    counts = {}
    for (table,) in owner.execute(_TABLES).fetchall():
        row = owner.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        counts[table] = row[0] if row else 0
    return counts


def test_an_undone_import_leaves_nothing_behind(owner: psycopg.Connection[Any], tmp_path: Any) -> None:
    territory.found_village(code=CODE, name="西头岭村", by=None, at=START)
    shelf = Shelf(tmp_path)
    before = _rows(owner)
    shelf.take_file(VILLAGE_FILE)
    assert _rows(owner)["registry_person"] == 439

    done = _undo(shelf)

    assert (done.removed, done.restored, list(done.left)) == (439 + 168 + 18, 0, [])
    after = _rows(owner)
    # What stays says that there was an import and that it was undone; no name is in it.
    for trace in ("audit_auditrow", "registry_importbatch", "rolls_change"):
        assert after.pop(trace) > before.pop(trace)
    assert after == before


def test_changed_cells_get_their_values_back(shelf: Shelf) -> None:
    first = person(
        "张三", 身份证号码=number("19500908"), 联系电话="13800001111", 家庭住址="旧址", 特殊人群="老人、慢病",
        政治面貌="群众",
    )  # fmt: skip
    shelf.take(first)
    with inside():
        before = Person.rows().values().get()
    second = first | {
        "户号": "2", "微网格": "第九微网格", "联系电话": "13800002222", "家庭住址": "新址", "特殊人群": "残疾",
        "政治面貌": "中共党员", "是否需上门": "是", "姓名": "张三丰",
    }  # fmt: skip
    assert counted(shelf.take(second | {"姓名": "张三"})) == {"updated": 1}
    with inside():
        assert found("张三").household_id != before["household_id"]

    done = _undo(shelf)

    assert (done.restored, list(done.left)) == (1, [])
    with inside():
        assert _comparable(Person.rows().values().get()) == _comparable(before)
        held = PersonGroup.rows().filter(ends_on=None).order_by("group")
        assert list(held.values_list("group", flat=True)) == [Group.ELDERLY, Group.ILL]
        assert Household.rows().get().number == "1"
        assert "第九微网格" not in areas.names(village().pk).values()
    assert counted(shelf.take(first)) == {"unchanged": 1}


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def test_a_household_goes_back_to_its_micro_grid_with_its_people(shelf: Shelf) -> None:
    shelf.take(person("张三"))
    with inside():
        before = found("张三").area_path
    shelf.take(person("张三", 微网格="第九微网格"))
    with inside():
        assert found("张三").area_path != before

    _undo(shelf)

    with inside():
        assert found("张三").area_path == before
        assert Household.rows().get().area_path == before


def test_who_was_changed_by_hand_since_stays_and_is_named(shelf: Shelf) -> None:
    shelf.take(person("张三"), person("李四"), person("王五", "2"))
    with inside():
        who = found("张三")
        actions.edit_person(
            person=who, values={"note": "听力不好"}, seen_at=who.updated_at, by=None, at=shelf.at + timedelta(seconds=9)
        )

    done = _undo(shelf)

    assert list(done.left) == [("P", who.pk, "later")]
    with inside():
        assert [each.name for each in Person.rows()] == ["张三"]
        assert [each.number for each in Household.rows()] == ["1"]
        assert "北头岭微网格" in areas.names(village().pk).values()


def test_a_cell_changed_by_hand_since_stays(shelf: Shelf) -> None:
    row = person("张三", 身份证号码=number("19500908"), 家庭住址="旧址", 备注="一")
    shelf.take(row)
    shelf.take(row | {"家庭住址": "新址", "备注": "二"})
    with inside():
        who = found("张三")
        actions.edit_person(
            person=who, values={"address": "别处"}, seen_at=who.updated_at, by=None, at=shelf.at + timedelta(seconds=9)
        )

    done = _undo(shelf)

    assert list(done.left) == [("P", who.pk, "later")]
    with inside():
        assert (found("张三").address, found("张三").note) == ("别处", "一")


def _all_in_use(village_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    return set(Person.rows().filter(village_id=village_id, pk__in=ids, name="张三").values_list("pk", flat=True))


def test_who_has_records_elsewhere_stays_and_is_named(shelf: Shelf, settings: Any) -> None:
    settings.WUYI_PEOPLE_IN_USE = f"{__name__}._all_in_use"
    shelf.take(person("张三"), person("李四", "2"))

    done = _undo(shelf)

    with inside():
        assert list(done.left) == [("P", found("张三").pk, "in_use")]
        assert not Person.rows().filter(name="李四").exists()


def test_an_earlier_import_keeps_whom_a_later_one_lists(shelf: Shelf) -> None:
    shelf.take(person("张三"), person("李四", "2"))
    with inside():
        first = last_batch()
    shelf.take(person("张三", 备注="后来的表"))

    done = _undo(shelf, first)

    assert {reason for _, _, reason in done.left} == {"later"}
    with inside():
        assert [each.name for each in Person.rows()] == ["张三"]


def test_conflicts_of_the_batch_go_with_it(shelf: Shelf) -> None:
    twice = number("19500908")
    shelf.take(person("张三", 身份证号码=twice), person("李四", "2", 身份证号码=twice))

    _undo(shelf)

    with inside():
        assert not Conflict.rows().exists()
        assert not Person.rows().exists()


def test_places_come_and_go(shelf: Shelf) -> None:
    shelf.take_file(VILLAGE_FILE)
    with inside():
        place = Place.rows().get(name="便民超市")
        place.updated_at = shelf.at
        place.save()

    done = _undo(shelf)

    assert list(done.left) == [("L", place.pk, "later")]
    with inside():
        assert [each.name for each in Place.rows()] == ["便民超市"]


def test_only_once(shelf: Shelf) -> None:
    shelf.take(person("张三"))
    _undo(shelf)

    with pytest.raises(NotCommitted):
        _undo(shelf)
