"""What the registry tells other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class PeopleChanged:
    """People were added, placed elsewhere, went away, came back or left; open rounds take it in.

    Attributes:
        by: the account; None for the program itself.
    """

    village_id: UUID
    people: tuple[UUID, ...]
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class HouseholdsChanged:
    """Households were made, changed, placed elsewhere, or are no longer there; open rolls of households take it in.

    Attributes:
        by: the account; None for the program itself.
    """

    village_id: UUID
    households: tuple[UUID, ...]
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class HouseholdMoved:
    """Somebody who edited a household put it into another micro-grid."""

    village_id: UUID
    household: UUID
    from_path: str
    to_path: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class PeopleRemoved:
    """People were taken back: the import that had made them was undone, and nobody else had any record of them."""

    village_id: UUID
    people: tuple[UUID, ...]
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class PeopleMerged:
    """Two rows were one person: what is recorded of `other` belongs to `kept` from now on."""

    village_id: UUID
    kept: UUID
    other: UUID
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class PeopleParted:
    """A merge was taken back: each has their own records again."""

    village_id: UUID
    kept: UUID
    other: UUID
    by: UUID | None
    at: datetime
