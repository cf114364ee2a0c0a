"""Deciding a round again from all its records, set by set.

Order of locks, the same for every writer: tubes by (village, round, code), entries by id, leaf counts by id, the
village's change token. A lock is taken before what it guards is read, so that whoever comes last sees everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import deciding as entries
from wuyicun.domains.rolls.deciding import Debtor, Settlement, execute
from wuyicun.domains.screening import retests
from wuyicun.domains.screening.rules import DUPLICATE, FLAGS, Fit
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Row


@dataclass(frozen=True, slots=True, order=True)
class TubeKey:
    """A tube by its village, round and code."""

    village_id: UUID
    round_id: UUID
    code: str


@dataclass(slots=True)
class Voided:
    """What voids took back: tubes to decide again, statements, and the rounds concerned."""

    tubes: dict[TubeKey, bool] = field(default_factory=dict)
    statements: list[tuple[UUID, UUID]] = field(default_factory=list)
    rounds: set[tuple[UUID, UUID]] = field(default_factory=set)


_ADD_SAMPLES = f"""
INSERT INTO screening_sample (id, village_id, round_id, tube, person_id, station_id, retest, device, at, corrected_at, by,
  voided, fit)
SELECT r.id, r.village_id, r.round_id, r.tube, r.person_id, r.station_id, r.retest, r.device, r.at, r.corrected_at, r.by,
  EXISTS (SELECT 1 FROM screening_void v WHERE v.village_id = r.village_id AND v.record_id = r.id), {Fit.NO_TUBE:d}
FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, round_id uuid, tube text, person_id uuid, station_id uuid,
  retest boolean, device uuid, at timestamptz, corrected_at timestamptz, by uuid)
ON CONFLICT (id) DO NOTHING
"""

_ADD_TUBE_RECORDS = """
INSERT INTO screening_tuberecord (id, village_id, record_id, round_id, tube, kind, device, at, corrected_at, by, data, voided)
SELECT r.id, r.village_id, r.record_id, r.round_id, r.tube, r.kind, r.device, r.at, r.corrected_at, r.by, r.data,
  EXISTS (SELECT 1 FROM screening_void v WHERE v.village_id = r.village_id AND v.record_id = r.record_id)
FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, record_id uuid, round_id uuid, tube text, kind text,
  device uuid, at timestamptz, corrected_at timestamptz, by uuid, data jsonb)
ON CONFLICT (village_id, record_id, tube) DO NOTHING
"""

_ADD_VOIDS = """
INSERT INTO screening_void (id, village_id, record_id, reason, at, by)
SELECT * FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, record_id uuid, reason text, at timestamptz, by uuid)
ON CONFLICT (id) DO NOTHING
"""

_GIVEN_VOIDS = "given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, record_id uuid))"

_VOID_SAMPLES = f"""
WITH {_GIVEN_VOIDS}
UPDATE screening_sample s SET voided = true FROM given g
WHERE s.village_id = g.village_id AND s.id = g.record_id AND NOT s.voided RETURNING s.village_id, s.round_id, s.tube
"""

_VOID_TUBE_RECORDS = f"""
WITH {_GIVEN_VOIDS}
UPDATE screening_tuberecord t SET voided = true FROM given g
WHERE t.village_id = g.village_id AND t.record_id = g.record_id AND NOT t.voided RETURNING t.village_id, t.round_id, t.tube
"""

_ROUNDS_OF_STATEMENTS = f"""
WITH {_GIVEN_VOIDS}
SELECT r.village_id, r.id FROM given g
  JOIN rolls_statementrow s ON s.village_id = g.village_id AND s.id = g.record_id
  JOIN screening_round r ON r.village_id = s.village_id AND r.roll_id = s.roll_id
"""


def add_samples(swabs: Sequence[Mapping[str, object]]) -> None:
    """Store swabs; one that was voided before it arrived is stored as voided."""
    if swabs:
        execute(_ADD_SAMPLES, swabs)


def add_tube_records(told: Sequence[Mapping[str, object]]) -> None:
    """Store what records say of tubes, a row for each tube."""
    if told:
        execute(_ADD_TUBE_RECORDS, told)


def add_voids(rows: Sequence[Row]) -> Voided:
    """Store voids and mark what they name, as far as it has arrived."""
    voided = Voided()
    if not rows:
        return voided
    execute(
        _ADD_VOIDS,
        [
            {
                "id": r.id,
                "village_id": r.village_id,
                "record_id": r.data.record,
                "reason": r.data.reason,
                "at": r.at,
                "by": r.by,
            }
            for r in rows
        ],
    )
    named = [{"village_id": row.village_id, "record_id": row.data.record} for row in rows]
    for village, round_id, tube in execute(_VOID_SAMPLES, named):
        voided.tubes.setdefault(TubeKey(village, round_id, tube), False)
    for village, round_id, tube in execute(_VOID_TUBE_RECORDS, named):
        voided.tubes[TubeKey(village, round_id, tube)] = True
    voided.statements = [(row.village_id, row.data.record) for row in rows]
    voided.rounds = {(key.village_id, key.round_id) for key in voided.tubes}
    voided.rounds.update(execute(_ROUNDS_OF_STATEMENTS, named))
    return voided


_VOIDED = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, record_id uuid))
SELECT v.record_id FROM screening_void v JOIN given g ON g.village_id = v.village_id AND g.record_id = v.record_id
"""


def voided_before(rows: Sequence[Row]) -> set[UUID]:
    """Those of the records that a void named before they arrived (or in the same batch)."""
    given = [{"village_id": row.village_id, "record_id": row.id} for row in rows]
    return {row[0] for row in execute(_VOIDED, given)} if given else set()


_GIVEN = (
    "given AS (SELECT * FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, round_id uuid, code text))"
)

_EXPECT = f"""
WITH {_GIVEN}
INSERT INTO screening_tube (id, village_id, round_id, code, state, pool, swabs, short_reason, handed_by, carried_by, result)
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
  closed_at = c.corrected_at, closed_count = (c.data ->> 'count')::int, short_reason = coalesce(c.data ->> 'reason', ''),
  handed_at = h.corrected_at, handed_by = coalesce(h.data ->> 'giver', ''), carried_by = coalesce(h.data ->> 'receiver', ''),
  received_at = v.corrected_at, result = coalesce(s.result, ''), result_at = s.result_at,
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

# Swabs from the owner rank by (at, id), duplicates taking their places, voided ones not.
_RANK = f"""
WITH {_GIVEN},
ranked AS (
  SELECT s.id, s.village_id, s.fit AS old_fit, CASE
    WHEN s.voided THEN {Fit.VOIDED:d}
    WHEN t.device IS NULL THEN {Fit.NO_TUBE:d}
    WHEN t.device <> s.device THEN {Fit.FOREIGN_DEVICE:d}
    WHEN row_number() OVER (PARTITION BY t.id, s.voided, t.device = s.device ORDER BY s.at, s.id) > t.pool THEN {Fit.OVER_POOL:d}
    WHEN t.state IN ('void', 'lost') THEN {Fit.TUBE_ENDED:d}
    ELSE {Fit.OK:d} END AS fit
  FROM given g JOIN screening_tube t USING (village_id, round_id, code)
    JOIN screening_sample s ON s.village_id = g.village_id AND s.round_id = g.round_id AND s.tube = g.code)
UPDATE screening_sample s SET fit = ranked.fit FROM ranked
WHERE s.village_id = ranked.village_id AND s.id = ranked.id AND ranked.fit <> ranked.old_fit
"""

_TALLY = f"""
WITH {_GIVEN},
tally AS (
  SELECT t.id, t.village_id, count(s.id) AS swabs, min(s.corrected_at) AS first_swab_at
  FROM given g JOIN screening_tube t USING (village_id, round_id, code)
    LEFT JOIN screening_sample s ON s.village_id = g.village_id AND s.round_id = g.round_id AND s.tube = g.code
      AND NOT s.voided AND s.device = t.device
  GROUP BY t.id, t.village_id)
UPDATE screening_tube t SET swabs = tally.swabs, first_swab_at = tally.first_swab_at FROM tally
WHERE t.village_id = tally.village_id AND t.id = tally.id
  AND (t.swabs, t.first_swab_at) IS DISTINCT FROM (tally.swabs, tally.first_swab_at)
"""

_CONCERNED = f"""
WITH {_GIVEN}
SELECT DISTINCT s.village_id, s.round_id, r.roll_id, s.person_id
FROM given g JOIN screening_sample s ON s.village_id = g.village_id AND s.round_id = g.round_id AND s.tube = g.code
  JOIN screening_round r ON r.village_id = s.village_id AND r.id = s.round_id
"""

_LIVE = f"""
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, round_id uuid, roll_id uuid, person_id uuid))
SELECT g.village_id, g.roll_id, g.person_id, live.id
FROM given g LEFT JOIN LATERAL (
  SELECT s.id FROM screening_sample s WHERE s.village_id = g.village_id AND s.person_id = g.person_id
    AND s.round_id = g.round_id AND s.fit = {Fit.OK:d} AND NOT s.retest ORDER BY s.at, s.id LIMIT 1) live ON true
"""


def decide(tubes: Mapping[TubeKey, bool], at: datetime, also: Sequence[Debtor] = ()) -> None:
    """Decide tubes, their swabs, and whose entries they settle.

    Args:
        tubes: the tubes something came for, and whether that was more than a swab.
        at: the server's time.
        also: whose entries the caller decides afterwards in the same transaction; locked here with the others.
    """
    if not tubes:
        if also:
            entries.lock_with_counts(also)
        return
    rows = [
        {"id": uuid7(), "village_id": key.village_id, "round_id": key.round_id, "code": key.code}
        for key in sorted(tubes)
    ]
    told = [row for row, key in zip(rows, sorted(tubes), strict=True) if tubes[key]]
    execute(_EXPECT, rows)
    answered = any(result for (result,) in execute(_LOCK, rows))
    if told:
        answered = any(result for (result,) in execute(_DERIVE, told)) or answered
    execute(_RANK, rows)
    execute(_TALLY, rows)
    _settle(rows, at, also)
    if answered:
        retests.decide(rows, at)


def _settle(rows: Sequence[Mapping[str, object]], at: datetime, also: Sequence[Debtor]) -> None:
    concerned = [
        {"village_id": village, "round_id": round_id, "roll_id": roll, "person_id": person}
        for village, round_id, roll, person in execute(_CONCERNED, rows)
    ]
    if concerned:
        join_strangers(concerned, at)
    debtors = [Debtor(row["village_id"], row["roll_id"], row["person_id"]) for row in concerned]
    if also:
        entries.lock_with_counts([*debtors, *also])
    elif debtors:
        entries.lock(debtors)
    if not debtors:
        return
    entries.settle([Settlement(*row) for row in execute(_LIVE, concerned)], at)
    retests.settle(concerned, at)


_STRANGERS = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, round_id uuid, roll_id uuid, person_id uuid))
SELECT g.village_id, g.roll_id, g.person_id, p.area_id, p.area_path
FROM given g JOIN registry_person p ON p.village_id = g.village_id AND p.id = g.person_id
WHERE NOT EXISTS (SELECT 1 FROM rolls_entry e WHERE e.village_id = g.village_id AND e.roll_id = g.roll_id
  AND e.subject_id = g.person_id)
"""


def join_strangers(concerned: Iterable[Mapping[str, object]], at: datetime) -> None:
    """Who is sampled and stands on no roll (came later, or lives outside the round's area) joins it."""
    by_roll: dict[tuple[UUID, UUID], list[rolls.Subject]] = {}
    for village, roll, person, area, area_path in execute(_STRANGERS, concerned):
        by_roll.setdefault((village, roll), []).append(rolls.Subject(person, area, area_path))
    for (village, roll), subjects in sorted(by_roll.items()):
        rolls.join(village_id=village, roll_id=roll, subjects=subjects, at=at)


_FLAGS = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, id uuid))
SELECT s.id, s.fit, s.retest, e.settled_by IS NOT DISTINCT FROM s.id
FROM given g JOIN screening_sample s USING (village_id, id)
  JOIN screening_round r ON r.village_id = s.village_id AND r.id = s.round_id
  LEFT JOIN rolls_entry e ON e.village_id = s.village_id AND e.roll_id = r.roll_id AND e.subject_id = s.person_id
"""


def flags_of(samples: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[str] | None]:
    """Why swabs do not count, by record id: flags, or None while their tube was not opened.

    Args:
        samples: pairs of village and record id.
    """
    given = [{"village_id": village, "id": record} for village, record in samples]
    found: dict[UUID, list[str] | None] = {}
    for record, fit, retest, live in execute(_FLAGS, given) if given else []:
        if fit == Fit.NO_TUBE:
            found[record] = None
        elif fit in FLAGS:
            found[record] = [FLAGS[Fit(fit)]]
        elif fit == Fit.OK and not live and not retest:
            found[record] = [DUPLICATE]
    return found


_AFTER_CLOSING = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, record uuid, at timestamptz)),
named AS (
  SELECT g.id, g.at, s.village_id, s.round_id FROM given g JOIN screening_sample s ON s.village_id = g.village_id AND s.id = g.record
  UNION ALL
  SELECT g.id, g.at, t.village_id, t.round_id FROM given g
    JOIN screening_tuberecord t ON t.village_id = g.village_id AND t.record_id = g.record
  UNION ALL
  SELECT g.id, g.at, r.village_id, r.id FROM given g
    JOIN rolls_statementrow s ON s.village_id = g.village_id AND s.id = g.record
    JOIN screening_round r ON r.village_id = s.village_id AND r.roll_id = s.roll_id)
SELECT n.id FROM named n JOIN screening_round r ON r.village_id = n.village_id AND r.id = n.round_id
WHERE r.closed_at < n.at
"""


def voids_after_closing(rows: Sequence[Row]) -> set[UUID]:
    """The voids that were made after the round of what they name was closed."""
    given = [
        {"id": row.id, "village_id": row.village_id, "record": row.data.record, "at": row.corrected_at} for row in rows
    ]
    return {row[0] for row in execute(_AFTER_CLOSING, given)} if given else set()
