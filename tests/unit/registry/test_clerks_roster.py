"""The sample roster comes out exactly as its truth file says, every planted fault in its place."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from wuyicun.domains.registry import roster
from wuyicun.domains.registry.rules import Residence, Whereabouts, check_digit

_DATA = Path(__file__).parents[2] / "data"
_WORKBOOK = _DATA / "roster-village.xlsx"
_TRUTH = json.loads((_DATA / "roster-village.truth.json").read_text(encoding="utf-8"))
_PLANTED = {code: names for code, names in _TRUTH["faults"].items() if code != "duplicate_id"}
_HEADER_ROWS = {"西头岭": 3, "北头岭": 3, "外来务工": 2}


class Cell(NamedTuple):
    """A cell of the sheet as another library reads it."""

    sheet: str
    row: int
    column: str
    name: str
    value: Any


class Fault(NamedTuple):
    """A problem as it must be told."""

    code: str
    sheet: str
    row: int
    column: str
    name: str


def cells(*titles: str) -> Iterator[Cell]:
    """The cells below a title in all sheets of people, by openpyxl."""
    book = openpyxl.load_workbook(_WORKBOOK)
    for name, header_row in _HEADER_ROWS.items():
        sheet = book[name]
        columns = {cell.value: cell for cell in sheet[header_row]}
        names = columns["姓名"].column
        (title,) = [title for title in titles if title in columns]
        for row in range(header_row + 1, sheet.max_row + 1):
            if person := sheet.cell(row, names).value:
                cell = sheet.cell(row, columns[title].column)
                yield Cell(name, row, cell.column_letter, person, cell.value)


def planted() -> Iterator[Fault]:
    """The faults of the truth file, found in the sheets by what each of them is."""
    ids = list(cells("身份证号码", "身份证号"))
    claimed = Counter(str(cell.value) for cell in ids if cell.value)
    for cell in ids:
        text = str(cell.value or "")
        plain = "".join(str(int(digit)) if digit.isdecimal() else digit for digit in text)
        faults = {
            "missing_id": not text,
            "full_width": text != plain,
            "lower_x": text.endswith("x"),
            "fifteen_digit": len(text) == 15,
            "bad_check_digit": len(text) == 18 and check_digit(plain[:17]) != plain[17].upper(),
            "duplicate_id": claimed[text] > 1,
        }
        yield from (Fault(code, *cell[:4]) for code, applies in faults.items() if applies)
    for cell in cells("联系电话", "电话"):
        if set(str(cell.value or "")) - set("0123456789"):
            yield Fault("phone_spaced", *cell[:4])


@pytest.fixture(scope="module")
def result() -> roster.Roster:
    book = roster.read(_WORKBOOK)
    return roster.parse(book, roster.propose(book))


def test_every_figure_is_that_of_the_truth_file(result: roster.Roster) -> None:
    figures = roster.summary(result)
    assert {key: figures[key] for key in _TRUTH if key != "faults"} == {
        key: value for key, value in _TRUTH.items() if key != "faults"
    }


def test_every_planted_fault_is_found_by_name_and_no_other(result: roster.Roster) -> None:
    faults = roster.summary(result)["faults"]
    assert {code: sorted(names) for code, names in faults.items() if code != "duplicate_id"} == {
        code: sorted(names) for code, names in _PLANTED.items()
    }
    assert sorted(map(sorted, faults["duplicate_id"])) == sorted(map(sorted, _TRUTH["faults"]["duplicate_id"]))


def test_every_problem_names_its_sheet_row_column_and_person(result: roster.Roster) -> None:
    told = [Fault(p.code, p.sheet, p.row or 0, p.column or "", p.name) for p in result.problems]
    expected = list(planted())
    assert sorted(told) == sorted(expected)
    assert Counter(fault.code for fault in expected) == {
        **{code: len(names) for code, names in _PLANTED.items()},
        "duplicate_id": sum(len(names) for names in _TRUTH["faults"]["duplicate_id"]),
    }


def test_only_what_needs_a_person_asks_for_one(result: roster.Roster) -> None:
    asked = {problem.code: problem.severity.value for problem in result.problems}
    assert asked == {
        "bad_check_digit": "check",
        "missing_id": "check",
        "duplicate_id": "decide",
        "fifteen_digit": "fixed",
        "full_width": "fixed",
        "phone_spaced": "fixed",
        "lower_x": "fixed",
    }


def test_those_who_share_a_number_are_named_to_each_other_with_whose_sex_fits(result: roster.Roster) -> None:
    claims = {p.name: (p.data["other"], p.data["sex_fits"]) for p in result.problems if p.code == "duplicate_id"}
    assert claims == {
        "傅根": ("吕英丽", "no"),
        "吕英丽": ("傅根", "yes"),
        "郝根二": ("蒋思", "no"),
        "蒋思": ("郝根二", "yes"),
    }
    disputed = [person for person in result.people if person.name in claims]
    assert all(person.birth_date is None and person.sex is not None for person in disputed)


def test_no_problem_carries_an_id_number_or_a_phone(result: roster.Roster) -> None:
    numbers = {str(cell.value) for cell in cells("身份证号码", "身份证号")} | {
        str(cell.value) for cell in cells("联系电话", "电话")
    }
    told = {value for problem in result.problems for value in problem.data.values()}
    assert told
    assert not told & numbers


def test_every_person_stands_in_the_household_that_the_clerk_meant(result: roster.Roster) -> None:
    filled: dict[tuple[str, int], str] = {}
    for name in ("西头岭", "北头岭"):
        current = ""
        sheet = openpyxl.load_workbook(_WORKBOOK)[name]
        column = next(cell.column for cell in sheet[3] if cell.value == "户号")
        for row in range(4, sheet.max_row + 1):
            current = str(sheet.cell(row, column).value or current)
            filled[name, row] = current
    residents = [person for person in result.people if not person.is_worker]
    assert len(residents) == 428
    assert all(person.household_number == filled[person.sheet, person.row] for person in residents)
    assert sum(household.size for household in result.households) == 428
    assert all(household.head and household.address and household.micro_grid for household in result.households)


def test_sections_and_micro_grids_come_in_the_files_order(result: roster.Roster) -> None:
    assert result.village == "西头岭村"
    assert [(section.name, section.micro_grids) for section in result.sections] == [
        ("西头岭", ("第一微网格", "第二微网格")),
        ("北头岭", ("北头岭微网格",)),
    ]
    assert Counter(household.section for household in result.households) == {"西头岭": 105, "北头岭": 63}


def test_where_people_are_follows_from_what_the_clerk_wrote(result: roster.Roster) -> None:
    said = Counter((p.residence, p.whereabouts_text, p.whereabouts) for p in result.people if not p.is_worker)
    assert {key: said[key] for key in said} == {
        (Residence.RESIDENT, "本村", Whereabouts.IN_VILLAGE): 335,
        (Residence.FLOATING, "往返本村与县城", Whereabouts.TO_AND_FRO): 15,
        (Residence.COUNTY, "平定县城", Whereabouts.COUNTY): 16,
        (Residence.COUNTY, "平定县冠山镇", Whereabouts.COUNTY): 16,
        (Residence.CITY, "阳泉市城区", Whereabouts.CITY): 16,
        (Residence.CITY, "太原市", Whereabouts.ELSEWHERE): 15,
        (Residence.CITY, "北京市", Whereabouts.ELSEWHERE): 15,
    }


def test_workers_have_their_worksite_and_no_household(result: roster.Roster) -> None:
    workers = [person for person in result.people if person.is_worker]
    assert Counter((worker.workplace, worker.living_place) for worker in workers) == {
        ("硬化路工程施工队", "村委会旧校舍"): 5,
        ("机制砂生产线", "厂区宿舍"): 6,
    }
    assert {(w.residence, w.whereabouts, w.household_number, w.micro_grid) for w in workers} == {
        (Residence.OUTSIDE, Whereabouts.IN_VILLAGE, None, None)
    }


def test_a_column_that_a_sheet_does_not_have_is_told_from_a_blank_cell(result: roster.Roster) -> None:
    assert "note" in result.present["西头岭"]
    assert "note" not in result.present["北头岭"]
    assert "micro_grid" not in result.present["外来务工"]
    assert all(person.note is None for person in result.people)


def test_each_place_has_its_kind(result: roster.Roster) -> None:
    assert Counter(place.kind.value for place in result.places) == {
        "shop": 2,
        "clinic": 1,
        "public_toilet": 2,
        "parcel_locker": 1,
        "bin": 3,
        "fitness": 1,
        "checkpoint": 2,
        "sampling_point": 2,
        "reception_point": 1,
        "isolation_room": 1,
        "factory": 1,
        "worksite": 1,
    }
    assert {place.section for place in result.places} == {"西头岭", "北头岭"}
