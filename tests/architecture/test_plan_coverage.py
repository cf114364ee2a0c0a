"""docs/plan-coverage.md tells the truth: every clause of the plan once, and nothing that is not there."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.architecture.addresses import ADDRESSES
from tests.architecture.source import ROOT

# The thirteen elements with how many clauses each has, the seven standards, self-check, supervision, the target.
ELEMENTS = {1: 5, 2: 7, 3: 5, 4: 1, 5: 2, 6: 6, 7: 5, 8: 2, 9: 5, 10: 4, 11: 3, 12: 4, 13: 1}
CLAUSES = [
    *(f"E{element}.{number}" for element, count in ELEMENTS.items() for number in range(1, count + 1)),
    *(f"S{number}" for number in range(1, 8)),
    *("A1", "A2", "W1", "W2", "W3", "G"),
]
NOTHING = "–"
DOCUMENT = (ROOT / "docs" / "plan-coverage.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Row:
    """A clause: what carries it out."""

    id: str
    state: str
    screen: str
    code: str
    test: str

    def __str__(self) -> str:
        return self.id


def rows() -> list[Row]:
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in DOCUMENT.splitlines()]
    return [Row(*row) for row in cells if len(row) == 5 and re.fullmatch(r"[EASWG][0-9.]*", row[0])]


ROWS = rows()
BUILT = [row for row in ROWS if row.state != "open"]


def test_every_clause_stands_there_once_in_the_plans_order() -> None:
    assert [row.id for row in ROWS] == CLAUSES


def test_every_state_is_one_of_three() -> None:
    assert {row.state for row in ROWS} <= {"done", "partly", "open"}


def test_what_is_open_names_nothing() -> None:
    assert [row.id for row in ROWS if row.state == "open" and {row.screen, row.code, row.test} != {NOTHING}] == []


def test_what_is_partly_done_says_what_is_missing() -> None:
    said = re.findall(r"^- \*\*([A-Z0-9.]+)\*\* ", DOCUMENT, re.MULTILINE)
    assert said == [row.id for row in ROWS if row.state == "partly"]


@pytest.mark.parametrize("row", BUILT, ids=str)
def test_its_screen_is_an_address_of_the_program(row: Row) -> None:
    assert row.screen in {f"/{address.route}" for address in ADDRESSES}


@pytest.mark.parametrize("row", BUILT, ids=str)
def test_its_code_is_there(row: Row) -> None:
    assert row.code.startswith("wuyicun/")
    assert (ROOT / row.code).is_file()


@pytest.mark.parametrize("row", BUILT, ids=str)
def test_its_test_is_there(row: Row) -> None:
    file, _, name = row.test.partition("::")
    source = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(rf"^(?:async )?def {re.escape(name)}\(", source, re.MULTILINE)
