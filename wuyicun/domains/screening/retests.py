"""Positive pools: every member is held and owes a single re-test, on a roll of its own below the round's.

All of it is decided again from the tubes and swabs that are there: who is a member, which re-test settles, until when
somebody is held, and what others see of it (`standing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import deciding as entries
from wuyicun.domains.rolls import queries as roll_queries
from wuyicun.domains.rolls.actions import Base
from wuyicun.domains.rolls.deciding import Settlement, execute
from wuyicun.domains.rolls.rules import SubjectKind
from wuyicun.domains.screening import positives
from wuyicun.domains.screening.rules import RETEST_KIND, Fit
from wuyicun.domains.standing import actions as standing
from wuyicun.domains.standing.actions import Known

_IN_TUBE = f"({Fit.OK:d}, {Fit.OVER_POOL:d})"  # swabs that are physically in the owner's tube

_ROUNDS = """
WITH given AS (SELECT DISTINCT village_id, round_id FROM json_to_recordset(%s) AS r (village_id uuid, round_id uuid))
SELECT g.village_id, g.round_id, r.roll_id, r.area_path,
  EXISTS (SELECT 1 FROM screening_tube t WHERE t.village_id = g.village_id AND t.round_id = g.round_id
    AND t.result = 'positive' AND t.pool > 1 AND t.state NOT IN ('void', 'lost'))
FROM given g JOIN screening_round r ON r.village_id = g.village_id AND r.id = g.round_id ORDER BY g.round_id
"""

_MEMBERS = f"""
SELECT DISTINCT s.person_id, p.area_id, p.area_path
FROM screening_tube t
  JOIN screening_sample s ON s.village_id = t.village_id AND s.round_id = t.round_id AND s.tube = t.code
  JOIN registry_person p ON p.village_id = s.village_id AND p.id = s.person_id
WHERE t.village_id = %s AND t.round_id = %s AND t.result = 'positive' AND t.pool > 1 AND t.state NOT IN ('void', 'lost')
  AND s.fit IN {_IN_TUBE} AND NOT s.retest
"""


def decide(tubes: Sequence[Mapping[str, object]], at: datetime) -> None:
    """Decide who owes a re-test in the rounds of these tubes, and tell `standing` about the people in them."""
    people: set[tuple[UUID, UUID]] = set()
    for village, round_id, roll_id, area_path, any_positive in execute(_ROUNDS, tubes):
        child = roll_queries.child(village, roll_id, RETEST_KIND)
        if child is None and not any_positive:
            continue
        members = {row[0]: rolls.Subject(row[0], row[1], row[2]) for row in _query(_MEMBERS, village, round_id)}
        if child is None:
            child = rolls.open_roll(
                village_id=village,
                kind=RETEST_KIND,
                subject_kind=SubjectKind.PERSON,
                area_path=area_path,
                subjects=members.values(),
                due_at=None,
                parent_id=roll_id,
                at=at,
            )
        rolls.join(village_id=village, roll_id=child.pk, subjects=members.values(), at=at)
        standing_entries = roll_queries.entries(village, child.pk)
        rolls.rebase(
            [
                Base(village, child.pk, entry.subject_id, "" if entry.subject_id in members else "withdrawn")
                for entry in standing_entries
                if (entry.base_reason == "") != (entry.subject_id in members)
            ],
            at,
        )
        _settle(
            [
                {"village_id": village, "round_id": round_id, "roll_id": roll_id, "person_id": entry.subject_id}
                for entry in standing_entries
            ],
            at,
        )
        people.update((village, entry.subject_id) for entry in standing_entries)
    people.update(execute(_PEOPLE_OF_TUBES, tubes))
    tell(people, at)
    positives.follow(tubes, at)


_PEOPLE_OF_TUBES = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, round_id uuid, code text))
SELECT DISTINCT s.village_id, s.person_id FROM given g
  JOIN screening_sample s ON s.village_id = g.village_id AND s.round_id = g.round_id AND s.tube = g.code
"""

_LIVE_RETEST = f"""
WITH given AS (SELECT * FROM json_to_recordset(%s)
  AS r (village_id uuid, round_id uuid, roll_id uuid, person_id uuid))
SELECT g.village_id, c.id, g.person_id, live.id
FROM given g JOIN rolls_roll c ON c.village_id = g.village_id AND c.parent_id = g.roll_id AND c.kind = '{RETEST_KIND}'
  LEFT JOIN LATERAL (
    SELECT s.id FROM screening_sample s JOIN screening_tube t ON t.village_id = s.village_id AND t.round_id = s.round_id
      AND t.code = s.tube AND t.pool = 1
    WHERE s.village_id = g.village_id AND s.person_id = g.person_id AND s.round_id = g.round_id
      AND s.fit = {Fit.OK:d} AND s.retest ORDER BY s.at, s.id LIMIT 1) live ON true
"""


def settle(concerned: Sequence[Mapping[str, object]], at: datetime) -> None:
    """Decide which single swab settles the re-tests of these people, where they owe one, and tell of their pools."""
    if _settle(concerned, at):
        positives.follow(positives.pools(concerned), at)


def _settle(concerned: Sequence[Mapping[str, object]], at: datetime) -> bool:
    settlements = [Settlement(*row) for row in execute(_LIVE_RETEST, concerned)] if concerned else []
    if settlements:
        entries.lock(entries.Debtor(each.village_id, each.roll_id, each.subject_id) for each in settlements)
        entries.settle(settlements, at)
    return bool(settlements)


_POSITIVE_POOL = "t.result = 'positive' AND t.pool > 1 AND NOT s.retest"
_OWN_NEGATIVE = f"s.retest AND t.pool = 1 AND t.result = 'negative' AND s.fit = {Fit.OK:d}"
_SWABS = f"""
  FROM screening_sample s
    JOIN screening_tube t ON t.village_id = s.village_id AND t.round_id = s.round_id AND t.code = s.tube
    JOIN screening_round r ON r.village_id = s.village_id AND r.id = s.round_id
  WHERE s.village_id = g.village_id AND s.fit IN {_IN_TUBE}
    AND s.person_id = ANY (ARRAY(SELECT g.person_id UNION ALL SELECT m.id FROM registry_person m
      WHERE m.village_id = g.village_id AND m.merged_into_id = g.person_id))
    AND t.state NOT IN ('void', 'lost')
"""

# Of each person: the last negative swab, and the hold that lasts longest (until the pool's span is over, or their own
# negative re-test came).
_KNOWN = f"""
WITH given AS (SELECT * FROM json_to_recordset(%s) AS r (village_id uuid, person_id uuid))
SELECT g.person_id, g.village_id, n.at, h.since, h.until, coalesce('round:' || h.number, '')
FROM given g
  CROSS JOIN LATERAL (
    SELECT max(s.corrected_at) AS at {_SWABS} AND t.result = 'negative' AND s.fit = {Fit.OK:d}) n
  LEFT JOIN LATERAL (
    SELECT r.number, min(t.result_at) FILTER (WHERE {_POSITIVE_POOL}) AS since,
      least(min(t.result_at) FILTER (WHERE {_POSITIVE_POOL}) + make_interval(hours => max(r.hold_hours)),
        min(t.result_at) FILTER (WHERE {_OWN_NEGATIVE})) AS until
    {_SWABS} GROUP BY r.id, r.number HAVING bool_or({_POSITIVE_POOL}) ORDER BY until DESC LIMIT 1) h ON true
ORDER BY g.person_id
"""


def tell(people: set[tuple[UUID, UUID]], at: datetime) -> None:
    """Tell `standing` what is known of (village, person): their swabs and those of who was merged into them."""
    given = [{"village_id": village, "person_id": person} for village, person in sorted(people)]
    standing.know([Known(*row) for row in execute(_KNOWN, given)] if given else [], at)


def _query(sql: str, village_id: UUID, round_id: UUID) -> list[tuple[UUID, UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [village_id, round_id])
        rows: list[tuple[UUID, UUID, str]] = cursor.fetchall()
        return rows
