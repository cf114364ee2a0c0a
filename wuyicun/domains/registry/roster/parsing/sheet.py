"""A sheet while it is parsed: its columns, what was found wrong, and one row of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from wuyicun.domains.registry.roster.book import Cell, CellError, Cells, Sheet
from wuyicun.domains.registry.roster.fields import FLAGS, Field
from wuyicun.domains.registry.roster.layouts.layout import SheetLayout
from wuyicun.domains.registry.roster.parsing import cells as reading
from wuyicun.domains.registry.roster.rows import Problem
from wuyicun.domains.registry.rules import Group, Residence

_FILLED_BY_MERGING = (Field.HOUSEHOLD, Field.SECTION, Field.MICRO_GRID, Field.ADDRESS, Field.HEAD_NAME)


@dataclass(slots=True)
class SheetContext:
    """What is the same for all rows of a sheet.

    Attributes:
        section: of the rows that do not say one themselves.
        residence: of the rows, when the sheet has no column for it.
        local_names: names that mean 'in the village' in 现居住地.
        merged_values: for cells covered by a vertical merge of the clerk's, the value shown there.
        flags: the columns that ask about one group each.
        has_errors: some cell of the sheet shows an error.
    """

    sheet: Sheet
    layout: SheetLayout
    section: str | None
    residence: Residence | None
    local_names: frozenset[str]
    problems: list[Problem] = dataclasses.field(default_factory=list)
    index_of: Mapping[Field, int] = dataclasses.field(init=False)
    merged_values: Mapping[tuple[int, int], Cell] = dataclasses.field(init=False)
    flags: tuple[tuple[Field, Group], ...] = dataclasses.field(init=False)
    has_errors: bool = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.index_of = dict(self.layout.index_of)
        self.merged_values = merged_values(self.sheet, self.layout)
        self.flags = tuple((field, group) for field, group in FLAGS.items() if field in self.index_of)
        self.has_errors = any(type(cell) is CellError for cells in self.sheet.rows for cell in cells)

    def problem(self, code: str, row: int | None, name: str, field: Field | None = None, **data: str) -> None:
        """Notes something about a row or about the sheet."""
        index = self.index_of.get(field) if field else None
        column = self.layout.column_at.get(index) if index is not None else None
        if column:
            data["header"] = column.header
        self.problems.append(Problem(code, self.sheet.name, row, column.letters if column else None, name, data))


def merged_values(sheet: Sheet, layout: SheetLayout) -> dict[tuple[int, int], Cell]:
    """For each cell that a vertical merge of the clerk's covers, by row and column, the value shown there."""
    columns = {index for field, index in layout.index_of.items() if field in _FILLED_BY_MERGING}
    found: dict[tuple[int, int], Cell] = {}
    for merged in sorted(sheet.merged, key=lambda merged: merged.top):
        if merged.top < layout.first_row or merged.bottom == merged.top or merged.left not in columns:
            continue
        if (merged.top + 1, merged.left) in found:
            continue  # ranges that lie over each other are no spreadsheet's, and would take long
        source = sheet.row(merged.top)
        if merged.left < len(source):
            last = min(merged.bottom, len(sheet.rows))
            found.update({(row, merged.left): source[merged.left] for row in range(merged.top + 1, last + 1)})
    return found


class Row:
    """One row of a sheet, asked by field.

    Attributes:
        section, micro_grid: where the row belongs unless it says so itself: from the sheet, or from a line above it.
    """

    __slots__ = ("_cells", "_index_of", "_texts", "_width", "context", "micro_grid", "name", "number", "section")

    def __init__(self, context: SheetContext, number: int, cells: Cells) -> None:
        self.context = context
        self.number = number
        self.name = ""
        self.section = context.section
        self.micro_grid: str | None = None
        self._cells = cells
        self._width = len(cells)
        self._index_of = context.index_of
        self._texts: dict[Field, str] | None = None

    def unfold(self) -> None:
        """Have all texts at hand, for whoever asks for most of them; `fold` gives the memory back."""
        cells, width, texts = self._cells, self._width, {}
        for field, index in self._index_of.items():
            if index < width and (cell := cells[index]) is not None:
                texts[field] = cell.strip() if type(cell) is str else reading.text(cell)
            elif self.context.merged_values:
                texts[field] = reading.text(self.cell(field))
        self._texts = texts

    def fold(self) -> None:
        """No more than the cells."""
        self._texts = None

    def cell(self, field: Field) -> Cell:
        """What stands in the field's column; None when it is blank, shows an error, or there is no such column."""
        index = self._index_of.get(field)
        if index is None:
            return None
        cell = self._cells[index] if index < self._width else None
        if cell is None and self.context.merged_values:
            cell = self.context.merged_values.get((self.number, index))
        return None if type(cell) is CellError else cell

    def text(self, field: Field) -> str:
        """The cell as a text without the spaces around it, '' when there is none."""
        if self._texts is not None:
            return self._texts.get(field, "")
        index = self._index_of.get(field, self._width)
        cell = self._cells[index] if index < self._width else None
        if type(cell) is str:  # nearly always
            return cell.strip()
        cell = self.cell(field)
        return "" if cell is None else reading.text(cell)

    def problem(self, code: str, field: Field | None = None, **data: str) -> None:
        """Notes something about this row."""
        self.context.problem(code, self.number, self.name, field, **data)

    def note_errors(self) -> None:
        """Notes every mapped cell that shows an error instead of a value."""
        for index, cell in enumerate(self._cells if self.context.has_errors else ()):
            if isinstance(cell, CellError):
                column = self.context.layout.column_at.get(index)
                if column and column.field:
                    self.problem("cell_error", column.field, value=cell.text)
