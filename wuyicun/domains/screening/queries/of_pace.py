"""The pace of a round: how many were sampled by when, beside what its plan says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries.of_plans import PlanView, plan
from wuyicun.kernel.database.statements import execute

STEPS = 48
"""So many points show how it went, however long it took."""
SHORTEST = timedelta(minutes=1)

Point = tuple[datetime, int]


@dataclass(frozen=True)
class Pace:
    """How far a round was at each moment.

    Attributes:
        done: people sampled by then, as the counted swabs say; ends at the last of them.
        planned: people who were to be sampled at stations by then; empty while no plan is adopted.
    """

    done: Sequence[Point]
    planned: Sequence[Point]

    def planned_at(self, at: datetime) -> int | None:
        """How many were to be sampled by a moment; None without a plan."""
        if not self.planned:
            return None
        return round(_between(self.planned, at))


_SPAN = """
SELECT min(s.corrected_at), max(s.corrected_at) FROM rolls_entry e
  JOIN screening_sample s ON s.village_id = e.village_id AND s.id = e.settled_by
WHERE e.village_id = %s AND e.roll_id = %s
"""
_DONE = """
SELECT date_bin(%s, s.corrected_at, %s) + %s, count(*) FROM rolls_entry e
  JOIN screening_sample s ON s.village_id = e.village_id AND s.id = e.settled_by
WHERE e.village_id = %s AND e.roll_id = %s GROUP BY 1 ORDER BY 1
"""


def pace(village_id: UUID, round_: Round) -> Pace:
    """How the round went, and how it was to go."""
    timetable, done = plan(village_id, round_.pk), _done(village_id, round_)
    if timetable is None or timetable.adopted_at is None:
        return Pace(done, [])
    # A plan is made for those who still owe: whoever was sampled before stands below it.
    return Pace(done, _planned(timetable, round(_between(done, timetable.made_at)) if done else 0))


def _done(village_id: UUID, round_: Round) -> Sequence[Point]:
    ((first, last),) = execute(_SPAN, village_id, round_.roll_id)
    if first is None:
        return []
    step = max((last - first) / STEPS, SHORTEST)
    points, total = [(first, 0)], 0
    for at, count in execute(_DONE, step, first, step, village_id, round_.roll_id):
        total += count
        points.append((min(at, last + SHORTEST), total))
    return points


def _planned(timetable: PlanView, already: int) -> Sequence[Point]:
    moments = sorted({each for slot in timetable.slots for each in (slot.starts_at, slot.ends_at)})
    return [
        (at, already + round(sum(slot.people * _share(at, slot.starts_at, slot.ends_at) for slot in timetable.slots)))
        for at in moments
    ]


def _share(at: datetime, begins: datetime, ends: datetime) -> float:
    return min(max((at - begins) / (ends - begins), 0.0), 1.0)


def _between(points: Sequence[Point], at: datetime) -> float:
    """The number at a moment between the points, before the first and after the last that of it."""
    before = points[0]
    for point in points:
        if point[0] > at:
            if before[0] == point[0] or at <= before[0]:
                return before[1]
            return before[1] + (point[1] - before[1]) * _share(at, before[0], point[0])
        before = point
    return before[1]
