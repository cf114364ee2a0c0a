"""Which rows of a form wait for data: its first row below the titles, and those below that are like it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from wuyicun.kernel.documents.filling.rows import CellTag, Merge, RowTag, SheetXml
from wuyicun.kernel.documents.filling.styles import Styles

_CLOSING = re.compile(r"[合总小累]\s*计|[填制]\s*表|审\s*核|签\s*[字名]|盖\s*章|说\s*明|^注\s*[:：]")


@dataclass(frozen=True)
class Block:
    """The rows that are filled.

    Attributes:
        first, last: as they are in the form, counted as in Excel.
        filled: the columns that get values.
        sequence: the one of them that counts the rows, or None.
    """

    first: int
    last: int
    filled: frozenset[int]
    sequence: int | None

    @property
    def length(self) -> int:
        """How many rows it has."""
        return self.last - self.first + 1

    def source_of(self, place: int, count: int) -> int:
        """The row of the form after which the row at a place (from 0) is made, of so many.

        Each has its own as long as there are enough; further ones are made after the first, the pattern, and come in
        before the last, which may close the table with a thicker line.
        """
        if count > self.length > 1 and place == count - 1:
            return self.last
        own = self.first + place
        limit = self.last - 1 if count > self.length > 1 else self.last
        return own if own <= limit else self.first


def find(sheet: SheetXml, styles: Styles, first: int, filled: Collection[int], sequence: int | None) -> Block:
    """The block that begins in a row.

    A row belongs to it when it is blank but for what the pattern row has too, or holds what was filled in the last
    time; a row of totals or of signatures ends it.
    """
    columns = frozenset(filled)
    pattern = sheet.rows.get(first)
    last = first
    if pattern is not None:
        like = _Like(sheet, styles, pattern, columns, sequence)
        while (row := sheet.rows.get(last + 1)) and like.holds_of(row):
            last += 1
    return Block(first, last, columns, sequence)


@dataclass(frozen=True)
class _Like:
    """Whether a row waits for data like the pattern row."""

    sheet: SheetXml
    styles: Styles
    pattern: RowTag
    filled: frozenset[int]
    sequence: int | None

    def holds_of(self, row: RowTag) -> bool:
        said = {column: cell for column, cell in row.cells.items() if self.sheet.has_value(cell)}
        return self._looks_so(row) and self._says_no_more(said) and self._is_blank_or_old(said)

    def _looks_so(self, row: RowTag) -> bool:
        lined = _is_lined(self.styles, self.pattern, self.filled) == _is_lined(self.styles, row, self.filled)
        joined = merges_of(self.sheet, row.number) == merges_of(self.sheet, self.pattern.number)
        return bool(row.cells) and lined and joined

    def _says_no_more(self, said: Mapping[int, CellTag]) -> bool:
        """Nothing but what the pattern row says too: its formulas, and the same words in columns of the office's."""
        formulas = self.sheet.formulas.get(self.pattern.number, {})
        return all(
            column in formulas
            if cell.formula is not None
            else column in self.filled or self._says_same(self.pattern.cells.get(column), cell)
            for column, cell in said.items()
        )

    def _says_same(self, one: CellTag | None, other: CellTag) -> bool:
        return one is not None and self.sheet.text_of(one) == self.sheet.text_of(other)

    def _is_blank_or_old(self, said: Mapping[int, CellTag]) -> bool:
        """One word alone is a total's or a signature's; several are somebody of the last time."""
        texts = {column: self.sheet.text_of(cell) for column, cell in said.items() if column in self.filled}
        words = [text for column, text in texts.items() if column != self.sequence and text.strip()]
        return len(words) != 1 and not any(_CLOSING.search(text) for text in texts.values())


def _is_lined(styles: Styles, row: RowTag, columns: Collection[int]) -> bool:
    return any(styles.has_border(row.cells[column].style) for column in columns if column in row.cells)


def merges_of(sheet: SheetXml, row: int) -> frozenset[tuple[int, int]]:
    """The columns that are joined within a row."""
    return frozenset((merge.left, merge.right) for merge, _tag in sheet.merges if is_within(merge, row))


def is_within(merge: Merge, row: int) -> bool:
    """Whether a merged range lies in this row only."""
    return merge.top == merge.bottom == row
