"""Single cells as texts, numbers and dates."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from wuyicun.domains.registry.roster.book import Cell, CellError
from wuyicun.domains.registry.roster.layouts.content import shown
from wuyicun.domains.registry.rules import plain

LOST_DIGITS_FROM = 1e15
"""Excel keeps 15 digits: from here on a number in a numeric cell is not the one that was typed."""

_FIRST_DAY = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 2101, 73050  # 1905-10-01, so that the number 1981 stays a year, and 2099-12-31
_EARLIEST_YEAR = 1880
_TRAILING = re.compile(r"(?<=[0-9日])[T\s]+[0-9]{1,2}:[0-9:.]+$")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_SERIAL = re.compile(r"([0-9]{4,5})(?:\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}")
_HOUSEHOLD_NUMBER = re.compile(r"第?([0-9]+)(?:号|户|号户)?")
_WHOLE = re.compile(r"([0-9]+)\.0")


def text(cell: Cell) -> str:
    """What a cell says, without the spaces around it; '' when it is blank or shows an error."""
    if type(cell) is str:
        return cell.strip()
    return "" if isinstance(cell, CellError) else shown(cell)


def lost_digits(cell: Cell) -> bool:
    """Whether the cell holds, or a CSV was written from, a number too long for Excel to keep."""
    if isinstance(cell, float):
        return cell >= LOST_DIGITS_FROM
    if isinstance(cell, str) and len(cell) < 25 and not cell.isdecimal() and _SCIENTIFIC.fullmatch(plain(cell).strip()):
        return float(plain(cell).strip()) >= LOST_DIGITS_FROM
    return False


def is_scientific(cell: Cell) -> bool:
    """Whether a number was shortened to the form 1.38E+10."""
    return isinstance(cell, str) and not cell.isdecimal() and bool(_SCIENTIFIC.fullmatch(plain(cell).strip()))


def day(cell: Cell) -> date | None:
    """The day that a cell means: a date cell, a serial number, or a text in one of the usual shapes.

    Days are read with the year first, or last where only one of the two other numbers can be a month. A year of two
    digits, or a month without a day, is not enough.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float):
        return _day_of_number(cell)
    return _day_of_text(cell) if isinstance(cell, str) else None


def _day_of_number(number: float) -> date | None:
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _FIRST_DAY + timedelta(days=int(number))
    return _day_of_text(f"{number:.0f}") if number.is_integer() and number >= 1e7 else None


def _day_of_text(written: str) -> date | None:
    bare = "".join(plain(_TRAILING.sub("", plain(written).strip().lstrip("'"))).split())
    if found := _YEAR_FIRST.fullmatch(bare) or _COMPACT.fullmatch(bare):
        return _valid(*(int(part) for part in found.groups()))
    if found := _YEAR_LAST.fullmatch(bare):
        first, second, year = (int(part) for part in found.groups())
        if first > 12:
            return _valid(year, second, first)
        return _valid(year, first, second) if second > 12 or first == second else None
    found = _SERIAL.fullmatch(bare)
    return _day_of_number(float(found[1])) if found else None


def _valid(year: int, month: int, day_of_month: int) -> date | None:
    if year < _EARLIEST_YEAR:
        return None
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def household_number(cell: Cell) -> tuple[str, bool]:
    """A household's number as a text ('1.0', '1号' and '第1户' are '1'), and whether Excel had made a date of it."""
    if isinstance(cell, date):
        return f"{cell.month}-{cell.day}", True
    if type(cell) is float and cell.is_integer():
        return f"{cell:.0f}", False
    bare = "".join(plain(text(cell)).split())
    found = _HOUSEHOLD_NUMBER.fullmatch(bare) or _WHOLE.fullmatch(bare)
    return (found[1] if found else bare), False
