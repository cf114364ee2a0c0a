"""Id numbers of all sheets together: which two people claim, and in which sheets Excel has rounded them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from wuyicun.domains.registry.roster.book import Cell
from wuyicun.domains.registry.roster.fields import Field
from wuyicun.domains.registry.roster.parsing import cells as reading
from wuyicun.domains.registry.roster.parsing.sheet import Row
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import IdFault, IdKind, IdReading, plain, read_id

_ROUNDED_ENDING = "000"
_KEPT_DIGITS = 15
_OTHER_LENGTHS = range(5, 13)


class Identity(NamedTuple):
    """The id of one row: `number` is checked, `text` is what stood there when it is None."""

    kind: IdKind | None = None
    number: str | None = None
    text: str | None = None
    reading: IdReading | None = None


class IdSurvey:
    """Reads every id once before the people are read, since what one means depends on the others.

    Attributes:
        disputed: numbers that people of different names have.
    """

    def __init__(self, rows: Mapping[str, Sequence[Row]], on: date | None) -> None:
        self._on = on
        self._readings: dict[str, IdReading] = {}
        self._rounded_sheets = frozenset(sheet for sheet, among in rows.items() if self._is_rounded(among))
        names: dict[str, str] = {}
        disputed: set[str] = set()
        for row in (row for among in rows.values() for row in among):
            number = self._number(row)
            if number and names.setdefault(number, row.name) != row.name:
                disputed.add(number)
        self.disputed = frozenset(disputed)

    def _is_rounded(self, rows: Iterable[Row]) -> bool:
        """Whether a sheet's ids went through Excel as numbers and came out as texts: some end in 000 and are wrong."""
        endings = [number for row in rows if (number := row.text(Field.ID_NUMBER)).endswith(_ROUNDED_ENDING)]
        wrong = sum(self._read(number).fault is IdFault.BAD_CHECK_DIGIT for number in endings)
        return wrong >= 2

    def _read(self, text: str) -> IdReading:
        found = self._readings.get(text)
        if found is None:
            found = self._readings[text] = read_id(text, on=self._on)
        return found

    def _lost_digits(self, row: Row, cell: Cell) -> bool:
        if reading.lost_digits(cell):
            return True
        if row.context.sheet.name not in self._rounded_sheets:
            return False
        return len(written := plain(reading.text(cell))) == 18 and written.endswith(_ROUNDED_ENDING)

    def _number(self, row: Row) -> str | None:
        cell = row.cell(Field.ID_NUMBER)
        return None if cell is None or self._lost_digits(row, cell) else self._read(reading.text(cell)).number

    def read(self, row: Row) -> Identity:
        """The id of a row; notes what is wrong with it or was put right."""
        cell = row.cell(Field.ID_NUMBER)
        written = reading.text(cell)
        if not written or values.is_nothing(written):
            if Field.ID_NUMBER in row.context.index_of:
                row.problem("missing_id", Field.ID_NUMBER)
            return Identity()
        if self._lost_digits(row, cell):
            row.problem("id_stored_as_number", Field.ID_NUMBER)
            return Identity(IdKind.RESIDENT, None, _what_is_left(written))
        kind = values.id_kind(named) if (named := row.text(Field.ID_KIND)) else IdKind.RESIDENT
        if kind is not IdKind.RESIDENT:
            return _other_paper(row, kind, written)
        found = self._read(written)
        for fix in found.fixes:
            if found.number:
                row.problem(fix, Field.ID_NUMBER)
        if found.fault:
            return _without_number(row, written, found.fault)
        return Identity(IdKind.RESIDENT, found.number, None, found)


def _what_is_left(written: str) -> str:
    """The digits that Excel keeps, so that no rounded number is ever taken for a real one."""
    digits = plain(written)
    return f"{digits[:_KEPT_DIGITS]}???" if digits.isdigit() and len(digits) > _KEPT_DIGITS else written


def _other_paper(row: Row, kind: IdKind | None, written: str) -> Identity:
    number = "".join(plain(written).split()).upper()
    if len(number) in _OTHER_LENGTHS and number.isalnum():
        return Identity(kind or IdKind.OTHER, number)
    return _without_number(row, written, IdFault.WRONG_LENGTH)


def _without_number(row: Row, written: str, fault: IdFault) -> Identity:
    row.problem(fault, Field.ID_NUMBER)
    return Identity(IdKind.RESIDENT, None, written)
