"""What is asked of outings: the walks that were planned to those who are sampled at home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from wuyicun.domains.screening.models import Outing


class Stop(msgspec.Struct, frozen=True):
    """A door of an outing.

    Attributes:
        people: who is to be sampled behind it.
        metres: the way from the door before it (or from the start); None where the map has no measure.
    """

    people: list[UUID]
    metres: int | None = None


class Walk(msgspec.Struct, frozen=True):
    """An outing as it was planned; see `models.Outing`."""

    attempt: int
    number: int
    team: str
    start: str
    stops: list[Stop]
    seconds: int
    metres: int | None
    made_at: datetime

    @property
    def people(self) -> list[UUID]:
        """Everybody it visits, in the order of the walk."""
        return [person for stop in self.stops for person in stop.people]


def outings(village_id: UUID, round_id: UUID) -> Sequence[Walk]:
    """A round's outings, the latest attempt first, each attempt's by number."""
    rows = Outing.rows().filter(village_id=village_id, round_id=round_id).order_by("-attempt", "number")
    return [
        Walk(
            row.attempt,
            row.number,
            row.team,
            row.start,
            msgspec.convert(row.stops, list[Stop]),
            row.seconds,
            row.metres,
            row.made_at,
        )
        for row in rows
    ]


def last_attempt(walks: Sequence[Walk]) -> Sequence[Walk]:
    """Those of a round's outings that were planned last."""
    return [walk for walk in walks if walk.attempt == walks[0].attempt]
