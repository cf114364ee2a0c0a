"""What the phone asks and is answered, apart from its records (`door`). The OpenAPI document comes from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class SessionAsked(msgspec.Struct, frozen=True):
    """A device asks for a token."""

    device: UUID


class WorkerTold(msgspec.Struct, frozen=True):
    """Who is logged in; `may` are the codes of what they are allowed somewhere."""

    id: UUID
    name: str
    role: str
    may: list[str]


class VillageTold(msgspec.Struct, frozen=True):
    """A village that the worker may work in."""

    id: UUID
    name: str


class SessionTold(msgspec.Struct, frozen=True):
    """A token for a device."""

    token: str
    device: UUID
    server_time: datetime
    worker: WorkerTold
    villages: list[VillageTold]


class StationTold(msgspec.Struct, frozen=True):
    """A station of a round. `state`: preparing, open or closed; '' for people's homes, which are not set up."""

    id: UUID
    name: str
    kind: str
    state: str


class CountsTold(msgspec.Struct, frozen=True):
    """A round's entries by state."""

    owed: int
    done: int
    excused: int
    unreachable: int
    refused: int


class RoundTold(msgspec.Struct, frozen=True):
    """An open round."""

    id: UUID
    title: str
    number: int
    due_at: datetime
    pool_size: int
    tube_minutes: int
    stations: list[StationTold]
    counts: CountsTold


class RoundsTold(msgspec.Struct, frozen=True):
    """The open rounds, latest first."""

    rounds: list[RoundTold]


class FindAsked(msgspec.Struct, frozen=True):
    """Somebody is looked for: by card, id number, name, pinyin, initials, house number, last four of a number."""

    village: UUID
    round: UUID
    text: Text


class PersonTold(msgspec.Struct, frozen=True):
    """A person as a sampler must see them; kept in the phone's memory only.

    `single`: needs a tube of their own. `retest`: owes the single re-test of a positive pool. `held_until`: until then,
    or their own negative re-test, they are asked to stay where they are.
    """

    id: UUID
    name: str
    sex: str
    age: int | None
    house: str
    area: str
    state: str
    single: bool
    retest: bool
    groups: list[str]
    sampled_at: datetime | None
    held_until: datetime | None


class PeopleTold(msgspec.Struct, frozen=True):
    """Who was found, best first; `truncated` when there are more."""

    people: list[PersonTold]
    truncated: bool


class HouseholdTold(msgspec.Struct, frozen=True):
    """The people of a household who are missing."""

    house: str
    area: str
    people: list[PersonTold]


class MissingTold(msgspec.Struct, frozen=True):
    """A page of the missing list; `next` leads to the one after it."""

    households: list[HouseholdTold]
    next: str | None
