"""Export to Excel: rows stream through, so that a ledger of a whole county needs no more memory than one of a village.

Text cells are written as strings and stay text when they are edited: a name like `=1+1` opens, and stays, inert.
"""

import math
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO, Literal

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from .cells import Cell, in_words, local, type_of_number

LAST_ROW = 1_048_575
"""Index of the last row that a worksheet can have."""

_PAPERS = {"a4": 9, "a3": 8}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd",
}
_NARROWEST, _WIDEST = 6, 40
_ROW_POINTS, _LINE_POINTS = 21, 16.5
_EXACT_DIGITS = 15
_BARS = ("#0B6B5C", "#B7D3CD", "#8A9694")
_FOOTER_CHARACTERS = 255
_LIST_CHARACTERS = 255


@dataclass(frozen=True)
class Column:
    """A column of an exported sheet.

    `choices` become a pick list for who fills the sheet in; `marked` makes non-empty cells stand out (a column 问题);
    `width` is in characters of the body font (a Chinese one counts two), measured from the rows when left out.
    """

    title: str
    kind: Literal["text", "number", "date", "moment"] = "text"
    width: float | None = None
    choices: Sequence[str] = ()
    marked: bool = False


@dataclass(frozen=True)
class Page:
    """How a sheet is printed: the paper (a4 or a3), upright or across, and words at the head of every page."""

    paper: str = "a4"
    upright: bool = False
    watermark: str = ""


@dataclass(frozen=True)
class Chart:
    """Bars below the rows: a bar for each of the first `rows` rows, called as column `names` says, one beside the other
    for each of the columns `values` (numbers of columns, from 0)."""

    title: str
    names: int
    values: Sequence[int]
    rows: int


@dataclass(frozen=True)
class Sheet:
    """One sheet: its tab, the official title on top (left out when empty), notes under it, the columns, the rows, and
    under them lines to sign and a chart."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    official_title: str = ""
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    page: Page = Page()
    chart: Chart | None = None


class TooManyRows(ValueError):
    """More rows than one sheet of Excel can hold."""


def workbook(sheets: Iterable[Sheet], *, made_by: str, made_at: datetime) -> BinaryIO:
    """An .xlsx file at its first byte, nameless on disk and gone when it is closed (`FileResponse` does).

    The rows are read while this runs: call it inside the scope that they need. Raises `TooManyRows`.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        write_workbook(file, sheets, made_by=made_by, made_at=made_at)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def write_workbook(file: BinaryIO, sheets: Iterable[Sheet], *, made_by: str, made_at: datetime) -> None:
    """The same, into a file of the caller's."""
    with tempfile.TemporaryDirectory(prefix="wuyicun-") as folder:
        book = xlsxwriter.Workbook(file, _OPTIONS | {"tmpdir": folder})
        book.set_properties({"author": made_by, "created": local(made_at)})
        styles = _Styles(book)
        tabs: set[str] = set()
        try:
            for sheet in sheets:
                worksheet = book.add_worksheet(_tab(sheet.title, tabs))
                header, last = _SheetWriter(worksheet, sheet, styles).write(f"{made_by} · {in_words(made_at)}")
                if sheet.chart is not None:
                    worksheet.insert_chart(last + 4, 0, _bars(book, worksheet.get_name(), sheet.chart, header))
            book.close()
        except BaseException:
            for worksheet in book.worksheets():  # else half a ledger stays behind, open and readable
                worksheet.row_data_fh.close()
            raise


class _Styles:
    """The looks of cells; black and white safe, since most ledgers end up on a printer."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"font_name": "Microsoft YaHei", "font_size": 11, "valign": "vcenter"}
        cell = {**base, "border": 1, "border_color": "#9AA5A3", "text_wrap": True}
        self.title = book.add_format({**base, "font_size": 18, "bold": True, "align": "center"})
        self.note = book.add_format({**base, "font_color": "#46524F", "text_wrap": True})
        self.header = book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#E3EAE8"})
        self.signature = book.add_format({**base, "num_format": "@"})
        self.blank = book.add_format({**base, "num_format": "@"})
        self.marked = book.add_format({**cell, "num_format": "@", "bold": True, "bg_color": "#FFF1C7"})
        self.cells = {
            "text": book.add_format({**cell, "num_format": "@"}),
            "number": book.add_format({**cell, "align": "right"}),
            "date": book.add_format({**cell, "num_format": "yyyy-mm-dd", "align": "center"}),
            "moment": book.add_format({**cell, "num_format": "yyyy-mm-dd hh:mm", "align": "center"}),
        }


@dataclass
class _SheetWriter:
    worksheet: Worksheet
    sheet: Sheet
    styles: _Styles
    widths: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.widths = [_width(column.title) + 2 for column in self.sheet.columns]

    def write(self, made: str) -> tuple[int, int]:
        """Writes it all; the numbers of the rows of the column titles and of the last line."""
        self.worksheet.set_default_row(_ROW_POINTS)
        header = self._head()
        last = header
        for last, row in enumerate(self.sheet.rows, header + 1):
            if last > LAST_ROW:
                raise TooManyRows(self.sheet.title)
            lines = [
                self._cell(last, number, column, value)
                for number, (column, value) in enumerate(zip(self.sheet.columns, row, strict=True))
            ]
            if max(lines, default=1) > 1:
                self.worksheet.set_row(last, _LINE_POINTS * max(lines) + 4.5)
        self._signatures(last + 2)
        self._columns(header, last)
        self._page(header, made)
        return header, last

    def _head(self) -> int:
        """Title, notes and column titles; the number of the row of the latter."""
        lines = [(self.sheet.official_title, self.styles.title, 32)] if self.sheet.official_title else []
        lines += [(note, self.styles.note, 18) for note in self.sheet.notes]
        last = len(self.sheet.columns) - 1
        for row, (words, style, height) in enumerate(lines):
            self.worksheet.set_row(row, height)
            if last > 0:
                self.worksheet.merge_range(row, 0, row, last, "", style)
            self.worksheet.write_string(row, 0, words, style)
        self.worksheet.set_row(len(lines), 24)
        for number, column in enumerate(self.sheet.columns):
            self.worksheet.write_string(len(lines), number, column.title, self.styles.header)
        return len(lines)

    def _cell(self, row: int, number: int, column: Column, value: Cell) -> int:
        """Writes one cell; the number of lines it takes (Excel would find out by itself, other programs do not)."""
        style = self.styles.cells[column.kind]
        words = in_words(value)
        if isinstance(value, type_of_number) and not isinstance(value, bool) and len(words) <= _EXACT_DIGITS:
            self.worksheet.write_number(row, number, value, style)
        elif isinstance(value, datetime):
            self.worksheet.write_datetime(row, number, local(value), self.styles.cells["moment"])
        elif isinstance(value, date):
            self.worksheet.write_datetime(row, number, value, self.styles.cells["date"])
        elif words:
            self.worksheet.write_string(row, number, words, self.styles.marked if column.marked else style)
        else:
            self.worksheet.write_blank(row, number, None, style)
        wide = [_width(line) for line in words.splitlines()]
        self.widths[number] = max([self.widths[number], *(width + 2 for width in wide)])
        return sum(max(1, math.ceil((width + 2) / (column.width or _WIDEST))) for width in wide)

    def _signatures(self, row: int) -> None:
        """The lines to sign, side by side over the sheet's width."""
        if not self.sheet.signatures or row > LAST_ROW:
            return
        apart = max(1, len(self.sheet.columns) // len(self.sheet.signatures))
        for number, words in enumerate(self.sheet.signatures):
            self.worksheet.write_string(row, number * apart, f"{words}：", self.styles.signature)

    def _columns(self, header: int, last: int) -> None:
        """Widths and pick lists. Text columns are text all the way down: an id number typed in later stays whole."""
        for number, column in enumerate(self.sheet.columns):
            width = column.width or min(max(self.widths[number], _NARROWEST), _WIDEST)
            style: Format | None = self.styles.blank if column.kind == "text" else None
            self.worksheet.set_column(number, number, width, style)
            if column.choices and len(",".join(column.choices)) <= _LIST_CHARACTERS:
                options = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
                self.worksheet.data_validation(header + 1, number, LAST_ROW, number, options)
        if self.sheet.columns:
            right = len(self.sheet.columns) - 1
            self.worksheet.autofilter(header, 0, max(last, header), right)
            self.worksheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(right)}{LAST_ROW + 1}"})
        self.worksheet.freeze_panes(header + 1, 1 if len(self.sheet.columns) > 1 else 0)

    def _page(self, header: int, made: str) -> None:
        """As wide as the page, column titles on every page, who and when and the page in the foot."""
        self.worksheet.set_paper(_PAPERS[self.sheet.page.paper])
        if not self.sheet.page.upright:
            self.worksheet.set_landscape()
        self.worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        self.worksheet.fit_to_pages(1, 0)
        self.worksheet.repeat_rows(header)
        pages = _("第 {page} 页，共 {pages} 页").format(page="&P", pages="&N")
        room = _FOOTER_CHARACTERS - len(pages) - len("&L&R")
        self.worksheet.set_footer(f"&L{made.replace('&', '&&')[:room]}&R{pages}")
        if self.sheet.page.watermark:
            self.worksheet.set_header(f"&R{self.sheet.page.watermark.replace('&', '&&')[: _FOOTER_CHARACTERS - 2]}")


def _bars(book: xlsxwriter.Workbook, tab: str, wanted: Chart, header: int) -> xlsxwriter.chart.Chart:
    """Axis from zero, numbers at the bars, first row on top; told apart in black and white too."""
    chart = book.add_chart({"type": "bar"})
    first, last = header + 1, header + wanted.rows
    for column, colour in zip(wanted.values, _BARS, strict=False):
        chart.add_series({
            "name": [tab, header, column],
            "categories": [tab, first, wanted.names, last, wanted.names],
            "values": [tab, first, column, last, column],
            "fill": {"color": colour},
            "gap": 40,
            "data_labels": {"value": True},
        })  # fmt: skip
    chart.set_title({"name": wanted.title, "name_font": {"size": 13}})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"min": 0, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom"} if len(wanted.values) > 1 else {"none": True})
    chart.set_size({"width": 720, "height": 120 + 24 * wanted.rows * len(wanted.values)})
    return chart


def _tab(title: str, taken: set[str]) -> str:
    """A name that Excel takes for a tab: 31 characters, none of []:*?/\\, no apostrophe at an end, no two alike."""
    allowed = "".join(" " if character in "[]:*?/\\" else character for character in title).strip("' ") or "Sheet"
    name, number = allowed[:31], 1
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        name = f"{allowed[: 31 - len(str(number)) - 1]} {number}"
    taken.add(name.casefold())
    return name


def _width(line: str) -> int:
    """How wide a line is, a full-width character counting two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)
