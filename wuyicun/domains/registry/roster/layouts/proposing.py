"""Proposes what each sheet of a book is and what its columns hold."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from wuyicun.domains.registry.roster.book import Book, Cell, Sheet
from wuyicun.domains.registry.roster.fields import Field, SheetKind
from wuyicun.domains.registry.roster.layouts import headers
from wuyicun.domains.registry.roster.layouts.content import look_like_names, looks_like, shown
from wuyicun.domains.registry.roster.layouts.layout import ColumnLayout, SheetLayout
from wuyicun.domains.registry.roster.words.headers import normal

_SAMPLED_ROWS = 200
_SAMPLES = 3
_BY_LOOK = 0.6
_NAME_BY_LOOK = 0.4
_AGAINST_LOOK = 0.3
_BESIDE = "·"  # between the titles of one column

_WORKERS_SHEET = re.compile(r"务工|用工|工人|施工|工地|企业员工|外来")
_STAFF_SHEET = re.compile(r"网格员|网格长|值班|志愿者|通讯录|联系表|工作人员|排班|填写说明|填表说明")
_PEOPLE_SIGNS = {
    Field.HOUSEHOLD, Field.RELATION, Field.RESIDENCE, Field.ID_NUMBER, Field.BIRTH_DATE, Field.HEAD_NAME,
    Field.GROUPS, Field.WHEREABOUTS, Field.MICRO_GRID, Field.AGE,
}  # fmt: skip
_HOUSEHOLD_SIGNS = {Field.HOUSEHOLD, Field.RELATION, Field.RESIDENCE, Field.HEAD_NAME}
_PLACE_SIGNS = {Field.PLACE_KIND, Field.MANAGER, Field.ADDRESS}
_PERSON_SIGNS = {Field.ID_NUMBER, Field.SEX, Field.BIRTH_DATE, Field.RELATION}

_TOLD_BY_LOOK = {Field.ID_NUMBER, Field.PHONE, Field.SEX, Field.BIRTH_DATE}
_READ_AS = {
    SheetKind.PEOPLE: {Field.LIVING_PLACE: Field.WHEREABOUTS, Field.PLACE_KIND: Field.RESIDENCE},
    SheetKind.WORKERS: {Field.WHEREABOUTS: Field.LIVING_PLACE, Field.ADDRESS: Field.LIVING_PLACE},
    SheetKind.PLACES: {
        Field.WHEREABOUTS: Field.ADDRESS,
        Field.LIVING_PLACE: Field.ADDRESS,
        Field.WORKPLACE: Field.NAME,
        Field.RESIDENCE: Field.PLACE_KIND,
    },
}


@dataclass(slots=True)
class _Guess:
    index: int
    titles: tuple[str, ...]
    cells: list[Cell]
    field: Field | None
    confidence: float


def propose(book: Book) -> tuple[SheetLayout, ...]:
    """One proposal for each sheet, in the book's order.

    Hidden sheets are left out as long as another sheet lists people: they are mostly old copies or drop-down lists.
    """
    layouts = tuple(propose_sheet(sheet, from_csv=book.format == "csv") for sheet in book.sheets)
    people = (SheetKind.PEOPLE, SheetKind.WORKERS)
    if any(layout.kind in people and not layout.hidden for layout in layouts):
        return tuple(layout.with_kind(SheetKind.IGNORE) if layout.hidden else layout for layout in layouts)
    return layouts


def propose_sheet(sheet: Sheet, *, header_rows: Sequence[int] | None = None, from_csv: bool = False) -> SheetLayout:
    """What this sheet is.

    Args:
        sheet: the sheet.
        header_rows: the rows of the titles, counted as in Excel, when a person said which; () for none.
        from_csv: the sheet's name is a file's name, which says nothing about what it lists.
    """
    if header_rows is None:
        header = headers.find(sheet)
    else:
        header = headers.read(sheet, tuple(header_rows)) if header_rows else None
    found = header or headers.Header((), ())
    first_row = found.rows[-1] + 1 if found.rows else 1
    guesses = _guesses(sheet, found, first_row)
    title = _title(sheet, found.rows[0] if found.rows else 1)
    kind = _kind("" if from_csv else sheet.name, title, guesses, bool(found.rows))
    _settle(guesses, kind)
    return SheetLayout(
        sheet.name, kind, found.rows, first_row, tuple(_column(guess) for guess in guesses), title,
        _signature(found.titles), sheet.hidden,
    )  # fmt: skip


def taken_for(layout: SheetLayout, kind: SheetKind) -> SheetLayout:
    """The sheet as another kind: its titles mean what they mean there ('居住地点' is where a worker lives, but where a
    villager is now). What was told by the look of the values stays.
    """
    guesses = [_again(column) for column in layout.columns]
    _settle(guesses, kind)
    columns = tuple(
        dataclasses.replace(column, field=guess.field, confidence=guess.confidence)
        for column, guess in zip(layout.columns, guesses, strict=True)
    )
    return dataclasses.replace(layout, kind=kind, columns=columns)


def _again(column: ColumnLayout) -> _Guess:
    titles = tuple(reversed(column.header.split(_BESIDE)))
    named, confidence = headers.field_of(titles)
    if named is None or column.field in _TOLD_BY_LOOK:
        named, confidence = column.field, column.confidence
    return _Guess(column.index, titles, [], named, confidence)


def _guesses(sheet: Sheet, header: headers.Header, first_row: int) -> list[_Guess]:
    rows = [row for row in sheet.rows[first_row - 1 : first_row - 1 + _SAMPLED_ROWS] if row]
    width = max((len(header.titles), *(len(row) for row in rows)), default=0)
    guesses = []
    for index in range(width):
        titles = header.titles[index] if index < len(header.titles) else ()
        cells = [row[index] for row in rows if index < len(row) and row[index] is not None]
        if titles or cells:
            guesses.append(_Guess(index, titles, cells, *_field(titles, cells)))
    if not any(guess.field is Field.NAME for guess in guesses):
        nameless = (guess for guess in guesses if guess.field is None and look_like_names(guess.cells))
        for guess in list(nameless)[:1]:
            guess.field, guess.confidence = Field.NAME, _NAME_BY_LOOK
    return guesses


def _field(titles: tuple[str, ...], cells: Sequence[Cell]) -> tuple[Field | None, float]:
    """What a column holds by its title and by the look of its values; ids and phones are told by their look alone."""
    named, confidence = headers.field_of(titles)
    look = looks_like(cells)
    if look is None or look is named:
        return named, (1.0 if look else confidence)
    if named is None:
        return look, _BY_LOOK
    if look in (Field.ID_NUMBER, Field.PHONE) and named in (Field.ID_NUMBER, Field.PHONE, Field.SEX, Field.BIRTH_DATE):
        return look, _AGAINST_LOOK
    return named, confidence


def _title(sheet: Sheet, until: int) -> str:
    texts = (shown(cell).strip() for row in sheet.rows[: until - 1] for cell in row)
    return " ".join(text for text in texts if text)


def _kind(name: str, title: str, guesses: Sequence[_Guess], has_header: bool) -> SheetKind:
    fields = {guess.field for guess in guesses}
    if Field.NAME not in fields or _STAFF_SHEET.search(name):
        return SheetKind.IGNORE
    if not fields & _PERSON_SIGNS:
        return SheetKind.PLACES if len(fields & _PLACE_SIGNS) >= 1 and has_header else SheetKind.IGNORE
    if not fields & _HOUSEHOLD_SIGNS and (Field.WORKPLACE in fields or _WORKERS_SHEET.search(f"{name} {title}")):
        return SheetKind.WORKERS
    if _STAFF_SHEET.search(title) and not fields & _HOUSEHOLD_SIGNS:
        return SheetKind.IGNORE
    return SheetKind.PEOPLE if fields & _PEOPLE_SIGNS else SheetKind.IGNORE


def _settle(guesses: Sequence[_Guess], kind: SheetKind) -> None:
    """Reads titles as this kind of sheet means them, and lets no field stand twice: the surest column keeps it."""
    for guess in guesses:
        meant = _READ_AS.get(kind, {}).get(guess.field) if guess.field else None
        if meant and not any(other.field is meant for other in guesses):
            guess.field = meant
    taken: dict[Field, _Guess] = {}
    for guess in sorted(guesses, key=lambda guess: -guess.confidence):
        if guess.field is None:
            continue
        if guess.field in taken:
            guess.field, guess.confidence = None, _AGAINST_LOOK
        else:
            taken[guess.field] = guess


def _column(guess: _Guess) -> ColumnLayout:
    samples = dict.fromkeys(text for cell in guess.cells if (text := shown(cell).strip()))
    header = _BESIDE.join(reversed(guess.titles))
    return ColumnLayout(guess.index, header, guess.field, guess.confidence, tuple(samples)[:_SAMPLES])


def _signature(titles: Sequence[tuple[str, ...]]) -> str:
    text = "|".join(_BESIDE.join(normal(title) for title in column) for column in titles)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
