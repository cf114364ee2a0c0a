"""What testing tells other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class StationClosed:
    """A station was closed; it is to be disinfected.

    Attributes:
        setup: which setting-up of it ended; what is done for it names this.
        place: the registry's place, if the station stands at one.
        by: the account.
    """

    village_id: UUID
    setup: UUID
    name: str
    place: UUID | None
    area_path: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class PositiveTube:
    """A tube that is positive now.

    Attributes:
        area_path: of the round.
        single: it holds one person's swab; else it is a pool, whose members are held and owe a re-test each.
        held_until: how long a pool's members are held at most.
        people: of each micro-grid how many are in the tube, and how many of them still owe their re-test.
    """

    tube_id: UUID
    code: str
    round_id: UUID
    area_path: str
    single: bool
    result_at: datetime
    held_until: datetime
    people: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class ResultsDecided:
    """Results of tubes were decided, or somebody in a positive pool was tested again. No case follows by itself.

    Attributes:
        others: tubes of which it is known that they are not positive (any more).
    """

    village_id: UUID
    positive: tuple[PositiveTube, ...]
    others: tuple[UUID, ...]
    at: datetime
