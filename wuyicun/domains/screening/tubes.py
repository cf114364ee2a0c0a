"""Tubes as their records tell them: expected, locked, derived again. Whoever holds a tube's lock decides its swabs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from wuyicun.domains.rolls.deciding import execute
from wuyicun.kernel.ids import uuid7


class TubeKey(NamedTuple):
    """A tube by its village, round and code."""

    village_id: UUID
    round_id: UUID
    code: str


_ADD_RECORDS = """
INSERT INTO screening_tuberecord
  (id, village_id, record_id, round_id, tube, kind, device, at, corrected_at, by, data, voided)
SELECT r.id, r.village_id, r.record_id, r.round_id, r.tube, r.kind, r.device, r.at, r.corrected_at, r.by, r.data,
  EXISTS (SELECT 1 FROM screening_void v WHERE v.village_id = r.village_id AND v.record_id = r.record_id)
FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, record_id uuid, round_id uuid, tube text, kind text,
  device uuid, at timestamptz, corrected_at timestamptz, by uuid, data jsonb)
ON CONFLICT (village_id, record_id, tube) DO NOTHING
"""


def add_records(told: Sequence[Mapping[str, object]]) -> None:
    """Store what records say of tubes, a row for each tube."""
    if told:
        execute(_ADD_RECORDS, told)


_GIVEN = "given AS (SELECT * FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, round_id uuid, code text))"

_EXPECT = f"""
WITH {_GIVEN}
INSERT INTO screening_tube
  (id, village_id, round_id, code, state, pool, swabs, short_reason, handed_by, carried_by, result)
SELECT id, village_id, round_id, code, 'expected', 0, 0, '', '', '', '' FROM given ORDER BY village_id, round_id, code
ON CONFLICT (village_id, round_id, code) DO NOTHING
"""

_LOCK = f"""
WITH {_GIVEN}
SELECT t.result FROM screening_tube t JOIN given USING (village_id, round_id, code)
ORDER BY t.village_id, t.round_id, t.code FOR UPDATE OF t
"""

# A tube's owner is the device of its lowest opening record; every other fact is the lowest or latest of its kind that
# was not taken back. Contradictory results leave it disputed.
_DERIVE = f"""
WITH {_GIVEN},
told AS (
  SELECT t.id, f.pool_size,
    (array_agg(r ORDER BY r.at, r.record_id) FILTER (WHERE r.kind = 'tube.open'))[1] AS opened,
    (array_agg(r ORDER BY r.at DESC, r.record_id DESC) FILTER (WHERE r.kind = 'tube.close'))[1] AS closed,
    (array_agg(r ORDER BY r.at DESC, r.record_id DESC) FILTER (WHERE r.kind = 'tube.end'))[1] AS ended,
    (array_agg(r ORDER BY r.at, r.record_id) FILTER (WHERE r.kind = 'tube.handover'))[1] AS handed,
    (array_agg(r ORDER BY r.at, r.record_id) FILTER (WHERE r.kind = 'tube.receipt'))[1] AS received,
    min(r.corrected_at) FILTER (WHERE r.kind = 'tube.result') AS result_at,
    array_agg(DISTINCT r.data ->> 'result') FILTER (WHERE r.kind = 'tube.result') AS results
  FROM given g JOIN screening_tube t USING (village_id, round_id, code)
    JOIN screening_round f ON f.village_id = g.village_id AND f.id = g.round_id
    LEFT JOIN screening_tuberecord r
      ON r.village_id = g.village_id AND r.round_id = g.round_id AND r.tube = g.code AND NOT r.voided
  GROUP BY t.id, f.pool_size),
facts AS (
  SELECT *, CASE WHEN results IS NULL THEN '' WHEN cardinality(results) = 1 THEN results[1] ELSE 'disputed' END
    AS result FROM told)
UPDATE screening_tube t SET
  device = (f.opened).device, opened_at = (f.opened).at, station_id = ((f.opened).data ->> 'station')::uuid,
  pool = least(coalesce(((f.opened).data ->> 'pool')::int, 0), f.pool_size),
  closed_at = (f.closed).corrected_at, closed_count = ((f.closed).data ->> 'count')::int,
  short_reason = coalesce((f.closed).data ->> 'reason', ''),
  handed_at = (f.handed).corrected_at, handed_by = coalesce((f.handed).data ->> 'giver', ''),
  carried_by = coalesce((f.handed).data ->> 'receiver', ''), received_at = (f.received).corrected_at,
  result = f.result, result_at = f.result_at,
  state = CASE WHEN (f.ended).id IS NOT NULL THEN (f.ended).data ->> 'state'
    WHEN f.result IN ('negative', 'positive') THEN 'done' WHEN (f.received).id IS NOT NULL THEN 'received'
    WHEN (f.handed).id IS NOT NULL THEN 'handed' WHEN (f.closed).id IS NOT NULL THEN 'closed'
    WHEN (f.opened).id IS NOT NULL THEN 'open' ELSE 'expected' END
FROM facts f WHERE t.id = f.id
RETURNING t.result
"""


def lock(tubes: Mapping[TubeKey, bool]) -> bool:
    """Lock tubes, which are made when nobody has heard of them yet, and derive again those of which something was told.

    Args:
        tubes: each with whether more than swabs came for it.

    Returns:
        Whether any of them has a result, or had one.
    """
    rows = [_columns(key) for key in tubes]
    results = execute(_LOCK, rows)
    if len(results) < len(rows):
        execute(_EXPECT, rows)
        results = execute(_LOCK, rows)
    answered = any(result for (result,) in results)
    told = [_columns(key) for key, more in tubes.items() if more]
    if told:
        answered = any(result for (result,) in execute(_DERIVE, told)) or answered
    return answered


def _columns(key: TubeKey) -> Mapping[str, object]:
    return {"id": uuid7(), "village_id": key.village_id, "round_id": key.round_id, "code": key.code}


_ANSWERED = f"""
WITH {_GIVEN}
SELECT DISTINCT g.village_id FROM given g
WHERE (SELECT t.result FROM screening_tube t
  WHERE t.village_id = g.village_id AND t.round_id = g.round_id AND t.code = g.code) <> ''
"""


def villages_with_results(tubes: Mapping[TubeKey, bool]) -> set[UUID]:
    """The villages in which one of these tubes has a result."""
    return {row[0] for row in execute(_ANSWERED, [key._asdict() for key in tubes])} if tubes else set()
