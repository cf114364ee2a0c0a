"""A clerk's file as sheets of cells, and why a file may be refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell in which the spreadsheet shows an error such as #N/A, or a formula that was never worked out."""

    text: str


_ERROR_TEXT = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")


def error_shown(text: str) -> CellError | None:
    """The error that a text stands for, where a format gives errors as texts."""
    return CellError(text) if text.startswith("#") and _ERROR_TEXT.fullmatch(text) else None


Cell = str | float | bool | date | CellError | None
"""What stands in a cell. A date cell may hold a `datetime`, which is a `date`; a formula gives its stored value."""

Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Cells that the clerk merged: rows as Excel counts them, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; `rows[0]` is row 1 of Excel. Cells after the last one with something in it are left out.

    Attributes:
        name: as on its tab; of a CSV file the file's name without its ending.
        hidden: not shown in Excel.
        merged: the merged ranges, where the format tells them.
    """

    name: str
    rows: tuple[Cells, ...]
    hidden: bool = False
    merged: tuple[MergedRange, ...] = ()

    def row(self, number: int) -> Cells:
        """The cells of a row by its number in Excel; none after the end."""
        return self.rows[number - 1] if number <= len(self.rows) else ()


@dataclass(frozen=True, slots=True)
class Book:
    """A file that could be read.

    Attributes:
        file_name: as the clerk called it.
        format: `workbook` or `csv`.
        sheets: in the file's order, hidden ones included.
    """

    file_name: str
    format: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may ask of the machine.

    Attributes:
        file_bytes: size of the file.
        unpacked_bytes: what a zipped workbook may unpack to.
        rows: rows with something in them, all sheets together.
        columns: cells beyond this column are not read.
        seconds: for reading.
        memory_bytes: address space of the process that reads; 200,000 rows of 16 columns need 330 MB.
    """

    file_bytes: int = 100 * 1024 * 1024
    unpacked_bytes: int = 300 * 1024 * 1024
    rows: int = 200_000
    columns: int = 256
    seconds: float = 90.0
    memory_bytes: int = 384 * 1024 * 1024


class RosterRefused(Exception):
    """A file that cannot be read as a roster; nothing was changed.

    Attributes:
        code: `encrypted`, `corrupt`, `not_a_workbook`, `zip_bomb`, `too_large` (data `reason`: `bytes`, `memory` or
            `seconds`), `no_roster_found`, `empty` or `too_many_rows`.
        data: plain values for the words, for example `limit`.
        sheet, row, column: where, when it is one place.
    """

    def __init__(
        self,
        code: str,
        data: Mapping[str, str] | None = None,
        *,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.data: Mapping[str, str] = dict(data or {})
        self.sheet = sheet
        self.row = row
        self.column = column


def column_letters(index: int) -> str:
    """The name that Excel gives a column: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The column's place counted from 0: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
