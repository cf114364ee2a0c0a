"""What other programs are told: codes, never words, so that a change of words breaks no program."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from wuyicun.domains.registry.rules import Group, IdKind, PlaceKind, Residence, Sex, Whereabouts
from wuyicun.domains.territory.rules import Level


def _codes(codes: type[Sex | Residence | Whereabouts | Group | PlaceKind | IdKind | Level]) -> Meta:
    """The codes that stand there today; more may come."""
    return Meta(description="One of: " + ", ".join(code.value for code in codes) + ". More may come.")


AreaPath = Annotated[str, Meta(description="The path of an area; those below it begin with it.")]
Number = Annotated[str, Meta(description="Masked unless the token has a reason for more; empty when there is none.")]
Next = Annotated[UUID | None, Meta(description="What `after` takes for the next page; null at the end.")]


class VillageTold(msgspec.Struct, frozen=True):
    """A village of the account."""

    id: UUID
    area: AreaPath
    name: str


class VillagesTold(msgspec.Struct, frozen=True):
    """The villages whose lists may be asked for."""

    items: list[VillageTold]


class AreaTold(msgspec.Struct, frozen=True):
    """The village, a grid, a micro-grid, or 未入网 for who is in none."""

    id: UUID
    area: AreaPath
    level: Annotated[str, _codes(Level)]
    name: str
    parent: UUID | None


class AreasTold(msgspec.Struct, frozen=True):
    """Areas in the order of their paths, and the cursor of what follows."""

    items: list[AreaTold]
    next: Next


class PersonTold(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has not left for good."""

    id: UUID
    name: str
    sex: Annotated[str, _codes(Sex)]
    birth_date: date | None
    household: Annotated[UUID | None, Meta(description="Null for outside workers, visitors and others without one.")]
    house: Annotated[str, Meta(description="As people say it; the workplace of who has no household.")]
    relation: Annotated[str, Meta(description="To the head of the household, as the roster says it.")]
    area: AreaPath
    residence: Annotated[str, _codes(Residence)]
    whereabouts: Annotated[str, _codes(Whereabouts)]
    groups: Annotated[tuple[str, ...], _codes(Group)]
    party_member: bool
    sampling_code: bool
    id_kind: Annotated[str, _codes(IdKind)]
    id_number: Number
    phone: Number


class PeopleTold(msgspec.Struct, frozen=True):
    """People in the order of their pinyin, and the cursor of what follows."""

    items: list[PersonTold]
    next: Next


class HouseholdTold(msgspec.Struct, frozen=True, kw_only=True):
    """A household, with the ids of its members who have not left."""

    id: UUID
    house: Annotated[str, Meta(description="As people say it.")]
    number: str
    address: str
    area: AreaPath
    head_name: str
    members: list[UUID]


class HouseholdsTold(msgspec.Struct, frozen=True):
    """Households by micro-grid and number, and the cursor of what follows."""

    items: list[HouseholdTold]
    next: Next


class PlaceTold(msgspec.Struct, frozen=True, kw_only=True):
    """A shop, a factory, a public toilet, a checkpoint …"""

    id: UUID
    name: str
    kind: Annotated[str, _codes(PlaceKind)]
    area: AreaPath
    contact_name: str
    phone: Number
    location: str


class PlacesTold(msgspec.Struct, frozen=True):
    """Places in the order in which they were entered, and the cursor of what follows."""

    items: list[PlaceTold]
    next: Next


class Refused(msgspec.Struct, frozen=True):
    """Why a request was refused, as a code."""

    code: str
