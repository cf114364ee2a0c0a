"""Small rosters to import, and what is asked about the village afterwards."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wuyicun.domains.registry.importing import shell
from wuyicun.domains.registry.models import ImportBatch, Person
from wuyicun.domains.registry.rules import check_digit
from wuyicun.kernel import scope
from wuyicun.kernel.accounts.models import Village

DATA = Path(__file__).parents[2] / "data"
VILLAGE_FILE = DATA / "roster-village.xlsx"
TRUTH_FILE = DATA / "roster-village.truth.json"
START = datetime(2022, 11, 21, 1, 0, tzinfo=UTC)
CODE = "140321201205"

Row = Mapping[str, str]


def number(born: str, sequence: int = 11) -> str:
    """An id number with a right check digit: `born` as 19500908; an odd sequence is a man's."""
    first = f"140399{born}{sequence:03d}"
    return first + check_digit(first)


def person(name: str, house: str = "1", **more: str) -> dict[str, str]:
    """A row of a roster: one of 北头岭, in 北头岭微网格, unless it says otherwise."""
    row = {"片区": "北头岭", "户号": house, "姓名": name, "性别": "男", "身份证号码": "", "微网格": "北头岭微网格"}
    return row | more


class Shelf:
    """Writes rosters into a folder and imports them into one village, a minute later each time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.at = START

    def write(self, rows: Iterable[Row], name: str = "roster.csv") -> Path:
        """A CSV file with the columns that any row has."""
        listed = list(rows)
        titles = list(dict.fromkeys(title for row in listed for title in row))
        path = self.folder / name
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, titles, restval="")
            writer.writeheader()
            writer.writerows(listed)
        return path

    def take(self, *rows: Row, dry_run: bool = False) -> dict[str, Any]:
        """Import these rows; what came of it, as the command line says it."""
        return self.take_file(self.write(rows), dry_run=dry_run)

    def take_file(self, path: Path, *, dry_run: bool = False) -> dict[str, Any]:
        """Import a file."""
        self.at += timedelta(minutes=1)
        return shell.import_file(path, name=path.name, code=CODE, dry_run=dry_run, at=self.at).result


def village() -> Village:
    """The village that the shelf imports into."""
    return Village.objects.get(area_path=CODE)


def inside() -> Any:
    """The scope over that village."""
    return scope.enter(scope.of_system([village().pk]))


def found(name: str) -> Person:
    """The one person of this name."""
    return Person.rows().select_related("household").get(name=name)


def last_batch() -> ImportBatch:
    """The batch of the last import."""
    batch = ImportBatch.rows().order_by("made_at").last()
    assert batch is not None
    return batch


def counted(result: Mapping[str, Any]) -> dict[str, int]:
    """The counts of an import that are not zero."""
    names = ("created", "updated", "unchanged", "conflicts", "refused")
    return {name: result[name] for name in names if result[name]}


def codes(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The problems of an import: code and name."""
    return [(problem["code"], problem["name"]) for problem in result["problems"]]
