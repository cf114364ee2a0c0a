"""References in formulas when rows are put in: what lies below moves, what reaches to the last row grows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

LAST_ROW = 1_048_576

_FORMULA = re.compile(
    r"""
    (?P<text>"(?:[^"]|"")*")
    | (?P<sheet>(?:'(?:[^']|'')+'|(?:\[\d+\])?[^\W\d][\w.]*)!)?
      (?:
        (?P<first>\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6})(?::(?P<second>\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}))?
        | (?P<top>\$?[1-9][0-9]{0,6}):(?P<bottom>\$?[1-9][0-9]{0,6})
      )
      (?![\w.(!\[])
    | (?P<brackets>\[[^\]]*\])
    | (?P<word>[\w.$]+!?)
    """,
    re.VERBOSE,
)
_CELL = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]+)")


@dataclass(frozen=True)
class Growth:
    """A block of rows of one sheet becomes longer.

    Attributes:
        sheet: its name.
        first, last: the block as it was, counted as in Excel.
        added: how many rows come in.
    """

    sheet: str
    first: int
    last: int
    added: int

    def moved(self, row: int) -> int:
        """Where a row lies afterwards. New rows come in before the block's last one, or behind its only one."""
        return row + self.added if row > self.last or row == self.last > self.first else row

    def end(self, row: int) -> int:
        """Where a range that ended in a row ends afterwards."""
        return row + self.added if row >= self.last else row

    def area(self, reference: str) -> str:
        """A range or cell of `sqref` or `ref`: one that reaches to the block's last row grows with it."""
        first, _colon, second = reference.partition(":")
        top, bottom = _row(first), _row(second or first)
        if top is None or bottom is None:
            return reference
        start = _with_row(first, self.moved(top))
        end = _with_row(second or first, self.end(bottom))
        return start if start == end and not second else f"{start}:{end}"

    def areas(self, references: str) -> str:
        """Several, with spaces between."""
        return " ".join(self.area(each) for each in references.split())

    def formula(self, text: str, *, at_home: bool) -> str:
        """A formula, of a cell that stays or moves as a whole.

        Args:
            at_home: it stands on the sheet itself, so that references without a sheet's name are meant too.
        """
        return self._replaced(text, at_home, self._shifted)

    def copied(self, text: str, down: int) -> str:
        """The formula of a row of the block, written so many rows further down: relative rows go with it."""

        def shift(first: str, second: str | None) -> str:
            if second is None:
                return self._down(first, down)
            return f"{self._down(first, down)}:{self._down(second, down, is_end=True)}"

        return self._replaced(text, True, shift, elsewhere=lambda a, b: _relative(a, b, down))

    def _down(self, reference: str, down: int, *, is_end: bool = False) -> str:
        found = _CELL.fullmatch(reference)
        if found is None:
            return reference
        row = int(found[4])
        if not found[3] and (found[2] or not found[1]):
            return _with_row(reference, min(row + down, LAST_ROW))
        return _with_row(reference, self.end(row) if is_end else self.moved(row))

    def _shifted(self, first: str, second: str | None) -> str:
        if second is None:
            row = _row(first)
            return first if row is None else _with_row(first, self.moved(row))
        return self.area(f"{first}:{second}")

    def rewritten(self, text: str, shift: Callable[[str, str | None], str]) -> str:
        """The formula with each of its references given another one, those of other sheets too."""
        return self._replaced(text, True, shift, elsewhere=shift)

    def _replaced(
        self,
        text: str,
        at_home: bool,
        shift: Callable[[str, str | None], str],
        elsewhere: Callable[[str, str | None], str] | None = None,
    ) -> str:
        def replace(found: re.Match[str]) -> str:
            first = found["first"] or found["top"]
            if not first:
                return found[0]
            second, sheet = found["second"] or found["bottom"], found["sheet"] or ""
            if self._is_home(sheet) if sheet else at_home:
                return sheet + shift(first, second)
            return sheet + (elsewhere(first, second) if elsewhere else _joined(first, second))

        return _FORMULA.sub(replace, text)

    def _is_home(self, sheet: str) -> bool:
        name = sheet[:-1]
        if name.startswith("'"):
            name = name[1:-1].replace("''", "'")
        return name.casefold() == self.sheet.casefold()


def _joined(first: str, second: str | None) -> str:
    return first if second is None else f"{first}:{second}"


def _relative(first: str, second: str | None, down: int) -> str:
    def go(reference: str) -> str:
        found = _CELL.fullmatch(reference)
        if found is None or found[3] or (found[1] and not found[2]):
            return reference
        return _with_row(reference, min(int(found[4]) + down, LAST_ROW))

    return _joined(go(first), None if second is None else go(second))


def _row(reference: str) -> int | None:
    found = _CELL.fullmatch(reference)
    return int(found[4]) if found else None


def _with_row(reference: str, row: int) -> str:
    found = _CELL.fullmatch(reference)
    return reference if found is None else f"{found[1]}{found[2]}{found[3]}{row}"
