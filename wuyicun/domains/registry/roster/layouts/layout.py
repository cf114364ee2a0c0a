"""The proposal for a sheet, as the clerk sees it and may change it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from wuyicun.domains.registry.roster.book import column_letters
from wuyicun.domains.registry.roster.fields import Field, SheetKind


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """One column.

    Attributes:
        index: its place, from 0.
        header: its title, the rows of a two-row header joined.
        field: what it is taken for; None when it is left out.
        confidence: 1 is certain or said by a person, below 0.7 should be looked at.
        samples: up to three of its values.
    """

    index: int
    header: str
    field: Field | None
    confidence: float
    samples: tuple[str, ...]

    @property
    def letters(self) -> str:
        """The name that Excel gives the column."""
        return column_letters(self.index)


@dataclass(frozen=True)
class SheetLayout:
    """One sheet.

    Attributes:
        sheet: its name.
        kind: what it lists.
        header_rows: the rows, counted as in Excel, that hold the titles; empty when it has none.
        first_row: the first row below the titles.
        columns: those with a title or a value.
        title: what stands above the titles, joined by spaces.
        signature: the same for every sheet with the same titles in the same order.
        hidden: the sheet is not shown in Excel.
    """

    sheet: str
    kind: SheetKind
    header_rows: tuple[int, ...]
    first_row: int
    columns: tuple[ColumnLayout, ...]
    title: str
    signature: str
    hidden: bool = False

    @cached_property
    def index_of(self) -> Mapping[Field, int]:
        """Where each field stands."""
        return {column.field: column.index for column in self.columns if column.field is not None}

    @cached_property
    def column_at(self) -> Mapping[int, ColumnLayout]:
        """The column at each place."""
        return {column.index: column for column in self.columns}

    @property
    def mapping(self) -> dict[str, str]:
        """The columns by letters as plain values, to be remembered under the signature; '' is a column left out."""
        return {column.letters: column.field or "" for column in self.columns}

    def with_kind(self, kind: SheetKind) -> SheetLayout:
        """The same sheet taken for another kind."""
        return dataclasses.replace(self, kind=kind)

    def with_columns(self, chosen: Mapping[str, str]) -> SheetLayout:
        """The same sheet with columns mapped by hand, or as remembered.

        A field that is given to one column is taken from the column that had it.

        Args:
            chosen: fields by column letters ('' leaves a column out), as `mapping` gives them; letters that the sheet
                does not have are passed over.

        Raises:
            ValueError: no such field.
        """
        fields = {letters: Field(field) if field else None for letters, field in chosen.items()}
        given = {field for field in fields.values() if field}
        columns = []
        for column in self.columns:
            if column.letters in fields:
                changed = dataclasses.replace(column, field=fields[column.letters], confidence=1.0)
            elif column.field in given:
                changed = dataclasses.replace(column, field=None, confidence=1.0)
            else:
                changed = column
            columns.append(changed)
        return dataclasses.replace(self, columns=tuple(columns))
