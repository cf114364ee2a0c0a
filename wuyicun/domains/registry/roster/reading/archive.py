"""Zipped workbooks before they are unpacked: is it a bomb, is it a workbook, which cells show an error."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from wuyicun.domains.registry.roster.book import CellError, Limits, RosterRefused, column_index

_BOMB_RATIO = 100
_HARMLESS_BYTES = 32 * 1024 * 1024
_ENCRYPTED_FLAG = 0x1
_PART = 1024 * 1024
_LONGEST_ROW = 16 * 1024 * 1024
_ROWS_BELOW = 100_000
_VALUES = (b"</v>", b"</t>")

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
_NO_VALUE = (b"</f></c>", b"</f><v/></c>", b"</f><v /></c>", b"</f><v></v></c>")
_TROUBLED_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="(?P<error>[A-Z]+[0-9]+)"[^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?'
    rb"(?:<v>(?P<text>[^<]*)</v>)?"
    rb'|<c\b(?![^>]*\bt="(?:str|e)")[^>]*\br="(?P<unworked>[A-Z]+[0-9]+)"[^>]*>'
    rb"<f\b[^>]*>[^<]*</f>(?:<v ?/>|<v></v>)?</c>"
)
_ROW_NUMBER = re.compile(rb'<row [^>]*?\br="([0-9]+)"')
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")

Troubles = dict[int, dict[int, CellError]]
"""By row (from 1) and column (from 0)."""


def check(path: Path, limits: Limits) -> None:
    """Looks at the list of contents only; nothing is unpacked.

    Raises:
        RosterRefused: a bomb, too large when unpacked, damaged, encrypted, or another kind of zip.
    """
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        raise RosterRefused("corrupt") from None
    unpacked = sum(part.file_size for part in parts)
    if sum(part.compress_size for part in parts) > size:
        raise RosterRefused("zip_bomb")
    if unpacked > _HARMLESS_BYTES and unpacked > _BOMB_RATIO * size:
        raise RosterRefused("zip_bomb")
    if unpacked > limits.unpacked_bytes:
        raise RosterRefused("too_large", {"reason": "bytes", "limit": str(limits.unpacked_bytes)})
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise RosterRefused("encrypted")
    names = {part.filename.lower() for part in parts}
    if not any(name.endswith(("workbook.xml", "workbook.bin")) for name in names) and "content.xml" not in names:
        raise RosterRefused("not_a_workbook")


def look_through(path: Path, limits: Limits) -> dict[str, Troubles]:
    """The cells of each sheet of an .xlsx that show an error or a formula that was never worked out.

    python-calamine gives both as blank cells, and a blank cell is nothing that anybody would look at again.

    Raises:
        RosterRefused: something stands far below the list, for example in row 1,048,576. calamine would make room for
            all rows above it.
    """
    found: dict[str, Troubles] = {}
    with zipfile.ZipFile(path) as archive:
        for sheet, part in _sheet_parts(archive):
            with archive.open(part) as stream:
                for rows in _whole_rows(stream):
                    _refuse_far_row(rows, sheet, limits)
                    for row, column, error in _troubles_in(rows):
                        found.setdefault(sheet, {}).setdefault(row, {})[column] = error
    return found


def _refuse_far_row(rows: bytes, sheet: str, limits: Limits) -> None:
    last_value = max(rows.rfind(mark) for mark in _VALUES)
    number = _ROW_NUMBER.match(rows, max(rows.rfind(b"<row ", 0, last_value), 0)) if last_value > 0 else None
    if number and int(number[1]) > limits.rows + _ROWS_BELOW:
        raise RosterRefused("too_many_rows", {"limit": str(limits.rows)}, sheet=sheet, row=int(number[1]))


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    targets = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in _elements(_RELATION, archive.read("xl/_rels/workbook.xml.rels"))
    }
    for sheet in _elements(_SHEET, archive.read("xl/workbook.xml")):
        target = targets.get(sheet.get("r:id", ""), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            yield sheet.get("name", ""), part


def _elements(pattern: re.Pattern[bytes], xml: bytes) -> Iterator[dict[str, str]]:
    for element in pattern.findall(xml):
        yield {key.decode(): html.unescape(value.decode()) for key, value in _ATTRIBUTE.findall(element)}


def _whole_rows(stream: IO[bytes]) -> Iterator[bytes]:
    """A sheet's XML in portions of about a megabyte that break between rows."""
    rest = b""
    while part := stream.read(_PART):
        buffer = rest + part
        end = buffer.rfind(b"</row>") + 1
        if not end and len(buffer) > _LONGEST_ROW:
            return
        whole, rest = buffer[:end], buffer[end:]
        yield whole


def _troubles_in(rows: bytes) -> Iterator[tuple[int, int, CellError]]:
    if b't="e"' in rows or any(mark in rows for mark in _NO_VALUE):
        yield from map(_trouble, _TROUBLED_CELL.finditer(rows))


def _trouble(match: re.Match[bytes]) -> tuple[int, int, CellError]:
    reference = _REFERENCE.fullmatch((match["error"] or match["unworked"]).decode())
    letters, row = reference.groups() if reference else ("A", "1")
    text = (match["text"] or b"").decode() if match["error"] else "="
    return int(row), column_index(letters), CellError(html.unescape(text) or "#")
