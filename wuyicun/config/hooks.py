"""What rooms ask of rooms above them, by name: who has records, what stands beside a person."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening.web import panels

PERSON_PANELS = (panels.tests,)


def people_in_use(village_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who stand in some roll, and so are left alone when an import is undone."""
    return rolls.has_entries(village_id, people)
