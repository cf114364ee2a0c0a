"""Sheets of .xlsx, .xlsm, .xlsb, .xls and .ods through python-calamine."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine as calamine

from wuyicun.domains.registry.roster.book import Cell, Limits, MergedRange, RosterRefused, error_shown
from wuyicun.domains.registry.roster.reading import archive
from wuyicun.domains.registry.roster.reading.portions import SheetSender

_OTHER_DOCUMENTS = ("WordDocument", "PowerPoint Document", "__properties_version1.0")
_DIRECTORY_SCAN = 1024 * 1024


def send(path: Path, sender: SheetSender) -> None:
    """Sends the sheets of a zipped workbook that `archive.check` has let through."""
    _send_sheets(path, sender, _troubled_cells(path, sender.limits))


def send_compound(path: Path, sender: SheetSender) -> None:
    """Sends the sheets of an old .xls; the same container also holds encrypted .xlsx files and other documents.

    Raises:
        RosterRefused: encrypted, damaged, or no workbook.
    """
    if any(_has_entry(path, name) for name in _OTHER_DOCUMENTS):
        raise RosterRefused("not_a_workbook")
    _send_sheets(path, sender, {})


def _has_entry(path: Path, name: str) -> bool:
    wanted = name.encode("utf-16-le")
    with path.open("rb") as stream:
        tail = b""
        while part := stream.read(_DIRECTORY_SCAN):
            if wanted in tail + part:
                return True
            tail = part[-len(wanted) :]
    return False


def _troubled_cells(path: Path, limits: Limits) -> dict[str, archive.Troubles]:
    try:
        return archive.look_through(path, limits)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError):
        return {}  # calamine decides whether it can be read


def _send_sheets(path: Path, sender: SheetSender, troubles: dict[str, archive.Troubles]) -> None:
    with _RefusingDamage():
        book = calamine.CalamineWorkbook.from_path(path)
    for described in book.sheets_metadata:
        if described.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        with _RefusingDamage(described.name):
            sheet = book.get_sheet_by_name(described.name)
            hidden = described.visible is not calamine.SheetVisibleEnum.Visible
            sender.begin(described.name, hidden=hidden, merged=_merged(sheet))
            for row in _rows(sheet, troubles.get(described.name, {})):
                sender.add(row)


class _RefusingDamage:
    """Turns what calamine raises into a refusal that names the sheet."""

    def __init__(self, sheet: str | None = None) -> None:
        self._sheet = sheet

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, (RosterRefused, MemoryError)):
            return
        if isinstance(error, calamine.PasswordError):
            raise RosterRefused("encrypted") from None
        # Whatever else comes out of the library, its panics (BaseException) included, is about the file.
        raise RosterRefused("corrupt", sheet=self._sheet) from None


def _merged(sheet: calamine.CalamineSheet) -> list[MergedRange]:
    ranges = sheet.merged_cell_ranges or []
    return [MergedRange(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]


def _rows(sheet: calamine.CalamineSheet, troubles: archive.Troubles) -> Iterator[Sequence[Cell]]:
    start = sheet.start
    before: list[Cell] = [None] * (start[1] if start else 0)
    for number, row in enumerate(sheet.iter_rows(), 1):
        # Nearly all cells are texts that begin with a letter or digit: neither blank nor an error.
        cells = [value if type(value) is str and value[:1].isalnum() else _cell(value) for value in row]
        cells = before + cells if before else cells
        for column, error in troubles.get(number, {}).items():
            if column < len(cells) and cells[column] is None:
                cells[column] = error
        yield cells


def _cell(value: Any) -> Cell:
    if type(value) is str:
        return error_shown(value) or (value if value.strip() else None)
    if isinstance(value, bool | date | float):
        return value
    if isinstance(value, int):
        return float(value)
    return str(value) if isinstance(value, time | timedelta) else None
