"""Deciding a round again from all its records, set by set.

What most batches need happens in the database's functions (`migrations/sql/take_in.sql`), which also say in which order
locks are taken; what they find besides, a swab that cannot count, somebody's second one, a tube with a result, is
followed up here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import deciding as entries
from wuyicun.domains.rolls.deciding import Debtor, Settlement, execute
from wuyicun.domains.screening import retests
from wuyicun.domains.screening.merging import Concerned, carry_late
from wuyicun.domains.screening.rules import DUPLICATE, Fit
from wuyicun.kernel.database import statements


class TubeKey(NamedTuple):
    """A tube by its village, round and code."""

    village_id: UUID
    round_id: UUID
    code: str


class Swab(NamedTuple):
    """A swab that has just come in; its id is the record's. person_id: None for a card that nobody has."""

    id: UUID
    village_id: UUID
    round_id: UUID
    person_id: UUID | None
    at: datetime


class _Finding(NamedTuple):
    """A row of the database's functions: see `screening_finding`."""

    what: str
    id: UUID
    village_id: UUID
    round_id: UUID
    roll_id: UUID
    person_id: UUID
    retest: bool
    fit: int
    code: str


@dataclass(slots=True)
class Found:
    """What the database found.

    Attributes:
        refused: records that cannot be taken in, with the code that says why.
        changed: swabs that do not simply settle their person's entry: they cannot count, are re-tests, or were decided
            anew.
        left: entries that were not plainly owed.
        answered: the tubes that have a result, or had one.
        late: the closed rounds that records came for.
    """

    refused: dict[UUID, str] = field(default_factory=dict)
    changed: list[_Finding] = field(default_factory=list)
    left: list[_Finding] = field(default_factory=list)
    answered: list[TubeKey] = field(default_factory=list)
    late: set[tuple[UUID, UUID]] = field(default_factory=set)

    def ask_for_more(self) -> bool:
        """Is anything left to be done?"""
        return bool(self.changed or self.left or self.answered or self.late)


_TAKE_IN = """
SELECT * FROM screening_take_in(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s, %s)
"""

_DECIDE = """
SELECT * FROM screening_decide(ARRAY(
  SELECT ROW(village_id, round_id, code, 0, NULL, true, NULL, told, NULL, NULL, NULL, NULL)::screening_come
  FROM json_to_recordset(%s) AS r (village_id uuid, round_id uuid, code text, told boolean)), NULL, %s)
"""


def take_in(
    swabs: Sequence[Swab],
    told: Sequence[UUID],
    *,
    villages: Collection[UUID],
    alone: Collection[UUID],
    finish: bool,
    at: datetime,
) -> Found:
    """Take our turns in the villages, then take in what is stored already: check, store, decide.

    Args:
        swabs: records of swabs.
        told: ids of records that tell of tubes.
        villages: those of all records of the transaction.
        alone: those in which we want to be alone.
        finish: nothing else follows, so that the villages are touched at once unless something is found.
        at: the server's time.
    """
    ids, people = [swab.id for swab in swabs], [swab.person_id for swab in swabs]
    arrays = (statements.array(each) for each in (ids, people, told, villages, alone))
    return _sorted(statements.execute(_TAKE_IN, *arrays, finish, at))


def decide(touched: Mapping[TubeKey, bool], at: datetime) -> Found:
    """Decide tubes and their swabs again.

    Args:
        touched: the tubes, and whether anything was told (or taken back) of them besides swabs.
        at: the server's time.
    """
    return _sorted(execute(_DECIDE, [{**key._asdict(), "told": told} for key, told in touched.items()], at))


def _sorted(rows: Iterable[tuple[Any, ...]]) -> Found:
    found = Found()
    for each in map(_Finding._make, rows):
        match each.what:
            case "refused":
                found.refused[each.id] = each.code
            case "changed":
                found.changed.append(each)
            case "left":
                found.left.append(each)
            case "answered":
                found.answered.append(TubeKey(each.village_id, each.round_id, each.code))
            case "late":
                found.late.add((each.village_id, each.round_id))
    return found


def follow(swabs: Sequence[Swab], found: Found, at: datetime) -> Mapping[UUID, Fit | str]:
    """Decide what the database left to us.

    Args:
        swabs: the new ones that were taken in.
        found: what it found.
        at: the server's time.

    Returns:
        Those of the new swabs that do not simply count, by id: for what they are fit, or DUPLICATE.
    """
    anew = {(each.round_id, each.person_id) for each in found.changed}
    left = {(each.round_id, each.person_id) for each in found.left}
    _settle_again([*found.changed, *(each for each in found.left if (each.round_id, each.person_id) not in anew)], at)
    if found.answered:
        retests.decide([key._asdict() for key in found.answered], at)
    if not found.changed and not left and len({(swab.round_id, swab.person_id) for swab in swabs}) == len(swabs):
        return {}
    new = {swab.id for swab in swabs}
    notes: dict[UUID, Fit | str] = {
        each.id: Fit(each.fit) for each in found.changed if each.id in new and each.fit != Fit.OK
    }
    return notes | dict.fromkeys(_second(_perhaps_second(swabs, found, left)), DUPLICATE)


def _perhaps_second(swabs: Sequence[Swab], found: Found, left: Collection[tuple[UUID, UUID]]) -> Iterable[Swab]:
    """The new swabs that count, but whose person may have another one that came before."""
    first: dict[tuple[UUID, UUID | None], Swab] = {}
    for swab in swabs:
        before = first.setdefault((swab.round_id, swab.person_id), swab)
        if (swab.at, swab.id) < (before.at, before.id):
            first[swab.round_id, swab.person_id] = swab
    set_apart = {each.id for each in found.changed}
    for swab in swabs:
        key = (swab.round_id, swab.person_id)
        if swab.id not in set_apart and (key in left or first[key] is not swab):
            yield swab


_LIVE = f"""
WITH given AS (SELECT * FROM json_to_recordset(%s)
  AS r (village_id uuid, round_id uuid, roll_id uuid, person_id uuid))
SELECT g.village_id, g.roll_id, g.person_id, live.id
FROM given g LEFT JOIN LATERAL (
  SELECT s.id FROM screening_sample s WHERE s.village_id = g.village_id AND s.person_id = g.person_id
    AND s.round_id = g.round_id AND s.fit = {Fit.OK:d} AND NOT s.retest ORDER BY s.at, s.id LIMIT 1) live ON true
"""


def _settle_again(findings: Sequence[_Finding], at: datetime) -> None:
    """Decide from all swabs which of them settles the entries of these people, and their re-tests."""
    if not findings:
        return
    people = {Concerned(each.village_id, each.round_id, each.roll_id, each.person_id) for each in findings}
    people |= set(carry_late(people))
    settle_people(people, retested=any(each.retest for each in findings), at=at)


def settle_people(people: Collection[Concerned], *, retested: bool, at: datetime) -> None:
    """Decide from all swabs of these people which one settles their entries; and, if they had any, their re-tests."""
    concerned = [each._asdict() for each in people]
    join_strangers(concerned, at)
    entries.lock(Debtor(each.village_id, each.roll_id, each.person_id) for each in people)
    entries.settle([Settlement(*row) for row in execute(_LIVE, concerned)], at)
    if retested:
        retests.settle(concerned, at)


_STRANGERS = """
WITH given AS (SELECT * FROM json_to_recordset(%s) AS r (village_id uuid, round_id uuid, roll_id uuid, person_id uuid))
SELECT g.village_id, g.roll_id, g.person_id, p.area_id, p.area_path
FROM given g JOIN registry_person p ON p.village_id = g.village_id AND p.id = g.person_id
WHERE p.merged_into_id IS NULL AND NOT EXISTS (SELECT 1 FROM rolls_entry e WHERE e.village_id = g.village_id
  AND e.roll_id = g.roll_id AND e.subject_id = g.person_id)
"""


def join_strangers(concerned: Iterable[Mapping[str, object]], at: datetime) -> None:
    """Who is sampled and stands on no roll (came later, or lives outside the round's area) joins it."""
    by_roll: dict[tuple[UUID, UUID], list[rolls.Subject]] = {}
    for village, roll, person, area, area_path in execute(_STRANGERS, concerned):
        by_roll.setdefault((village, roll), []).append(rolls.Subject(person, area, area_path))
    for (village, roll), subjects in sorted(by_roll.items()):
        rolls.join(village_id=village, roll_id=roll, subjects=subjects, at=at)


_SECOND = """
WITH given AS (SELECT * FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, round_id uuid, person_id uuid))
SELECT g.id FROM given g JOIN screening_round f ON f.village_id = g.village_id AND f.id = g.round_id
  LEFT JOIN rolls_entry e ON e.village_id = g.village_id AND e.roll_id = f.roll_id AND e.subject_id = g.person_id
WHERE e.settled_by IS DISTINCT FROM g.id
"""


def _second(swabs: Iterable[Swab]) -> list[UUID]:
    """Those of the swabs that another one of the same person came before."""
    given = [swab._asdict() for swab in swabs]
    return [row[0] for row in execute(_SECOND, given)] if given else []


_NOTES = """
SELECT s.id, s.fit, s.fit = 0 AND NOT s.retest AND e.settled_by IS DISTINCT FROM s.id
FROM screening_sample s JOIN screening_round f ON f.village_id = s.village_id AND f.id = s.round_id
  LEFT JOIN rolls_entry e ON e.village_id = s.village_id AND e.roll_id = f.roll_id AND e.subject_id = s.person_id
WHERE s.id = ANY (%s::uuid[])
"""


def notes_of(ids: Collection[UUID]) -> Mapping[UUID, Fit | str]:
    """Those of the swabs that do not simply count, by id: for what they are fit, or DUPLICATE."""
    notes: dict[UUID, Fit | str] = {}
    for record_id, fit, second in statements.execute(_NOTES, statements.array(ids)):
        if second or fit != Fit.OK:
            notes[record_id] = DUPLICATE if second else Fit(fit)
    return notes
