"""The clerk's own file with a column that says in words what is wrong with each row, and the cells coloured."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter

from wuyicun.domains.registry.roster.book import Book, Cell, CellError, Cells, Sheet, column_index
from wuyicun.domains.registry.roster.fields import Field
from wuyicun.domains.registry.roster.layouts.content import shown
from wuyicun.domains.registry.roster.layouts.layout import SheetLayout
from wuyicun.domains.registry.roster.parsing.sheet import merged_values
from wuyicun.domains.registry.roster.rows import Problem, Severity
from wuyicun.domains.registry.roster.words.official import PROBLEM_TITLE
from wuyicun.domains.registry.roster.writing.texts import TEXT_FORMAT, needs_quoting, sheet_names, shortened, width

_COLOUR = {
    Severity.REFUSED: "#F4B183",
    Severity.DECIDE: "#FFD966",
    Severity.CHECK: "#FFF2CC",
    Severity.FIXED: "#E2EFDA",
}
_GRAVITY = {severity: place for place, severity in enumerate(_COLOUR)}
_DAY_FORMAT, _MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_FIRST_YEAR_OF_EXCEL = 1900
_SAMPLED_ROWS = 200
_NARROWEST, _WIDEST, _PROBLEM_WIDTH = 6, 40, 60
_NEVER_WORKED_OUT = "#N/A"


def returned(
    book: Book, layouts: Sequence[SheetLayout], problems: Sequence[Problem], words: Callable[[Problem], str]
) -> bytes:
    """The same sheets as an .xlsx workbook, each row with what is wrong with it in a column 问题.

    Nothing in it is a formula or a link, whatever the cells begin with, and it can be read again as a roster. Ranges
    that were merged downwards are written out, row by row.

    Args:
        book: the clerk's file.
        layouts: of its sheets.
        problems: what was found.
        words: says a problem to the clerk.
    """
    output = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(output, options) as workbook:
        formats = _Formats(workbook)
        layout_of = {layout.sheet: layout for layout in layouts}
        by_sheet: dict[str, list[Problem]] = defaultdict(list)
        for problem in problems:
            by_sheet[problem.sheet].append(problem)
        for sheet, name in zip(book.sheets, sheet_names(sheet.name for sheet in book.sheets), strict=True):
            worksheet = workbook.add_worksheet(name)
            if sheet.hidden:
                worksheet.hide()
            _SheetWriter(sheet, layout_of.get(sheet.name), by_sheet[sheet.name], words, formats).write(worksheet)
    return output.getvalue()


def _gravest_first(problem: Problem) -> tuple[int, int]:
    return _GRAVITY[problem.severity], column_index(problem.column or "")


class _Formats:
    """Cell formats, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, str, bool], Any] = {}

    def get(self, number_format: str, colour: str = "", *, quoted: bool = False) -> Any:
        key = (number_format, colour, quoted)
        if key not in self._made:
            properties: dict[str, Any] = {"num_format": number_format, "valign": "top", "quote_prefix": quoted}
            if colour:
                properties |= {"bg_color": colour, "border": 1, "border_color": "#BFBFBF"}
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]

    def wrapped(self, colour: str = "") -> Any:
        key = ("wrapped", colour, False)
        if key not in self._made:
            properties = {"text_wrap": True, "valign": "top", "num_format": TEXT_FORMAT}
            self._made[key] = self._workbook.add_format(properties | ({"bg_color": colour} if colour else {}))
        return self._made[key]


class _SheetWriter:
    """Writes one sheet from top to bottom."""

    def __init__(
        self,
        sheet: Sheet,
        layout: SheetLayout | None,
        problems: Sequence[Problem],
        words: Callable[[Problem], str],
        formats: _Formats,
    ) -> None:
        self._sheet = sheet
        self._layout = layout
        self._words = words
        self._formats = formats
        self._covered: dict[int, dict[int, Cell]] = defaultdict(dict)
        for (row, column), cell in (merged_values(sheet, layout) if layout else {}).items():
            self._covered[row][column] = cell
        self._of_row: dict[int | None, list[Problem]] = defaultdict(list)
        self._colour_at: dict[tuple[int, int], str] = {}
        for problem in sorted(problems, key=_gravest_first):
            self._of_row[problem.row].append(problem)
            if problem.row is not None and problem.column:
                at = (problem.row, column_index(problem.column))
                self._colour_at.setdefault(at, _COLOUR[problem.severity])
        self._problem_column = self._place_of_problems() if layout else None

    def _place_of_problems(self) -> int:
        """The column that an earlier return has made, else the first one free to the right."""
        known = self._layout.index_of.get(Field.PROBLEM) if self._layout else None
        return known if known is not None else max((len(cells) for cells in self._sheet.rows), default=0)

    def write(self, worksheet: Any) -> None:
        self._set_widths(worksheet)
        horizontal = {merged.top: merged for merged in self._sheet.merged if merged.top == merged.bottom}
        for number, cells in enumerate(self._sheet.rows, 1):
            if (merged := horizontal.get(number)) and merged.right > merged.left:
                worksheet.merge_range(number - 1, merged.left, number - 1, merged.right, "", self._formats.get(""))
            self._write_cells(worksheet, number, cells)
            self._write_problems(worksheet, number, self._of_row[number])
        self._write_problems(worksheet, len(self._sheet.rows) + 2, self._of_row[None])
        if self._layout and self._layout.header_rows:
            worksheet.freeze_panes(self._layout.first_row - 1, 0)

    def _write_cells(self, worksheet: Any, number: int, cells: Cells) -> None:
        covered = self._covered.get(number, {})
        for column in range(max(len(cells), *(column + 1 for column in covered), 0)):
            if column == self._problem_column:
                continue
            cell = cells[column] if column < len(cells) else None
            self._write(worksheet, number, column, covered.get(column) if cell is None else cell)

    def _write(self, worksheet: Any, number: int, column: int, cell: Cell) -> None:
        colour = self._colour_at.get((number, column), "")
        at = (number - 1, column)
        if cell is None:
            if colour:
                worksheet.write_blank(*at, None, self._formats.get(TEXT_FORMAT, colour))
        elif isinstance(cell, bool):
            worksheet.write_boolean(*at, cell, self._formats.get("", colour))
        elif isinstance(cell, float) and math.isfinite(cell):
            worksheet.write_number(*at, cell, self._formats.get("", colour))
        elif isinstance(cell, date) and cell.year >= _FIRST_YEAR_OF_EXCEL:
            has_time = isinstance(cell, datetime) and cell.time() != time()
            worksheet.write_datetime(*at, cell, self._formats.get(_MOMENT_FORMAT if has_time else _DAY_FORMAT, colour))
        else:
            text = _NEVER_WORKED_OUT if isinstance(cell, CellError) and cell.text == "=" else shortened(shown(cell))
            worksheet.write_string(*at, text, self._formats.get(TEXT_FORMAT, colour, quoted=needs_quoting(text)))

    def _write_problems(self, worksheet: Any, number: int, problems: Sequence[Problem]) -> None:
        if self._layout is None or self._problem_column is None:
            return
        at = (number - 1, self._problem_column)
        if self._layout.header_rows and number == self._layout.header_rows[-1]:
            worksheet.write_string(*at, PROBLEM_TITLE, self._formats.wrapped())
        elif problems:
            text = shortened(";".join(dict.fromkeys(self._words(problem) for problem in problems)))
            worksheet.write_string(*at, text, self._formats.wrapped(_COLOUR[problems[0].severity]))

    def _set_widths(self, worksheet: Any) -> None:
        start = self._layout.header_rows[0] - 1 if self._layout and self._layout.header_rows else 0
        rows = self._sheet.rows[start : start + _SAMPLED_ROWS]
        columns = max((len(cells) for cells in rows), default=0)
        for column in range(columns):
            texts = (shown(cells[column]) for cells in rows if column < len(cells))
            widest = max((width(text) for text in texts), default=0)
            worksheet.set_column(column, column, min(max(widest + 2, _NARROWEST), _WIDEST), self._column_format(column))
        if self._problem_column is not None:
            worksheet.set_column(self._problem_column, self._problem_column, _PROBLEM_WIDTH)

    def _column_format(self, column: int) -> Any:
        """Ids and phones that the clerk types again must not become numbers."""
        index_of = self._layout.index_of if self._layout else {}
        keeps_digits = column in (index_of.get(Field.ID_NUMBER), index_of.get(Field.PHONE))
        return self._formats.get(TEXT_FORMAT) if keeps_digits else None
