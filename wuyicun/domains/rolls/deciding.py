"""Deciding entries again from all that is there, set by set, and keeping the leaf counts in step.

Every statement takes its rows as one JSON parameter. Entries are locked in the order of roll and subject, as
`rolls_settle_owed` does, then leaf counts in the order of their ids: writers cannot block each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wuyicun.domains.rolls.rules import State
from wuyicun.kernel.database import statements


@dataclass(frozen=True, slots=True)
class Debtor:
    """A subject of a roll."""

    village_id: UUID
    roll_id: UUID
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class Settlement:
    """Which record settles a subject's entry; None: none does (any more)."""

    village_id: UUID
    roll_id: UUID
    subject_id: UUID
    settled_by: UUID | None


def execute(sql: str, rows: Iterable[object], *parameters: object) -> list[tuple[Any, ...]]:
    """Run a statement over rows given as JSON (first parameter) and return what it returns."""
    return statements.execute(sql, statements.rows(rows), *parameters)


_GIVEN = """given AS (SELECT DISTINCT village_id, roll_id, subject_id
  FROM json_to_recordset(%s::json) AS r (village_id uuid, roll_id uuid, subject_id uuid))"""

_LOCK = f"""
WITH {_GIVEN}
SELECT e.id FROM rolls_entry e JOIN given g USING (village_id, roll_id, subject_id)
ORDER BY e.roll_id, e.subject_id FOR UPDATE OF e
"""

# The delta of the counts comes from the rows that the same statement changes: nothing is counted twice.
_COUNT = f"""
delta AS (
  SELECT village_id, roll_id, area_id,
    sum((new_state = {State.OWED:d})::int - (old_state = {State.OWED:d})::int) AS owed,
    sum((new_state = {State.DONE:d})::int - (old_state = {State.DONE:d})::int) AS done,
    sum((new_state = {State.EXCUSED:d})::int - (old_state = {State.EXCUSED:d})::int) AS excused,
    sum((new_state = {State.UNREACHABLE:d})::int - (old_state = {State.UNREACHABLE:d})::int) AS unreachable,
    sum((new_state = {State.REFUSED:d})::int - (old_state = {State.REFUSED:d})::int) AS refused
  FROM changed WHERE new_state <> old_state GROUP BY village_id, roll_id, area_id),
leaf AS (
  SELECT c.id, d.owed, d.done, d.excused, d.unreachable, d.refused
  FROM delta d JOIN rolls_leafcount c USING (village_id, roll_id, area_id) ORDER BY c.id FOR UPDATE OF c),
counted AS (
  UPDATE rolls_leafcount c SET owed = c.owed + l.owed, done = c.done + l.done, excused = c.excused + l.excused,
    unreachable = c.unreachable + l.unreachable, refused = c.refused + l.refused
  FROM leaf l WHERE c.id = l.id)"""

# An excuse holds until its end, or until the closing: what comes in later is decided as of then.
_HOLDS = "{until} IS NULL OR {until} > least(%s, r.closed_at)"
_AWAY = f"e.base_state = {State.EXCUSED:d} AND ({_HOLDS.format(until='e.base_until')})"
_ROLL = "JOIN rolls_roll r ON r.village_id = g.village_id AND r.id = g.roll_id"
_SAID = """FROM rolls_statementrow s
    WHERE s.village_id = g.village_id AND s.roll_id = g.roll_id AND s.subject_id = g.subject_id AND NOT s.voided"""

_RESTATE = f"""
WITH {_GIVEN},
wanted AS (
  SELECT e.id, e.state AS old_state,
    CASE said.statement WHEN 'excuse' THEN {State.EXCUSED:d} WHEN 'unreachable' THEN {State.UNREACHABLE:d}
      WHEN 'refused' THEN {State.REFUSED:d} END AS said_state,
    said.id AS said_by, said.reason, said.until, tried.attempts,
    ({_AWAY}) AS away, e.base_reason, e.base_until, e.settled_by
  FROM given g JOIN rolls_entry e USING (village_id, roll_id, subject_id) {_ROLL}
  LEFT JOIN LATERAL (
    SELECT s.id, s.statement, s.reason, s.until {_SAID} AND ({_HOLDS.format(until="s.until")})
    ORDER BY s.at DESC, s.id DESC LIMIT 1) said ON true
  CROSS JOIN LATERAL (SELECT count(*) AS attempts {_SAID} AND s.statement <> 'excuse') tried),
changed AS (
  UPDATE rolls_entry e SET said_state = w.said_state, said_by = w.said_by, attempts = w.attempts, changed_at = %s,
    reason = coalesce(w.reason, CASE WHEN w.away THEN w.base_reason ELSE '' END),
    until = CASE WHEN w.said_by IS NOT NULL THEN w.until WHEN w.away THEN w.base_until END,
    state = CASE WHEN w.settled_by IS NOT NULL THEN {State.DONE:d} WHEN w.said_state IS NOT NULL THEN w.said_state
      WHEN w.away THEN {State.EXCUSED:d} ELSE {State.OWED:d} END
  FROM wanted w WHERE e.id = w.id
  RETURNING e.village_id, e.roll_id, e.area_id, e.subject_id, w.old_state, e.state AS new_state),
{_COUNT.lstrip()}
SELECT subject_id FROM changed
"""

_SETTLE = f"""
WITH given AS (SELECT village_id, roll_id, subject_id, settled_by FROM json_to_recordset(%s)
  AS r (village_id uuid, roll_id uuid, subject_id uuid, settled_by uuid)),
wanted AS (
  SELECT e.id, e.state AS old_state, g.settled_by, ({_AWAY}) AS away
  FROM given g JOIN rolls_entry e USING (village_id, roll_id, subject_id) {_ROLL}
  WHERE e.settled_by IS DISTINCT FROM g.settled_by),
changed AS (
  UPDATE rolls_entry e SET settled_by = w.settled_by, changed_at = %s,
    state = CASE WHEN w.settled_by IS NOT NULL THEN {State.DONE:d} WHEN e.said_state IS NOT NULL THEN e.said_state
      WHEN w.away THEN {State.EXCUSED:d} ELSE {State.OWED:d} END
  FROM wanted w WHERE e.id = w.id
  RETURNING e.village_id, e.roll_id, e.area_id, e.subject_id, w.old_state, e.state AS new_state),
{_COUNT.lstrip()}
SELECT subject_id FROM changed
"""


def lock(debtors: Iterable[Debtor]) -> None:
    """Lock the entries, in order; what is decided after this sees all that others have committed."""
    execute(_LOCK, debtors)


def settle(settlements: Iterable[Settlement], at: datetime) -> int:
    """Say which record settles each entry; returns how many entries changed. The entries are locked by the caller."""
    return len(execute(_SETTLE, settlements, at, at))


def restate(debtors: Iterable[Debtor], at: datetime) -> int:
    """Decide again what is said of the entries; returns how many were looked at. Locks them first."""
    rows = list(debtors)
    lock(rows)
    return len(execute(_RESTATE, rows, at, at, at))
