"""Walks down a sheet: which rows list somebody, which are totals, lines, repeated titles, examples or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wuyicun.domains.registry.roster.book import Cell, Cells
from wuyicun.domains.registry.roster.fields import Field, SheetKind
from wuyicun.domains.registry.roster.layouts import headers
from wuyicun.domains.registry.roster.layouts.content import shown
from wuyicun.domains.registry.roster.parsing.names import read_name
from wuyicun.domains.registry.roster.parsing.sheet import Row, SheetContext
from wuyicun.domains.registry.roster.parsing.titles import section_name
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import plain

_HOUSEHOLDS_SAID = re.compile(r"([0-9]+)\s*户")
_PEOPLE_SAID = re.compile(r"([0-9]+)\s*(?:口人|人|口)")
_SAYS_SOMEBODY = {
    SheetKind.PEOPLE: (Field.ID_NUMBER, Field.SEX, Field.BIRTH_DATE, Field.RELATION, Field.PHONE),
    SheetKind.WORKERS: (Field.ID_NUMBER, Field.SEX, Field.PHONE, Field.BIRTH_DATE),
    SheetKind.PLACES: (Field.PLACE_KIND, Field.MANAGER, Field.PHONE),
}


@dataclass(frozen=True, slots=True)
class Total:
    """A line in which the clerk counted; None is a number that it does not give."""

    row: int
    households: int | None
    people: int | None


def walk(context: SheetContext) -> Iterator[Row | Total]:
    """The rows that list somebody or something, named, and the totals between them, from top to bottom.

    A row without a name that says anything about a person is noted as refused.
    """
    header = headers.Header(context.layout.header_rows, ())
    if header.rows:
        header = headers.read(context.sheet, header.rows)
    section, micro_grid = context.section, None
    name_index = context.index_of.get(Field.NAME, -1)
    for number in range(context.layout.first_row, len(context.sheet.rows) + 1):
        cells = context.sheet.row(number)
        first = cells[0] if cells else None
        if first is None:
            first = next((cell for cell in cells if cell is not None), None)
        named = cells[name_index] if 0 <= name_index < len(cells) else None
        if first is None:
            continue
        if isinstance(first, str) or not isinstance(named, str):
            if (total := _total(number, cells, first, named)) is not None:
                yield total
                continue
            if area := _area_line(cells, first):
                section, micro_grid = (section, area) if "微网格" in area else (section_name(area), None)
                continue
            if _is_no_person(cells, first, header):
                continue
        row = Row(context, number, cells)
        row.section, row.micro_grid = section, micro_grid
        if _take_name(row):
            yield row


def _total(number: int, cells: Cells, first: Cell, named: Cell) -> Total | None:
    if not any(isinstance(cell, str) and values.TOTAL.match(plain(cell).strip()) for cell in (first, named)):
        return None
    text = " ".join(plain(shown(cell)) for cell in cells if cell is not None)
    households, people = _HOUSEHOLDS_SAID.search(text), _PEOPLE_SAID.search(text)
    return Total(number, int(households[1]) if households else None, int(people[1]) if people else None)


def _area_line(cells: Cells, first: Cell) -> str | None:
    """A line that stands alone and names the section or micro-grid of the rows below it."""
    if not isinstance(first, str) or sum(cell is not None for cell in cells) > 1:
        return None
    text = "".join(plain(first).split()).strip(":()【】")
    return text if values.AREA_LINE.fullmatch(text) else None


def _is_no_person(cells: Cells, first: Cell, header: headers.Header) -> bool:
    if isinstance(first, str) and any(mark.match(plain(first).strip()) for mark in (values.EXAMPLE, values.FOOTER)):
        return True
    if header.rows and headers.is_repeated(cells, header):
        return True
    numbers = [cell for cell in cells if cell is not None]
    return len(numbers) > 2 and numbers == [float(place) for place in range(1, len(numbers) + 1)]


def _take_name(row: Row) -> bool:
    row.name = read_name(row.text(Field.NAME))
    if row.name:
        if row.context.layout.kind is not SheetKind.PLACES and row.name != row.text(Field.NAME):
            row.problem("name_spaced", Field.NAME)
        return True
    if any(row.text(field) for field in _SAYS_SOMEBODY[row.context.layout.kind]):
        row.note_errors()
        row.problem("missing_name", Field.NAME)
    return False
