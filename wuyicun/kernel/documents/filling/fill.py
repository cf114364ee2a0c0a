"""Fills a form: the block of its rows becomes as long as there are rows, everything else of the file stays."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import BinaryIO

import msgspec

from wuyicun.kernel.documents.filling.around import Around
from wuyicun.kernel.documents.filling.block import Block, find, is_within
from wuyicun.kernel.documents.filling.package import (
    UNREADABLE,
    FormRefused,
    Package,
    check,
    opened,
    relations,
    strings,
    write,
)
from wuyicun.kernel.documents.filling.references import LAST_ROW, Growth
from wuyicun.kernel.documents.filling.rows import RowTag, SheetXml, column_letters, column_number, written_at
from wuyicun.kernel.documents.filling.styles import Styles
from wuyicun.kernel.documents.filling.surroundings import Mark, sheet_edits
from wuyicun.kernel.documents.filling.xml import as_cell_text, escaped, quoted, spliced

Cell = str | int | float | date | None
_EPOCH = date(1899, 12, 30)
_BEGINS_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_TEXT = 32_767


@dataclass(frozen=True)
class Form:
    """Where a form is filled.

    Attributes:
        sheet: its name.
        first_row: the pattern row, the first below the titles, counted as in Excel.
        columns: letters of the columns that get values, in the order of the rows' cells.
        sequence: letters of the column that counts the rows; '' for none.
    """

    sheet: str
    first_row: int
    columns: Sequence[str]
    sequence: str = ""


def fill(content: bytes, form: Form, rows: Iterable[Sequence[Cell]], *, made_by: str, made_at: datetime) -> BinaryIO:
    """The filled form, nameless on disk and gone when it is closed.

    The rows are read while this runs: call it inside the scope that they need. Memory stays flat, however many.

    Raises:
        FormRefused: it is no form, or has no such sheet.
    """
    source = BytesIO(content)
    check(source)
    with tempfile.TemporaryFile() as kept, closing(opened(source).archive):
        count = _keep(kept, rows)
        try:
            return _filled(opened(source), form, kept, count, Mark(made_by, made_at))
        except UNREADABLE:
            raise FormRefused("corrupt") from None


def _keep(kept: BinaryIO, rows: Iterable[Sequence[Cell]]) -> int:
    """The rows, read once and counted, since what stands below them must know how far it moves."""
    count = 0
    for row in rows:
        count += 1
        packed = msgspec.msgpack.encode([each.isoformat() + "\0" if isinstance(each, date) else each for each in row])
        kept.write(len(packed).to_bytes(4, "little") + packed)
    kept.seek(0)
    return count


def _kept(kept: BinaryIO) -> Iterator[list[Cell]]:
    while head := kept.read(4):
        row = msgspec.msgpack.decode(kept.read(int.from_bytes(head, "little")))
        yield [_as_day(each) if isinstance(each, str) and each.endswith("\0") else each for each in row]


def _as_day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _filled(package: Package, form: Form, kept: BinaryIO, count: int, mark: Mark) -> BinaryIO:
    part = package.sheets.get(form.sheet)
    if part is None:
        raise FormRefused("no_such_sheet")
    styles_part = next((target for kind, target in relations(package, "xl/workbook.xml") if kind == "styles"), "")
    styles = Styles(package.read(styles_part) if package.has(styles_part) else b"")
    sheet = SheetXml(package.read(part), strings(package))
    filler = _Filler(sheet, styles, form, count)
    changed: dict[str, bytes | BinaryIO] = {}
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with tempfile.TemporaryFile() as written:
            filler.write(written, _kept(kept), mark)
            around = Around(package, part, filler.growth, mark, bool(sheet.formulas))
            changed |= around.changed()
            changed[part] = written
            if new_styles := styles.changed():
                changed[styles_part] = new_styles
            written.seek(0)
            write(package, changed, around.removed, out)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


class _Filler:
    """Writes the part of the sheet that is filled."""

    def __init__(self, sheet: SheetXml, styles: Styles, form: Form, count: int) -> None:
        self.sheet, self.styles, self.count = sheet, styles, count
        self.columns = [column_number(letters) for letters in form.columns]
        sequence = column_number(form.sequence) if form.sequence else None
        filled = {*self.columns, *([sequence] if sequence else [])}
        self.block = find(sheet, styles, form.first_row, filled, sequence)
        added = max(0, count - self.block.length)
        self.growth = Growth(form.sheet, self.block.first, self.block.last, added)
        if max([*sheet.rows, self.block.last]) + added > LAST_ROW:
            raise FormRefused("too_many_rows")
        self._patterns: dict[int, _Pattern] = {}

    def write(self, to: BinaryIO, values: Iterator[list[Cell]], mark: Mark) -> None:
        """What stands before the rows, the rows, and what stands behind them."""
        holder = self.sheet.holder
        if holder is None:
            raise FormRefused("corrupt")
        around = sheet_edits(self.sheet, self.growth, self._merges(), mark)
        before = [edit for edit in around if edit[1] <= holder.start]
        behind = [edit for edit in around if edit[0] >= holder.stop]
        to.write(spliced(self.sheet.data[: holder.start], before))
        to.write(f"<{holder.prefix}sheetData>".encode())
        to.writelines(self._rows(values))
        to.write(f"</{holder.prefix}sheetData>".encode())
        shifted = [(start - holder.stop, end - holder.stop, new) for start, end, new in behind]
        to.write(spliced(self.sheet.data[holder.stop :], shifted))

    def _rows(self, values: Iterator[list[Cell]]) -> Iterator[bytes]:
        block, growth = self.block, self.growth
        numbers = sorted(self.sheet.rows)
        for number in (each for each in numbers if each < block.first):
            yield written_at(self.sheet, self.sheet.rows[number], number, growth)
        for place, row in enumerate(values):
            source = block.source_of(place, self.count)
            yield self._pattern(source).row(block.first + place, row, place + 1)
        for number in range(block.first + self.count, block.last + 1):
            yield self._pattern(number).row(number, [None] * len(self.columns), None)
        for number in (each for each in numbers if each > block.last):
            yield written_at(self.sheet, self.sheet.rows[number], number + growth.added, growth)

    def _pattern(self, number: int) -> _Pattern:
        if number not in self._patterns:
            row = self.sheet.rows.get(number)
            self._patterns[number] = _Pattern(
                self.sheet, self.styles, self.block, growth=self.growth, row=row, columns=self.columns
            )
        return self._patterns[number]

    def _merges(self) -> list[str]:
        """The merged ranges of the sheet afterwards: those of a row of the block stand in each row made after it."""
        block = self.block
        found = [
            self.growth.area(tag.attributes["ref"])
            for merge, tag in self.sheet.merges
            if merge.top and not (merge.top == merge.bottom and block.first <= merge.top <= block.last)
        ]
        by_row = {
            number: [merge for merge, _tag in self.sheet.merges if is_within(merge, number)]
            for number in range(block.first, block.last + 1)
        }
        for place in range(max(self.count, block.length)):
            for merge in by_row[block.source_of(place, max(self.count, block.length))]:
                number = block.first + place
                found.append(f"{column_letters(merge.left)}{number}:{column_letters(merge.right)}{number}")
        return found


class _Pattern:
    """A row of the form, ready to be written many times with other values."""

    def __init__(
        self,
        sheet: SheetXml,
        styles: Styles,
        block: Block,
        *,
        growth: Growth,
        row: RowTag | None,
        columns: Sequence[int],
    ) -> None:
        self.block, self.growth, self.columns, self.styles = block, growth, columns, styles
        self.source = row.number if row else block.first
        prefix = row.tag.prefix if row else (sheet.holder.prefix if sheet.holder else "")
        self.open, self.close = self._row_tag(row, prefix)
        self.prefix = prefix
        self.formulas = sheet.formulas.get(block.first, {})
        kept = row.cells if row else {}
        self.styles_of: dict[int, int] = {
            column: kept[column].style if column in kept else sheet.style_at(row, column)
            for column in {*kept, *block.filled}
        }
        self.constants: Mapping[int, bytes] = {
            column: sheet.data[cell.tag.end : cell.tag.stop]
            for column, cell in kept.items()
            if (column not in block.filled or (column == block.sequence and not self._holds_somebody(sheet, row)))
            and cell.formula is None
            and not cell.tag.is_empty
        }
        self.types: Mapping[int, str] = {column: cell.tag.attributes.get("t", "") for column, cell in kept.items()}
        self.order = sorted(self.styles_of)

    def _holds_somebody(self, sheet: SheetXml, row: RowTag | None) -> bool:
        """Whether it was filled in the last time: then its number goes too."""
        cells = row.cells if row else {}
        return any(sheet.text_of(cells[column]).strip() for column in self.columns if column in cells)

    @staticmethod
    def _row_tag(row: RowTag | None, prefix: str) -> tuple[str, str]:
        if row is None:
            return f"<{prefix}row", f"</{prefix}row>"
        others = "".join(
            f' {name}="{quoted(value)}"' for name, value in row.tag.attributes.items() if name not in ("r", "spans")
        )
        return f"<{prefix}row{others}", f"</{prefix}row>"

    def row(self, number: int, values: Sequence[Cell], place: int | None) -> bytes:
        """The row at its number; without a place it stays blank, numbered if it was."""
        by_column = dict(zip(self.columns, values, strict=True))
        if self.block.sequence is not None and place is not None:
            by_column[self.block.sequence] = place
        cells = [self._cell(column, number, by_column) for column in self.order]
        return b"".join([f'{self.open} r="{number}">'.encode(), *cells, self.close.encode()])

    def _cell(self, column: int, number: int, values: Mapping[int, Cell]) -> bytes:
        at, style = f"{column_letters(column)}{number}", self.styles_of[column]
        if column in values:
            return self._value(at, style, values[column])
        if column in self.formulas:
            formula = self.growth.copied(self.formulas[column], number - self.block.first)
            return self._element(at, style, "", f"<{self.prefix}f>".encode() + escaped(formula), f"</{self.prefix}f>")
        if column in self.constants:
            kind = f' t="{self.types[column]}"' if self.types[column] else ""
            return f'<{self.prefix}c r="{at}" s="{style}"{kind}>'.encode() + self.constants[column]
        return f'<{self.prefix}c r="{at}" s="{style}"/>'.encode()

    def _value(self, at: str, style: int, value: Cell) -> bytes:
        if value is None or value == "":
            return f'<{self.prefix}c r="{at}" s="{style}"/>'.encode()
        if isinstance(value, date) and self.styles.is_date(style):
            value = (date(value.year, value.month, value.day) - _EPOCH).days
        if isinstance(value, (int, float)):
            return self._element(at, style, "", f"<{self.prefix}v>{value}".encode(), f"</{self.prefix}v>")
        text = value.isoformat() if isinstance(value, date) else value[:_LONGEST_TEXT]
        if text.startswith(_BEGINS_LIKE_A_FORMULA):
            style = self.styles.inert(style)
        p = self.prefix
        words = f'<{p}is><{p}t xml:space="preserve">'.encode() + as_cell_text(text)
        return self._element(at, style, ' t="inlineStr"', words, f"</{p}t></{p}is>")

    def _element(self, at: str, style: int, kind: str, begun: bytes, end: str) -> bytes:
        head = f'<{self.prefix}c r="{at}" s="{style}"{kind}>'.encode()
        return head + begun + f"{end}</{self.prefix}c>".encode()


def columns_with_formulas(content: bytes, sheet: str, row: int) -> frozenset[str]:
    """Letters of the columns that a row of a form works out by itself: they are better left alone.

    Raises:
        FormRefused: it is no form, or has no such sheet.
    """
    source = BytesIO(content)
    check(source)
    package = opened(source)
    with closing(package.archive):
        if sheet not in package.sheets:
            raise FormRefused("no_such_sheet")
        try:
            found = SheetXml(package.read(package.sheets[sheet])).formulas
        except UNREADABLE:
            raise FormRefused("corrupt") from None
        return frozenset(column_letters(column) for column in found.get(row, {}))
