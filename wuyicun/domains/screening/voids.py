"""What voids take back in this room: swabs, what was told of tubes, and what was said at doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from wuyicun.domains.rolls.deciding import execute
from wuyicun.domains.screening.deciding import TubeKey
from wuyicun.kernel.records.kinds import Row


@dataclass(slots=True)
class Voided:
    """What voids took back: tubes to decide again, statements, and the rounds concerned."""

    tubes: dict[TubeKey, bool] = field(default_factory=dict)
    statements: list[tuple[UUID, UUID]] = field(default_factory=list)
    rounds: set[tuple[UUID, UUID]] = field(default_factory=set)


_GIVEN = "given AS (SELECT * FROM json_to_recordset(%s) AS r (village_id uuid, record_id uuid))"

_SAMPLES = f"""
WITH {_GIVEN}
UPDATE screening_sample s SET voided = true FROM given g
WHERE s.village_id = g.village_id AND s.id = g.record_id AND NOT s.voided RETURNING s.village_id, s.round_id, s.tube
"""

_TUBE_RECORDS = f"""
WITH {_GIVEN}
UPDATE screening_tuberecord t SET voided = true FROM given g
WHERE t.village_id = g.village_id AND t.record_id = g.record_id AND NOT t.voided
RETURNING t.village_id, t.round_id, t.tube
"""

_ROUNDS_OF_STATEMENTS = f"""
WITH {_GIVEN}
SELECT r.village_id, r.id FROM given g
  JOIN rolls_statementrow s ON s.village_id = g.village_id AND s.id = g.record_id
  JOIN screening_round r ON r.village_id = s.village_id AND r.roll_id = s.roll_id
"""


def mark(rows: Sequence[Row]) -> Voided:
    """Mark what voids name as taken back."""
    voided = Voided()
    if not rows:
        return voided
    named = [{"village_id": row.village_id, "record_id": row.data.record} for row in rows]
    for village, round_id, tube in execute(_SAMPLES, named):
        voided.tubes.setdefault(TubeKey(village, round_id, tube), False)
    for village, round_id, tube in execute(_TUBE_RECORDS, named):
        voided.tubes[TubeKey(village, round_id, tube)] = True
    voided.statements = [(row.village_id, row.data.record) for row in rows]
    voided.rounds = {(key.village_id, key.round_id) for key in voided.tubes}
    voided.rounds.update(execute(_ROUNDS_OF_STATEMENTS, named))
    return voided


_AFTER_CLOSING = """
WITH given AS (SELECT * FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, record uuid, at timestamptz)),
named AS (
  SELECT g.id, g.at, s.village_id, s.round_id
  FROM given g JOIN screening_sample s ON s.village_id = g.village_id AND s.id = g.record
  UNION ALL
  SELECT g.id, g.at, t.village_id, t.round_id
  FROM given g JOIN screening_tuberecord t ON t.village_id = g.village_id AND t.record_id = g.record
  UNION ALL
  SELECT g.id, g.at, r.village_id, r.id
  FROM given g JOIN rolls_statementrow s ON s.village_id = g.village_id AND s.id = g.record
    JOIN screening_round r ON r.village_id = s.village_id AND r.roll_id = s.roll_id)
SELECT n.id FROM named n JOIN screening_round r ON r.village_id = n.village_id AND r.id = n.round_id
WHERE r.closed_at < n.at
"""


def after_closing(rows: Sequence[Row]) -> set[UUID]:
    """The voids that were made after the round of what they name was closed."""
    given = [
        {"id": row.id, "village_id": row.village_id, "record": row.data.record, "at": row.corrected_at} for row in rows
    ]
    return {row[0] for row in execute(_AFTER_CLOSING, given)} if given else set()
