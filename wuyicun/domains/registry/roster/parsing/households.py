"""Which household a row belongs to: blank cells are filled down, and numbers made up where the sheet has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from wuyicun.domains.registry.roster.fields import Field
from wuyicun.domains.registry.roster.parsing import cells as reading
from wuyicun.domains.registry.roster.parsing.names import read_name
from wuyicun.domains.registry.roster.parsing.sheet import Row, SheetContext
from wuyicun.domains.registry.roster.parsing.titles import micro_grid_name, section_name
from wuyicun.domains.registry.roster.rows import HouseholdRow
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import plain


@dataclass(slots=True)
class Household:
    """A household as it grows with the rows of its members."""

    sheet: str
    row: int
    section: str | None
    number: str
    micro_grid: str | None = None
    address: str | None = None
    head: str | None = None
    size: int = 0

    def as_row(self) -> HouseholdRow:
        """The household as it stands at the end."""
        return HouseholdRow(
            self.sheet, self.row, self.section, self.number, self.micro_grid, self.address, self.head, self.size
        )


class Placing(NamedTuple):
    """Where a row belongs."""

    household: Household | None
    section: str | None
    micro_grid: str | None


class Households:
    """All households of a roster; sheets may share them."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str | None, str], Household] = {}
        self._current: Household | None = None
        self._head_name = ""

    def all(self) -> tuple[HouseholdRow, ...]:
        """The households in the order of their first rows."""
        return tuple(household.as_row() for household in self._by_key.values() if household.size)

    def begin_sheet(self, context: SheetContext) -> None:
        """Nothing is filled down from one sheet to the next."""
        self._current = None
        self._head_name = ""
        if Field.HOUSEHOLD not in context.index_of and (source := _source(context)):
            context.problem("households_derived", None, "", source)

    def place(self, row: Row) -> Placing:
        """The household, section and micro-grid of a row; notes what is missing."""
        section = section_name(row.text(Field.SECTION)) or None
        micro_grid = micro_grid_name(row.text(Field.MICRO_GRID)) or row.micro_grid
        household = self._household(row, section)
        if household is None:
            if Field.HOUSEHOLD in row.context.index_of:
                row.problem("household_missing", Field.HOUSEHOLD)
            return Placing(None, section or row.section, micro_grid)
        household.micro_grid = household.micro_grid or micro_grid
        if not household.micro_grid and not household.size and Field.MICRO_GRID in row.context.index_of:
            row.problem("micro_grid_missing", Field.MICRO_GRID, household=household.number)
        household.address = household.address or row.text(Field.ADDRESS) or None
        return Placing(household, section or household.section, micro_grid or household.micro_grid)

    def add(self, household: Household, row: Row) -> None:
        """One more member; notes a second head."""
        household.size += 1
        if not values.is_head(row.text(Field.RELATION)):
            return
        if household.head is not None:
            row.problem("two_heads", Field.RELATION, household=household.number, other=household.head)
        else:
            household.head = row.name

    def _household(self, row: Row, section: str | None) -> Household | None:
        number = self._number(row)
        is_head = values.is_head(row.text(Field.RELATION))
        if not number:
            if self._current is None or (is_head and self._current.head is not None):
                self._current = None
            return self._current
        key = (section or self._section_of(number, row), number)
        household = self._by_key.get(key)
        if household is None:
            household = self._by_key[key] = Household(row.context.sheet.name, row.number, *key)
        self._current = household
        return household

    def _section_of(self, number: str, row: Row) -> str | None:
        """A blank section cell of a household's further rows means the household's own."""
        if Field.SECTION in row.context.index_of and self._current and self._current.number == number:
            return self._current.section
        return row.section

    def _number(self, row: Row) -> str:
        if Field.HOUSEHOLD in row.context.index_of:
            number, was_date = reading.household_number(row.cell(Field.HOUSEHOLD))
            if was_date:
                row.problem("household_from_date", Field.HOUSEHOLD, value=number)
            return number
        source = _source(row.context)
        if source is Field.RELATION:
            if values.is_head(row.text(Field.RELATION)):
                self._head_name = read_name(row.text(Field.NAME))
            return self._head_name
        return "".join(plain(row.text(source)).split()) if source else ""


def _source(context: SheetContext) -> Field | None:
    """What tells the households apart on a sheet that does not number them."""
    candidates = (Field.HEAD_NAME, Field.ADDRESS, Field.RELATION)
    return next((field for field in candidates if field in context.index_of), None)
