"""Deciding a round again from all its records, set by set.

Order of locks, the same for every writer: the turn in the village, tubes by (village, round, code), entries, leaf
counts by id, the village's change token. A lock is taken before what it guards is read, so that whoever comes last sees
everything; where a statement changes rows that it has not locked before, it names the state that they must be in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import deciding as entries
from wuyicun.domains.rolls.deciding import Debtor, Settlement, execute
from wuyicun.domains.screening import retests, tubes
from wuyicun.domains.screening.rules import DUPLICATE, Fit
from wuyicun.domains.screening.tubes import TubeKey
from wuyicun.kernel.database import statements


class Swab(msgspec.Struct, frozen=True):
    """A swab that has just come in; its id is the record's."""

    id: UUID
    village_id: UUID
    round_id: UUID
    roll_id: UUID
    tube: str
    person_id: UUID
    station_id: UUID
    retest: bool
    device: UUID
    at: datetime
    corrected_at: datetime
    by: UUID | None


class _Changed(NamedTuple):
    """A swab that does not simply settle its person's entry: it cannot count, is a re-test, or was decided anew."""

    id: UUID
    village_id: UUID
    round_id: UUID
    roll_id: UUID
    person_id: UUID
    retest: bool
    fit: int


# Swabs from the owner rank by (at, id), duplicates taking their places, voided ones not. New ones are ranked with those
# that are there and stored with what they are fit for; a void may have come before them.
_RANK = f"""
WITH swab AS (
  SELECT s.id, t.village_id, t.round_id, t.code AS tube, s.person_id, s.station_id, s.retest, s.device, s.at,
    s.corrected_at, s.by, s.voided, s.fit AS old_fit, t.id AS tube_id, t.pool, t.state, t.device AS owner
  FROM json_to_recordset(%s) AS r (village_id uuid, round_id uuid, code text)
    JOIN screening_tube t USING (village_id, round_id, code)
    JOIN screening_sample s ON s.village_id = t.village_id AND s.round_id = t.round_id AND s.tube = t.code
  UNION ALL
  SELECT r.id, t.village_id, t.round_id, t.code, r.person_id, r.station_id, r.retest, r.device, r.at, r.corrected_at,
    r.by, EXISTS (SELECT 1 FROM screening_void v WHERE v.village_id = r.village_id AND v.record_id = r.id), NULL,
    t.id, t.pool, t.state, t.device
  FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, round_id uuid, tube text, person_id uuid, station_id uuid,
      retest boolean, device uuid, at timestamptz, corrected_at timestamptz, by uuid)
    JOIN screening_tube t ON t.village_id = r.village_id AND t.round_id = r.round_id AND t.code = r.tube),
ranked AS (
  SELECT *, CASE
    WHEN voided THEN {Fit.VOIDED:d}
    WHEN owner IS NULL THEN {Fit.NO_TUBE:d}
    WHEN owner <> device THEN {Fit.FOREIGN_DEVICE:d}
    WHEN row_number() OVER (PARTITION BY tube_id, voided, owner = device ORDER BY at, id) > pool THEN {Fit.OVER_POOL:d}
    WHEN state IN ('void', 'lost') THEN {Fit.TUBE_ENDED:d}
    ELSE {Fit.OK:d} END AS fit
  FROM swab),
added AS (
  INSERT INTO screening_sample (id, village_id, round_id, tube, person_id, station_id, retest, device, at, corrected_at,
    by, voided, fit)
  SELECT id, village_id, round_id, tube, person_id, station_id, retest, device, at, corrected_at, by, voided, fit
  FROM ranked WHERE old_fit IS NULL),
moved AS (
  UPDATE screening_sample s SET fit = r.fit FROM ranked r
  WHERE r.fit <> r.old_fit AND s.id = r.id),
tally AS (
  SELECT tube_id, count(*) FILTER (WHERE owner = device AND NOT voided) AS swabs,
    min(corrected_at) FILTER (WHERE owner = device AND NOT voided) AS first_swab_at
  FROM ranked GROUP BY tube_id),
tallied AS (
  UPDATE screening_tube t SET swabs = y.swabs, first_swab_at = y.first_swab_at FROM tally y
  WHERE t.id = y.tube_id AND (t.swabs, t.first_swab_at) IS DISTINCT FROM (y.swabs, y.first_swab_at))
SELECT d.id, d.village_id, d.round_id, r.roll_id, d.person_id, d.retest, d.fit
FROM ranked d JOIN screening_round r ON r.village_id = d.village_id AND r.id = d.round_id
WHERE d.retest OR CASE WHEN old_fit IS NULL THEN fit <> {Fit.OK:d} ELSE (fit = {Fit.OK:d}) <> (old_fit = {Fit.OK:d}) END
"""


def decide(touched: Mapping[TubeKey, bool], swabs: Sequence[Swab], at: datetime) -> Mapping[UUID, Fit | str]:
    """Decide tubes, their swabs, and whose entries they settle; store the swabs that have just come in.

    Args:
        touched: the tubes something came for, and whether that was more than a swab.
        swabs: the new ones; their tubes are among these.
        at: the server's time.

    Returns:
        Those of the new swabs that do not simply count, by id: for what they are fit, or DUPLICATE.
    """
    if not touched:
        return {}
    answered = tubes.lock(touched)
    given = [{"village_id": key.village_id, "round_id": key.round_id, "code": key.code} for key in touched]
    changed = [_Changed(*row) for row in execute(_RANK, given, statements.rows(swabs))]
    late = _settle(swabs, changed, at)
    if answered:
        retests.decide(given, at)
    new = {swab.id for swab in swabs} if changed else set()
    notes: dict[UUID, Fit | str] = {each.id: Fit(each.fit) for each in changed if each.id in new and each.fit != Fit.OK}
    return notes | dict.fromkeys(_second(late), DUPLICATE)


def _settle(swabs: Sequence[Swab], changed: Sequence[_Changed], at: datetime) -> Sequence[Swab]:
    """Settle the entries concerned; return the swabs that may have come second."""
    anew = {(each.roll_id, each.person_id): each for each in changed}
    first: dict[tuple[UUID, UUID], Swab] = {}
    for swab in swabs:
        before = first.setdefault((swab.roll_id, swab.person_id), swab)
        if before is not swab and (swab.at, swab.id) < (before.at, before.id):
            first[swab.roll_id, swab.person_id] = swab
    plain = [
        Settlement(each.village_id, each.roll_id, each.person_id, each.id)
        for key, each in first.items()
        if key not in anew
    ]
    looked_at = [Settlement(each.village_id, each.roll_id, each.person_id, None) for each in anew.values()]
    left = set(entries.settle_owed([*plain, *looked_at], at)) if plain or looked_at else set()
    _settle_again([*changed, *(first[key] for key in left if key not in anew)], at)
    if not left and len(first) == len(swabs):
        return []
    set_apart = {each.id for each in changed}
    return [
        swab
        for swab in swabs
        if swab.id not in set_apart and ((key := (swab.roll_id, swab.person_id)) in left or first[key] is not swab)
    ]


_LIVE = f"""
WITH given AS (SELECT * FROM json_to_recordset(%s)
  AS r (village_id uuid, round_id uuid, roll_id uuid, person_id uuid))
SELECT g.village_id, g.roll_id, g.person_id, live.id
FROM given g LEFT JOIN LATERAL (
  SELECT s.id FROM screening_sample s WHERE s.village_id = g.village_id AND s.person_id = g.person_id
    AND s.round_id = g.round_id AND s.fit = {Fit.OK:d} AND NOT s.retest ORDER BY s.at, s.id LIMIT 1) live ON true
"""


def _settle_again(swabs: Sequence[Swab | _Changed], at: datetime) -> None:
    """Decide from all swabs which of them settles the entries of these people, and their re-tests."""
    if not swabs:
        return
    people = {(each.village_id, each.round_id, each.roll_id, each.person_id) for each in swabs}
    names = ("village_id", "round_id", "roll_id", "person_id")
    concerned = [dict(zip(names, key, strict=True)) for key in people]
    join_strangers(concerned, at)
    entries.lock(Debtor(row["village_id"], row["roll_id"], row["person_id"]) for row in concerned)
    entries.settle([Settlement(*row) for row in execute(_LIVE, concerned)], at)
    if any(each.retest for each in swabs):
        retests.settle(concerned, at)


_STRANGERS = """
WITH given AS (SELECT * FROM json_to_recordset(%s) AS r (village_id uuid, round_id uuid, roll_id uuid, person_id uuid))
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


_SECOND = """
WITH given AS (SELECT * FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, roll_id uuid, person_id uuid))
SELECT g.id FROM given g LEFT JOIN rolls_entry e ON e.village_id = g.village_id AND e.roll_id = g.roll_id
  AND e.subject_id = g.person_id
WHERE e.settled_by IS DISTINCT FROM g.id
"""


def _second(swabs: Sequence[Swab]) -> list[UUID]:
    """Those of the swabs that another one of the same person came before."""
    return [row[0] for row in execute(_SECOND, swabs)] if swabs else []
