"""A roster comes in whole, and again without a change."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.integration.registry.rosters import (
    TRUTH_FILE,
    VILLAGE_FILE,
    Shelf,
    codes,
    counted,
    found,
    inside,
    last_batch,
    number,
    person,
    village,
)
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import (
    Conflict,
    Household,
    ImportProblem,
    ImportRow,
    Person,
    PersonGroup,
    Place,
    SearchKey,
)
from wuyicun.domains.registry.roster.words.official import GROUP_WORD, RESIDENCE_WORD
from wuyicun.domains.registry.rules import Group, Residence, RowStatus, Whereabouts
from wuyicun.domains.territory import queries as territory

TRUTH = json.loads(TRUTH_FILE.read_text(encoding="utf-8"))


def _residents() -> list[Person]:
    return list(Person.rows().exclude(residence=Residence.OUTSIDE))


def test_the_village_file_comes_in_as_the_truth_says(shelf: Shelf) -> None:
    result = shelf.take_file(VILLAGE_FILE)

    assert {key: result[key] for key in TRUTH if key != "faults"} == {
        key: said for key, said in TRUTH.items() if key != "faults"
    }
    assert counted(result) == {"created": 439, "conflicts": 4}
    with inside():
        residents = _residents()
        assert len(residents) == TRUTH["people"]
        assert Person.rows().filter(residence=Residence.OUTSIDE).count() == TRUTH["workers"]
        assert Household.rows().count() == TRUTH["households"]
        assert Place.rows().count() == TRUTH["places"]
        assert Counter(RESIDENCE_WORD[Residence(each.residence)] for each in residents) == TRUTH["categories"]
        assert sum(each.party_member for each in residents) == TRUTH["party"]
        groups = Counter(PersonGroup.rows().filter(ends_on=None).values_list("group", flat=True))
        assert groups.pop(Group.HOME_VISIT) == TRUTH["home_visit"]
        assert groups.pop(Group.OUTSIDER) == TRUTH["workers"]
        assert {GROUP_WORD[Group(group)]: count for group, count in groups.items()} == TRUTH["groups"]


def test_every_planted_fault_is_found_with_its_sheet_row_and_name(shelf: Shelf) -> None:
    result = shelf.take_file(VILLAGE_FILE)

    by_code: dict[str, list[str]] = {}
    for problem in result["problems"]:
        by_code.setdefault(problem["code"], []).append(problem["name"])
        assert problem["sheet"]
        assert problem["row"]
        assert problem["column"]
        assert problem["message"]
    twice = by_code.pop("duplicate_id")
    assert sorted(twice) == sorted(name for pair in TRUTH["faults"]["duplicate_id"] for name in pair)
    truth = {code: sorted(names) for code, names in TRUTH["faults"].items() if code != "duplicate_id"}
    assert {code: sorted(names) for code, names in by_code.items()} == truth
    with inside():
        flagged = Person.rows().filter(problems__contains=["bad_check_digit"]).values_list("name", flat=True)
        assert sorted(flagged) == sorted(TRUTH["faults"]["bad_check_digit"])
        assert ImportProblem.rows().filter(code="missing_id", person_id=found("石娥彩").pk).count() == 1


def test_sections_and_micro_grids_are_made_and_people_live_in_them(shelf: Shelf) -> None:
    shelf.take_file(VILLAGE_FILE)

    with inside():
        tree = territory.tree(village().pk)
        names = {grid.name: [micro.name for micro in grid.children] for grid in tree.children}
        assert names == {"西头岭": ["第一微网格", "第二微网格"], "北头岭": ["北头岭微网格"], "未入网": []}
        north = next(grid for grid in tree.children if grid.name == "北头岭")
        assert Household.rows().filter(section_path=north.area_path).count() == 63
        assert not Person.rows().filter(area_path=tree.area_path).exists()


def test_a_worker_belongs_to_no_household_and_is_in_the_village(shelf: Shelf) -> None:
    shelf.take_file(VILLAGE_FILE)

    with inside():
        worker = found("赖小建")
        assert worker.household is None
        assert worker.area_path == f"{village().area_path}000"
        assert worker.workplace == "机制砂生产线"
        assert worker.address == "厂区宿舍"
        assert worker.whereabouts == Whereabouts.IN_VILLAGE
        assert worker.residence == Residence.OUTSIDE
        assert list(PersonGroup.rows().filter(person=worker).values_list("group", flat=True)) == [Group.OUTSIDER]


def test_the_same_file_again_changes_nothing(shelf: Shelf, tmp_path: Path) -> None:
    shelf.take_file(VILLAGE_FILE)
    with inside():
        before = _everything()

    result = shelf.take_file(VILLAGE_FILE)

    assert counted(result) == {"unchanged": 439, "conflicts": 4}
    with inside():
        assert _everything() == before
        assert not ImportRow.rows().filter(batch=last_batch()).exclude(status=RowStatus.UNCHANGED).exists()


def _everything() -> list[list[dict[str, object]]]:
    models = (Person, Household, Place, PersonGroup, Conflict, SearchKey)
    return [[_plain(row) for row in model.rows().order_by("pk").values()] for model in models]


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def test_a_dry_run_says_the_same_and_keeps_nothing(shelf: Shelf) -> None:
    dry = shelf.take_file(VILLAGE_FILE, dry_run=True)

    with inside():
        assert not Person.rows().exists()
        assert len(territory.areas(village().pk)) == 2
    assert shelf.take_file(VILLAGE_FILE) == dry


def test_people_are_found_by_what_the_file_says(shelf: Shelf) -> None:
    shelf.take_file(VILLAGE_FILE)

    with inside():
        assert SearchKey.rows().filter(subject_id=found("蒋博孩").pk, key="jiangbohai").exists()
        assert found("蒋博孩").name_sort.startswith("jiang bo hai")


def test_a_row_without_a_name_is_refused_and_said(shelf: Shelf) -> None:
    result = shelf.take(person("张三"), person("", "2", 身份证号码=number("19500908")))

    assert counted(result) == {"created": 1, "refused": 1}
    assert next(each for each in result["problems"] if each["code"] == "missing_name")["severity"] == "refused"


def test_a_wrong_number_is_flagged_and_kept_sealed(shelf: Shelf) -> None:
    wrong = number("19500908")[:17] + ("1" if number("19500908")[17] != "1" else "2")
    shelf.take(person("张三", 身份证号码=wrong, 联系电话="138000"))

    with inside():
        who = found("张三")
        assert who.id_number is None
        assert who.unread == {"id_number": wrong, "phone": "138000"}
        assert wrong.encode() not in bytes(who.unread_sealed or b"")
        assert wrong not in json.dumps(who.last_import)
        assert set(who.problems) >= {"bad_check_digit", "phone_invalid"}

    shelf.take(person("张三", 身份证号码=number("19500908"), 联系电话="138000"))
    with inside():
        assert found("张三").id_number == number("19500908")
        assert found("张三").unread == {"phone": "138000"}


def test_somebody_without_a_micro_grid_is_not_placed(shelf: Shelf) -> None:
    shelf.take(person("张三", 微网格=""))

    with inside():
        assert found("张三").area_path == f"{village().area_path}000"
        assert found("张三").household is not None


def test_a_file_without_sections_finds_the_households_it_means(shelf: Shelf) -> None:
    shelf.take(person("张三", "106"))
    row = person("张三", "106")
    del row["片区"]
    del row["微网格"]

    assert counted(shelf.take(row)) == {"unchanged": 1}
    with inside():
        assert Household.rows().count() == 1


def test_somebody_who_has_left_stays_left(shelf: Shelf) -> None:
    shelf.take(person("张三", 身份证号码=number("19500908")))
    with inside():
        actions.mark_left(person=found("张三"), reason="moved", by=None, at=shelf.at)

    result = shelf.take(person("张三", 身份证号码=number("19500908"), 备注="又回来了"))

    assert ("has_left", "张三") in codes(result)
    with inside():
        assert found("张三").left_at is not None
