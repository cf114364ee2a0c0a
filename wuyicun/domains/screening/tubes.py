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
told AS (SELECT r.*, g.code FROM screening_tuberecord r JOIN given g ON r.village_id = g.village_id
  AND r.round_id = g.round_id AND r.tube = g.code WHERE NOT r.voided),
opened AS (SELECT DISTINCT ON (village_id, round_id, code) village_id, round_id, code, device, at, data FROM told
  WHERE kind = 'tube.open' ORDER BY village_id, round_id, code, at, record_id),
closed AS (SELECT DISTINCT ON (village_id, round_id, code) village_id, round_id, code, corrected_at, data FROM told
  WHERE kind = 'tube.close' ORDER BY village_id, round_id, code, at DESC, record_id DESC),
ended AS (SELECT DISTINCT ON (village_id, round_id, code) village_id, round_id, code, data FROM told
  WHERE kind = 'tube.end' ORDER BY village_id, round_id, code, at DESC, record_id DESC),
handed AS (SELECT DISTINCT ON (village_id, round_id, code) village_id, round_id, code, corrected_at, data FROM told
  WHERE kind = 'tube.handover' ORDER BY village_id, round_id, code, at, record_id),
received AS (SELECT DISTINCT ON (village_id, round_id, code) village_id, round_id, code, corrected_at FROM told
  WHERE kind = 'tube.receipt' ORDER BY village_id, round_id, code, at, record_id),
result AS (SELECT village_id, round_id, code, min(corrected_at) AS result_at,
    CASE WHEN count(DISTINCT data ->> 'result') = 1 THEN min(data ->> 'result') ELSE 'disputed' END AS result
  FROM told WHERE kind = 'tube.result' GROUP BY village_id, round_id, code)
UPDATE screening_tube t SET
  device = o.device, opened_at = o.at, station_id = (o.data ->> 'station')::uuid,
  pool = least(coalesce((o.data ->> 'pool')::int, 0), r.pool_size),
  closed_at = c.corrected_at, closed_count = (c.data ->> 'count')::int,
  short_reason = coalesce(c.data ->> 'reason', ''),
  handed_at = h.corrected_at, handed_by = coalesce(h.data ->> 'giver', ''),
  carried_by = coalesce(h.data ->> 'receiver', ''), received_at = v.corrected_at,
  result = coalesce(s.result, ''), result_at = s.result_at,
  state = CASE WHEN e.data IS NOT NULL THEN e.data ->> 'state' WHEN s.result IN ('negative', 'positive') THEN 'done'
    WHEN v.corrected_at IS NOT NULL THEN 'received' WHEN h.corrected_at IS NOT NULL THEN 'handed'
    WHEN c.corrected_at IS NOT NULL THEN 'closed' WHEN o.device IS NOT NULL THEN 'open' ELSE 'expected' END
FROM given g
  LEFT JOIN opened o USING (village_id, round_id, code) LEFT JOIN closed c USING (village_id, round_id, code)
  LEFT JOIN ended e USING (village_id, round_id, code) LEFT JOIN handed h USING (village_id, round_id, code)
  LEFT JOIN received v USING (village_id, round_id, code) LEFT JOIN result s USING (village_id, round_id, code)
  JOIN screening_round r ON r.village_id = g.village_id AND r.id = g.round_id
WHERE t.village_id = g.village_id AND t.round_id = g.round_id AND t.code = g.code
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
    execute(_EXPECT, rows)
    answered = any(result for (result,) in execute(_LOCK, rows))
    told = [_columns(key) for key, more in tubes.items() if more]
    if told:
        answered = any(result for (result,) in execute(_DERIVE, told)) or answered
    return answered


def _columns(key: TubeKey) -> Mapping[str, object]:
    return {"id": uuid7(), "village_id": key.village_id, "round_id": key.round_id, "code": key.code}


_ANSWERED = f"""
WITH {_GIVEN}
SELECT DISTINCT t.village_id FROM screening_tube t JOIN given USING (village_id, round_id, code) WHERE t.result <> ''
"""


def villages_with_results(tubes: Mapping[TubeKey, bool]) -> set[UUID]:
    """The villages in which one of these tubes has a result."""
    return {row[0] for row in execute(_ANSWERED, [key._asdict() for key in tubes])} if tubes else set()
