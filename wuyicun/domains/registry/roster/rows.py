"""What a roster says, row by row, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

from wuyicun.domains.registry.rules import Group, IdKind, PlaceKind, Residence, Sex, Whereabouts


class Severity(StrEnum):
    """What a problem asks for: nothing came in, somebody must decide, should look, or need not do anything."""

    REFUSED = "refused"
    DECIDE = "decide"
    CHECK = "check"
    FIXED = "fixed"


SEVERITY: Mapping[str, Severity] = {
    # A row without a name is nobody; everything else comes in.
    "missing_name": Severity.REFUSED,
    # The same id number on two people.
    "duplicate_id": Severity.DECIDE,
    # Found when the file is compared with the registry.
    "several_match": Severity.DECIDE,
    "both_changed": Severity.DECIDE,
    "has_left": Severity.CHECK,
    # Identity.
    "missing_id": Severity.CHECK,
    "no_id_column": Severity.CHECK,
    "bad_check_digit": Severity.CHECK,
    "id_wrong_length": Severity.CHECK,
    "id_not_digits": Severity.CHECK,
    "id_bad_birth_date": Severity.CHECK,
    "id_stored_as_number": Severity.CHECK,
    "sex_mismatch": Severity.CHECK,
    "birth_mismatch": Severity.CHECK,
    "unknown_sex": Severity.CHECK,
    "bad_date": Severity.CHECK,
    "duplicate_row": Severity.CHECK,
    # Phones.
    "phone_invalid": Severity.CHECK,
    "phone_stored_as_number": Severity.CHECK,
    "second_phone": Severity.CHECK,
    # Values that are none of ours; the text is in the data.
    "unknown_residence": Severity.CHECK,
    "unknown_group": Severity.CHECK,
    "unknown_answer": Severity.CHECK,
    "unknown_place_kind": Severity.CHECK,
    "whereabouts_differ": Severity.CHECK,
    # Households and areas.
    "household_missing": Severity.CHECK,
    "household_from_date": Severity.CHECK,
    "households_derived": Severity.CHECK,
    "two_heads": Severity.CHECK,
    "micro_grid_missing": Severity.CHECK,
    "unknown_section": Severity.CHECK,
    "unknown_micro_grid": Severity.CHECK,
    "duplicate_place": Severity.CHECK,
    # Sheets and cells.
    "row_count_differs": Severity.CHECK,
    "cell_error": Severity.CHECK,
    # Put right without asking.
    "full_width": Severity.FIXED,
    "lower_x": Severity.FIXED,
    "fifteen_digit": Severity.FIXED,
    "id_spaced": Severity.FIXED,
    "phone_spaced": Severity.FIXED,
    "name_spaced": Severity.FIXED,
    "also_worker": Severity.FIXED,
}
"""Every problem code, with what it asks for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one row, or about a whole sheet.

    Attributes:
        code: one of `SEVERITY`.
        sheet: the sheet's name.
        row: as Excel counts; None when it is about the sheet.
        column: the column's letters in Excel, when it is about one cell.
        name: the person's or place's name, '' when there is none.
        data: plain values for the words, among them `header` (the column's title); never an id number or a phone.
    """

    code: str
    sheet: str
    row: int | None
    column: str | None
    name: str
    data: Mapping[str, str]

    @property
    def severity(self) -> Severity:
        """What it asks for."""
        return SEVERITY[self.code]


class PersonRow(msgspec.Struct, frozen=True, gc=False):
    """One person. None is a blank cell or a column that the sheet does not have (`Roster.present` tells which).

    Attributes:
        household_number: as the clerk numbers it, filled down; None when it cannot be told.
        birth_date, sex: of the sheet, else from the id number unless two people claim that.
        id_number: checked; None when it is missing, wrong, or stored as a number.
        id_text: what stood there when `id_number` is None.
        phone: digits; `phone_text` is what stood there when it could not be read.
        whereabouts: from 现居住地, else from the residence.
        groups: empty when the cell says 无.
        home_visit: asked for in its own column or among the groups.
        is_worker: stands on a sheet of outside workers; someone on both kinds of sheet is one row.
    """

    sheet: str
    row: int
    name: str
    section: str | None
    household_number: str | None
    micro_grid: str | None
    sex: Sex | None
    birth_date: date | None
    id_kind: IdKind | None
    id_number: str | None
    id_text: str | None
    phone: str | None
    phone_text: str | None
    relation: str | None
    address: str | None
    registered_address: str | None
    party_member: bool | None
    residence: Residence | None
    whereabouts: Whereabouts | None
    whereabouts_text: str | None
    groups: frozenset[Group] | None
    home_visit: bool | None
    sampling_code_registered: bool | None
    note: str | None
    workplace: str | None
    living_place: str | None
    is_worker: bool


class HouseholdRow(msgspec.Struct, frozen=True, gc=False):
    """One household, from the rows of its members. Its number is unique within its section."""

    sheet: str
    row: int
    section: str | None
    number: str
    micro_grid: str | None
    address: str | None
    head: str | None
    size: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place."""

    sheet: str
    row: int
    name: str
    kind: PlaceKind
    kind_text: str | None
    section: str | None
    micro_grid: str | None
    manager: str | None
    phone: str | None
    phone_text: str | None
    address: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its micro-grids, in the order in which the file names them; None for rows without a section."""

    name: str | None
    micro_grids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """All that a file says.

    Attributes:
        village: its name as the titles or 填报单位 give it, else the file's name; None when none does.
        people: residents and workers in the file's order.
        households, places: in the file's order.
        sections: those of people's sheets.
        problems: by sheet and row.
        present: for each sheet the attributes of its rows that it has a column for (or a title that says them);
            what is not there was not said, and erases nothing.
    """

    village: str | None
    people: tuple[PersonRow, ...]
    households: tuple[HouseholdRow, ...]
    places: tuple[PlaceRow, ...]
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]
    present: Mapping[str, frozenset[str]]
