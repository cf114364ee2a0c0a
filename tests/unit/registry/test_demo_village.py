"""The made-up village of the demonstration."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.registry.clerk import read_here
from wuyicun.config.demo.village import make_village
from wuyicun.config.demo.workbook import write_village
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.rules import Sex, Whereabouts, read_id

_TRUTH = json.loads((Path(__file__).parents[2] / "data/roster-village.truth.json").read_text(encoding="utf-8"))


def _read(path: Path) -> roster.Roster:
    book = read_here(path)
    return roster.parse(book, roster.propose(book))


@pytest.mark.parametrize("seed", [20221101, 1, 2, 3])
def test_its_workbook_is_read_as_it_was_meant_without_a_problem(tmp_path: Path, seed: int) -> None:
    meant = write_village(tmp_path / "a.xlsx", seed=seed)
    assert roster.summary(_read(tmp_path / "a.xlsx")) == meant
    assert meant["faults"] == {}


def test_it_has_the_size_of_the_clerks_village(tmp_path: Path) -> None:
    meant = write_village(tmp_path / "a.xlsx")
    for key in ("people", "households", "categories", "home_visit", "workers", "places"):
        assert meant[key] == _TRUTH[key]
    result = _read(tmp_path / "a.xlsx")
    assert result.village == "西头岭村"
    assert Counter((h.section, h.micro_grid) for h in result.households) == {
        ("西头岭", "第一微网格"): 53,
        ("西头岭", "第二微网格"): 52,
        ("北头岭", "北头岭微网格"): 63,
    }
    assert Counter(p.workplace for p in result.people if p.is_worker) == {"硬化路工程施工队": 5, "机制砂生产线": 6}


def test_it_is_laid_out_as_the_clerks_workbook(tmp_path: Path) -> None:
    write_village(tmp_path / "a.xlsx")
    made = roster.propose(read_here(tmp_path / "a.xlsx"))
    clerks = roster.propose(read_here(Path(__file__).parents[2] / "data/roster-village.xlsx"))
    assert [(x.sheet, x.signature, x.header_rows) for x in made] == [
        (x.sheet, x.signature, x.header_rows) for x in clerks
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_people(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_village(tmp_path / name, seed=seed)
    one, two, three = ((tmp_path / name).read_bytes() for name in "abc")
    assert one == two != three


def test_nobody_in_it_can_be_real_and_everybody_has_a_right_number(tmp_path: Path) -> None:
    write_village(tmp_path / "a.xlsx")
    people = _read(tmp_path / "a.xlsx").people
    numbers = [read_id(person.id_number or "") for person in people]
    assert len({reading.number for reading in numbers}) == len(people) == 439
    assert all(reading.number and reading.number.startswith("140399") for reading in numbers)
    assert all(person.phone is None or person.phone.startswith("154") for person in people)


def test_its_families_can_be_families() -> None:
    for family in make_village(20221101).families:
        relations = Counter(person.relation for person in family.members)
        assert relations["户主"] == 1
        assert max(relations["妻"], relations["夫"], relations["儿媳"]) <= 1
        head = family.members[0]
        for member in family.members:
            assert 0 <= member.age < 100
            if member.relation in {"子", "女"}:
                assert head.age - member.age >= 18
            if member.relation in {"妻", "夫"}:
                assert member.sex is not head.sex
                assert member.age >= 20
            assert (member.sex is Sex.MALE) == (member.relation in {"夫", "子", "孙子"}) or member.relation == "户主"


def test_those_who_are_away_stand_in_the_ledgers_of_the_away(tmp_path: Path) -> None:
    write_village(tmp_path / "a.xlsx")
    people = [person for person in _read(tmp_path / "a.xlsx").people if not person.is_worker]
    assert Counter(person.whereabouts for person in people)[Whereabouts.IN_VILLAGE] == 335
    assert Counter(person.whereabouts for person in people)[Whereabouts.TO_AND_FRO] == 15
