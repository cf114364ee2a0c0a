"""Where people stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wuyicun.domains.standing.models import Standing


@dataclass(frozen=True)
class PersonStanding:
    """A person's standing at a moment."""

    last_negative_at: datetime | None = None
    held_since: datetime | None = None
    held_until: datetime | None = None
    held_by: str = ""


def standing(village_id: UUID, people: Collection[UUID], at: datetime) -> Mapping[UUID, PersonStanding]:
    """The standing of those people of whom something is known; a hold that has ended by itself is left out."""
    found = {}
    for row in Standing.named(village_id, people):
        held = row.held_until is not None and row.held_until > at
        found[row.pk] = PersonStanding(
            row.last_negative_at,
            row.held_since if held else None,
            row.held_until if held else None,
            row.held_by if held else "",
        )
    return found
