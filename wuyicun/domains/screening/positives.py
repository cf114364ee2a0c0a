"""What other rooms are told of positive tubes: who is in them, and who of a pool still owes the single re-test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wuyicun.domains.rolls.deciding import execute
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.events import PositiveTube, ResultsDecided
from wuyicun.domains.screening.rules import RETEST_KIND, Fit
from wuyicun.kernel.events import publish

_GIVEN = (
    "given AS (SELECT DISTINCT * FROM json_to_recordset(%s::json) AS r (village_id uuid, round_id uuid, code text))"
)
_TUBE = "screening_tube t ON t.village_id = g.village_id AND t.round_id = g.round_id AND t.code = g.code"
_IS_POSITIVE = "t.result = 'positive' AND t.state NOT IN ('void', 'lost')"

_TUBES = f"""
WITH {_GIVEN}
SELECT g.village_id, {_IS_POSITIVE}, t.id, t.code, t.round_id, r.area_path, t.pool = 1, t.result_at,
  t.result_at + make_interval(hours => r.hold_hours)
FROM given g JOIN {_TUBE} JOIN screening_round r ON r.village_id = t.village_id AND r.id = t.round_id
ORDER BY t.result_at, t.id
"""

_PEOPLE = f"""
WITH {_GIVEN}
SELECT t.id, p.area_path, count(*), count(*) FILTER (WHERE e.state = {State.OWED:d})
FROM given g JOIN {_TUBE} AND {_IS_POSITIVE}
  JOIN screening_round r ON r.village_id = t.village_id AND r.id = t.round_id
  JOIN LATERAL (SELECT DISTINCT s.person_id FROM screening_sample s WHERE s.village_id = t.village_id
    AND s.round_id = t.round_id AND s.tube = t.code AND s.fit IN ({Fit.OK:d}, {Fit.OVER_POOL:d})) s ON true
  JOIN registry_person p ON p.village_id = t.village_id AND p.id = s.person_id
  LEFT JOIN rolls_roll c ON c.village_id = t.village_id AND c.parent_id = r.roll_id AND c.kind = '{RETEST_KIND}'
  LEFT JOIN rolls_entry e ON e.village_id = t.village_id AND e.roll_id = c.id AND e.subject_id = s.person_id
GROUP BY 1, 2 ORDER BY 1, 2
"""

_POOLS = """
WITH given AS (SELECT DISTINCT village_id, round_id FROM json_to_recordset(%s) AS r (village_id uuid, round_id uuid))
SELECT t.village_id, t.round_id, t.code FROM given g
  JOIN screening_tube t ON t.village_id = g.village_id AND t.round_id = g.round_id
WHERE t.result = 'positive' AND t.pool > 1
"""


def pools(rounds: Sequence[Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
    """The positive pools of these rounds."""
    return [{"village_id": village, "round_id": of, "code": code} for village, of, code in execute(_POOLS, rounds)]


def follow(tubes: Sequence[Mapping[str, object]], at: datetime) -> None:
    """Tell of these tubes as they stand.

    Two phones that re-test members of one pool at the same moment may each see the other's as still owed; the re-tests'
    results, which are taken in alone, tell it again.
    """
    rows = execute(_TUBES, tubes) if tubes else []
    people: dict[UUID, list[tuple[str, int, int]]] = {}
    if any(positive for _village, positive, *_rest in rows):
        for tube, area_path, count, owed in execute(_PEOPLE, tubes):
            people.setdefault(tube, []).append((area_path, count, owed))
    for village_id in dict.fromkeys(row[0] for row in rows):
        here = [row for row in rows if row[0] == village_id]
        positive = [_positive(row[2:], people.get(row[2], ())) for row in here if row[1]]
        others = tuple(row[2] for row in here if not row[1])
        publish(ResultsDecided(village_id, tuple(positive), others, at))


def _positive(row: Sequence[Any], people: Sequence[tuple[str, int, int]]) -> PositiveTube:
    tube_id, code, round_id, area_path, single, result_at, held_until = row
    return PositiveTube(tube_id, code, round_id, area_path, single, result_at, held_until, tuple(people))


@dataclass(frozen=True)
class Retested:
    """A member of a positive pool with their single re-test.

    Attributes:
        tube: '' while they were not tested again.
        result: '' while there is none.
    """

    person_id: UUID
    tube: str
    sampled_at: datetime | None
    result: str
    result_at: datetime | None


_RETESTED = f"""
SELECT m.person_id, coalesce(own.code, ''), own.at, coalesce(own.result, ''), own.result_at
FROM (SELECT DISTINCT s.person_id FROM screening_sample s WHERE s.village_id = %(village)s AND s.round_id = %(round)s
    AND s.tube = %(tube)s AND s.fit IN ({Fit.OK:d}, {Fit.OVER_POOL:d}) AND NOT s.retest) m
LEFT JOIN LATERAL (
  SELECT t.code, s.corrected_at AS at, t.result, t.result_at FROM screening_sample s
    JOIN screening_tube t ON t.village_id = s.village_id AND t.round_id = s.round_id AND t.code = s.tube AND t.pool = 1
  WHERE s.village_id = %(village)s AND s.round_id = %(round)s AND s.person_id = m.person_id AND s.retest
    AND s.fit = {Fit.OK:d} ORDER BY s.at, s.id LIMIT 1) own ON true
ORDER BY own.at NULLS LAST, m.person_id
"""


def retested(village_id: UUID, round_id: UUID, tube: str) -> Sequence[Retested]:
    """The members of a pool, those who were tested again first."""
    with connection.cursor() as cursor:
        cursor.execute(_RETESTED, {"village": village_id, "round": round_id, "tube": tube})
        return [Retested(*row) for row in cursor.fetchall()]
