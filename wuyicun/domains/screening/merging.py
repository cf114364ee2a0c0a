"""Two people turn out to be one: the swabs of the one are the other's, those too that come in later.

Rounds that were closed before keep both as they were: their reports are frozen, and each stood on the list. The pages
of who was kept, and what others see of them, count those swabs too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from wuyicun.domains.rolls.deciding import execute
from wuyicun.kernel.database import statements


class Concerned(NamedTuple):
    """Somebody in a round."""

    village_id: UUID
    round_id: UUID
    roll_id: UUID
    person_id: UUID


class Carried(NamedTuple):
    """Where a swab was that belongs to somebody else now."""

    round_id: UUID
    roll_id: UUID
    tube: str


_CARRY = """
UPDATE screening_sample s SET person_id = %s, came_as = s.person_id FROM screening_round r
WHERE s.village_id = %s AND s.person_id = %s AND r.village_id = s.village_id AND r.id = s.round_id
  AND s.round_id = ANY (%s::uuid[])
RETURNING r.id, r.roll_id, s.tube
"""
_CARRY_BACK = """
UPDATE screening_sample s SET person_id = s.came_as, came_as = NULL FROM screening_round r
WHERE s.village_id = %s AND s.person_id = %s AND s.came_as = %s AND r.village_id = s.village_id AND r.id = s.round_id
RETURNING r.id, r.roll_id, s.tube
"""
_LATE = """
WITH given AS (SELECT * FROM json_to_recordset(%s) AS r (village_id uuid, round_id uuid, roll_id uuid, person_id uuid)),
moved AS (
  UPDATE screening_sample s SET came_as = s.person_id, person_id = p.merged_into_id
  FROM given g JOIN registry_person p ON p.id = g.person_id AND (p.village_id = g.village_id) IS TRUE
    JOIN screening_round r ON r.id = g.round_id AND (r.village_id = g.village_id) IS TRUE
  WHERE s.village_id = g.village_id AND s.round_id = g.round_id AND s.person_id = g.person_id
    AND p.merged_into_id IS NOT NULL AND (r.closed_at IS NULL OR p.left_at <= r.closed_at)
  RETURNING s.village_id, s.round_id, g.roll_id, s.person_id)
SELECT DISTINCT village_id, round_id, roll_id, person_id FROM moved
"""


def carry(village_id: UUID, rounds: Collection[UUID], *, other: UUID, kept: UUID) -> list[Carried]:
    """Let the swabs of `other` in these rounds be those of `kept`."""
    return [Carried(*row) for row in statements.execute(_CARRY, kept, village_id, other, statements.array(rounds))]


def carry_back(village_id: UUID, *, other: UUID, kept: UUID) -> list[Carried]:
    """Give `other` their swabs back, in whatever round."""
    return [Carried(*row) for row in statements.execute(_CARRY_BACK, village_id, kept, other)]


def carry_late(concerned: Iterable[Concerned]) -> list[Concerned]:
    """Let swabs that came in for somebody who was merged be those of who was kept; returns whom they belong to now."""
    return [Concerned(*row) for row in execute(_LATE, [each._asdict() for each in concerned])]
