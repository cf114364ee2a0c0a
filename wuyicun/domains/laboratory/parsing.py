"""What the rows of a laboratory's sheets say, line by line, ready to be compared with the round's tubes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wuyicun.domains.laboratory.layouts import Field, SheetLayout
from wuyicun.domains.laboratory.rules import PENDING, read_code, read_result
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.roster.book import Book, Cell, Cells
from wuyicun.domains.registry.roster.layouts.content import shown
from wuyicun.domains.registry.rules import plain, read_id

_TIME = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*[T ]?\s*(\d{1,2})[:时](\d{1,2})")
_EXACT = 1e15
"""From here on Excel has rounded a number: which code it was cannot be told."""


class Said(NamedTuple):
    """A line as it goes into the staging table; `fault`: why nothing can be done with it as it is, '' else."""

    number: int
    code: str
    result: str
    reported_at: datetime | None
    name: str
    id_index: bytes | None
    id_tail: str
    fault: str


def lines(book: Book, layouts: Sequence[SheetLayout], zone: ZoneInfo) -> Iterator[Said | None]:
    """The lines of all sheets that say results; None for a tube that the laboratory has not read yet.

    Rows are numbered on over all sheets, so that a number is one line's; in a file of one sheet they are Excel's.
    """
    read = {layout.sheet: layout for layout in layouts if layout.is_read}
    before = 0
    for sheet in book.sheets:
        layout = read.get(sheet.name)
        if layout is None:
            continue
        at = [layout.index_of.get(field) for field in Field]
        for number, row in enumerate(sheet.rows[layout.first_row - 1 :], layout.first_row + before):
            tube, result, reported, name, id_number = (_cell(row, place) for place in at)
            if tube is not None or result is not None:
                yield _said(number, tube, result, _moment(reported, zone), (name, id_number))
        before += len(sheet.rows)


def _cell(row: Cells, place: int | None) -> Cell:
    return row[place] if place is not None and place < len(row) else None


def _said(number: int, tube: Cell, result: Cell, reported_at: datetime | None, who: tuple[Cell, Cell]) -> Said | None:
    word = shown(result)
    answer = read_result(word) if word.strip() else PENDING
    if answer == PENDING:
        return None
    code = read_code(shown(tube))
    fault = "" if code else "no_code"
    if isinstance(tube, float) and tube >= _EXACT:
        fault = "rounded"
    if answer is None:
        fault = fault or "unreadable"
    return Said(number, code, answer or "", reported_at, *whom(shown(who[0]), shown(who[1])), fault)


def whom(name: str, id_number: str) -> tuple[str, bytes | None, str]:
    """Whom a line names: the name, the id number's keyed digest and its last four."""
    whose = _id(id_number)
    return "".join(plain(name).split())[:64], registry.index_of_id(whose) if whose else None, whose[-4:]


def _id(text: str) -> str:
    """An id number as the registry keeps it, '' for none and for one that was masked; one that is wrong is nobody's."""
    if "*" in text or not text.strip():
        return ""
    return read_id(text).number or "".join(plain(text).split()).upper()


def _moment(cell: Cell, zone: ZoneInfo) -> datetime | None:
    """When it was reported; a day alone says too little."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=cell.tzinfo or zone)
    if isinstance(cell, date) or cell is None:
        return None
    found = _TIME.search(shown(cell))
    if found is None:
        return None
    year, month, day, hour, minute = map(int, found.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        return None
