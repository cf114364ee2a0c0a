"""Who owes a test: all who are physically in the area; who is away is excused 'away' until the expected return."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time
from uuid import UUID

from django.utils import timezone

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.rules import Whereabouts
from wuyicun.domains.rolls.actions import Subject

HERE = (Whereabouts.IN_VILLAGE, Whereabouts.TO_AND_FRO)


def draw(village_id: UUID, area_path: str, at: datetime, people: Collection[UUID] | None = None) -> Sequence[Subject]:
    """The subjects of a round over an area.

    Args:
        people: only these (somebody who was added or whose whereabouts changed).
    """
    subjects = []
    for person in registry.people_to_draw(village_id, area_path, people=people):
        away = person.whereabouts not in HERE
        back = person.expected_return if away else None
        until = timezone.make_aware(datetime.combine(back, time.min)) if back else None
        if until is not None and until <= at:
            away, until = False, None
        subjects.append(Subject(person.id, person.area_id, person.area_path, "away" if away else "", until))
    return subjects
