"""The rows of a form as they stand in its sheet's XML, and how a row is written again somewhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape

from wuyicun.kernel.documents.filling.references import Growth
from wuyicun.kernel.documents.filling.xml import Edit, Tag, attribute_edit, escaped, inside, scan, spliced

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]+)")
_TAGS = re.compile(rb"<[^>]*>")
_ROW_PARTS = ("sheetData", "row", "c", "f", "v", "is", "mergeCell", "col")


def column_number(letters: str) -> int:
    """A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 is A."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass
class CellTag:
    """A cell: its column, its element, and the formula and value in it."""

    column: int
    tag: Tag
    formula: Tag | None = None
    value: Tag | None = None

    @property
    def style(self) -> int:
        """Its number among the cell formats."""
        text = self.tag.attributes.get("s", "0")
        return int(text) if text.isdecimal() else 0


@dataclass
class RowTag:
    """A row: its number, its element, its cells by column."""

    number: int
    tag: Tag
    cells: dict[int, CellTag] = field(default_factory=dict)


@dataclass(frozen=True)
class Merge:
    """A merged range, counted as in Excel."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class SheetXml:
    """A sheet's part with its rows found."""

    data: bytes
    strings: Sequence[str] = ()
    rows: dict[int, RowTag] = field(default_factory=dict)
    merges: list[tuple[Merge, Tag]] = field(default_factory=list)
    columns: list[tuple[int, int, int]] = field(default_factory=list)
    holder: Tag | None = None

    def __post_init__(self) -> None:
        row: RowTag | None = None
        cell: CellTag | None = None
        for tag in scan(self.data, _ROW_PARTS):
            match tag.name:
                case "sheetData" if self.holder is None:
                    self.holder = tag
                case "row" if tag.depth == 2:
                    row = self._row(tag, row)
                    cell = None
                case "c" if row is not None and tag.depth == 3:
                    cell = self._cell(tag, row, cell)
                case "f" if cell is not None and tag.depth == 4:
                    cell.formula = tag
                case "v" | "is" if cell is not None and tag.depth == 4:
                    cell.value = tag
                case "mergeCell":
                    self.merges.append((_merge(tag.attributes.get("ref", "")), tag))
                case "col":
                    low, high, style = (int(tag.attributes.get(name) or 0) for name in ("min", "max", "style"))
                    self.columns.append((low, high, style))

    def _row(self, tag: Tag, before: RowTag | None) -> RowTag:
        text = tag.attributes.get("r", "")
        number = int(text) if text.isdecimal() else (before.number if before else 0) + 1
        return self.rows.setdefault(number, RowTag(number, tag))

    @staticmethod
    def _cell(tag: Tag, row: RowTag, before: CellTag | None) -> CellTag:
        found = _REFERENCE.fullmatch(tag.attributes.get("r", ""))
        column = column_number(found[1]) if found else (before.column if before else 0) + 1
        return row.cells.setdefault(column, CellTag(column, tag))

    @cached_property
    def formulas(self) -> Mapping[int, Mapping[int, str]]:
        """The text of every formula by row and column, shared ones written out."""
        shared: dict[str, tuple[int, int, str]] = {}
        found: dict[int, dict[int, str]] = {}
        for row in self.rows.values():
            for cell in row.cells.values():
                text = self._formula(row.number, cell, shared)
                if text is not None:
                    found.setdefault(row.number, {})[cell.column] = text
        return found

    def _formula(self, row: int, cell: CellTag, shared: dict[str, tuple[int, int, str]]) -> str | None:
        if cell.formula is None:
            return None
        text, kind = inside(self.data, cell.formula), cell.formula.attributes.get("t")
        if kind != "shared":
            return text
        number = cell.formula.attributes.get("si", "")
        if text:
            shared[number] = (row, cell.column, text)
            return text
        if number not in shared:
            return ""
        first_row, first_column, master = shared[number]
        return _moved_by(master, row - first_row, cell.column - first_column)

    def has_value(self, cell: CellTag) -> bool:
        """Whether a cell says anything."""
        return cell.formula is not None or bool(self.text_of(cell).strip())

    def text_of(self, cell: CellTag) -> str:
        """What a cell that is no formula says."""
        if cell.value is None or cell.formula is not None:
            return ""
        text = unescape(_TAGS.sub(b"", self.data[cell.value.end : cell.value.close]).decode())
        if cell.tag.attributes.get("t") == "s":
            return self.strings[int(text)] if text.isdecimal() and int(text) < len(self.strings) else ""
        return text

    def style_at(self, row: RowTag | None, column: int) -> int:
        """The style that a cell has which is not written: its row's, else its column's."""
        if row is not None and row.tag.attributes.get("customFormat") in ("1", "true"):
            text = row.tag.attributes.get("s", "0")
            return int(text) if text.isdecimal() else 0
        return next((style for low, high, style in self.columns if low <= column <= high), 0)


def _merge(reference: str) -> Merge:
    first, _colon, second = reference.partition(":")
    top, bottom = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(second or first)
    if top is None or bottom is None:
        return Merge(0, 0, 0, 0)
    return Merge(int(top[2]), column_number(top[1]), int(bottom[2]), column_number(bottom[1]))


_CELL = re.compile(r"(\$?)([A-Z]{1,3})(\$?)([0-9]+)")


def _moved_by(formula: str, down: int, right: int) -> str:
    """A shared formula as it reads in another cell of its range (ECMA-376 part 1, 18.3.1.40)."""
    sideways = Growth("", 0, 0, 0)

    def shift(first: str, second: str | None) -> str:
        return ":".join(_cell_by(each, down, right) for each in (first, second) if each)

    return sideways.rewritten(formula, shift)


def _cell_by(reference: str, down: int, right: int) -> str:
    found = _CELL.fullmatch(reference)
    if found is None:
        return reference
    column = found[2] if found[1] else column_letters(max(column_number(found[2]) + right, 1))
    row = found[4] if found[3] else str(max(int(found[4]) + down, 1))
    return f"{found[1]}{column}{found[3]}{row}"


def written_at(sheet: SheetXml, row: RowTag, number: int, growth: Growth) -> bytes:
    """A row that is not filled, as it stands at its place afterwards: formulas follow, their old results go."""
    edits: list[Edit] = []
    if number != row.number or "r" not in row.tag.attributes:
        edits.append(attribute_edit(sheet.data, row.tag, "r", str(number)))
    for cell in row.cells.values():
        if number != row.number or "r" not in cell.tag.attributes:
            edits.append(attribute_edit(sheet.data, cell.tag, "r", f"{column_letters(cell.column)}{number}"))
        if cell.formula is not None:
            edits += formula_edits(sheet, row.number, cell, growth)
    moved = [(start - row.tag.start, end - row.tag.start, new) for start, end, new in edits]
    return spliced(sheet.data[row.tag.start : row.tag.stop], moved)


def formula_edits(sheet: SheetXml, row: int, cell: CellTag, growth: Growth) -> list[Edit]:
    """A formula that follows what it refers to; its result is worked out when the file is opened."""
    tag = cell.formula
    if tag is None:
        return []
    text = growth.formula(sheet.formulas[row][cell.column], at_home=True)
    edits: list[Edit] = [(tag.start, tag.stop, _formula_element(tag, text, growth))]
    if cell.value is not None:
        edits.append((cell.value.start, cell.value.stop, b""))
    if "t" in cell.tag.attributes and cell.tag.attributes["t"] != "n":
        edits.append(attribute_edit(sheet.data, cell.tag, "t", "str"))
    return edits


def _formula_element(tag: Tag, text: str, growth: Growth) -> bytes:
    """Plain where it was shared; an array keeps its range."""
    if tag.attributes.get("t") == "array":
        reference = growth.area(tag.attributes.get("ref", ""))
        return f'<{tag.prefix}f t="array" ref="{reference}">'.encode() + escaped(text) + f"</{tag.prefix}f>".encode()
    return f"<{tag.prefix}f>".encode() + escaped(text) + f"</{tag.prefix}f>".encode()
