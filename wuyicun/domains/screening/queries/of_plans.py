"""What is asked of a round's plan: its timetable, and who is to come where they live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from wuyicun.domains.registry.rules import Group
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.models import Plan, Round, Slot


@dataclass(frozen=True)
class SlotView:
    """When a micro-grid is called, and where."""

    id: UUID
    area_id: UUID
    area_path: str
    station_id: UUID
    people: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class PlanView:
    """A round's timetable; see `models.Plan`. Slots stand by time."""

    id: UUID
    begins_at: datetime
    ends_by: datetime | None
    earliest: int
    made_at: datetime
    adopted_at: datetime | None
    adopted_by: UUID | None
    slots: Sequence[SlotView]

    @property
    def people(self) -> int:
        """Who is to come to a station by it."""
        return sum(slot.people for slot in self.slots)

    @property
    def finish_at(self) -> datetime:
        """When the last micro-grid is through."""
        return max((slot.ends_at for slot in self.slots), default=self.begins_at)


def plan(village_id: UUID, round_id: UUID) -> PlanView | None:
    """The plan of a round, None while there is none."""
    row = Plan.rows().filter(village_id=village_id, round_id=round_id).first()
    if row is None:
        return None
    columns = ("pk", "area_id", "area_path", "station_id", "people", "starts_at", "ends_at")
    slots = Slot.rows().filter(village_id=village_id, plan_id=row.pk).order_by("starts_at", "area_path")
    return PlanView(
        row.pk,
        row.begins_at,
        row.ends_by,
        row.earliest,
        row.made_at,
        row.adopted_at,
        row.adopted_by,
        [SlotView(*each) for each in slots.values_list(*columns)],
    )


@dataclass(frozen=True)
class Expected:
    """A micro-grid with those who still owe the round.

    Attributes:
        people: who is to come to a station.
        at_home: who is sampled at home instead.
    """

    area_id: UUID
    area_path: str
    people: int
    at_home: int


_MARKED = """
SELECT e.area_id, count(*) FROM rolls_entry e
WHERE e.village_id = %s AND e.roll_id = %s AND e.state = %s AND EXISTS (
  SELECT 1 FROM registry_persongroup g WHERE g.village_id = e.village_id AND g.person_id = e.subject_id
    AND g."group" = %s AND g.ends_on IS NULL)
GROUP BY 1
"""


def expected(village_id: UUID, round_: Round) -> Sequence[Expected]:
    """The micro-grids in which somebody owes the round, by path."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKED, [village_id, round_.roll_id, State.OWED.value, Group.HOME_VISIT.value])
        marked: Mapping[UUID, int] = dict(cursor.fetchall())
    found = []
    for leaf in rolls.leaf_counts(village_id, round_.roll_id):
        if leaf.counts.owed:
            at_home = marked.get(leaf.area_id, 0)
            found.append(Expected(leaf.area_id, leaf.area_path, leaf.counts.owed - at_home, at_home))
    return found
