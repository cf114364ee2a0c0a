"""What is asked of rolls: counts by area, who is missing, and whether counts and entries still agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Q, Sum
from django.db.models.functions import Left

from wuyicun.domains.rolls.models import Change, Entry, LeafCount, Roll, StatementRow
from wuyicun.domains.rolls.rules import Counts, RollState, State, SubjectKind
from wuyicun.kernel.database.statements import execute
from wuyicun.kernel.scope import within

_COLUMNS = ("opening", "owed", "done", "excused", "unreachable", "refused")
_LEAF = ("area_id", "area_path", *_COLUMNS)
_SUMS = {f"sum_{name}": Sum(name) for name in _COLUMNS}


class LeafCounts(msgspec.Struct, frozen=True):
    """The counts of a leaf."""

    area_id: UUID
    area_path: str
    counts: Counts


@dataclass(frozen=True)
class Standing:
    """An entry as lists show it."""

    subject_id: UUID
    area_id: UUID
    state: State
    reason: str
    until: datetime | None
    attempts: int
    opening: bool
    settled_by: UUID | None
    base_reason: str = ""


_STANDING = (
    "subject_id",
    "area_id",
    "state",
    "reason",
    "until",
    "attempts",
    "opening",
    "settled_by",
    "base_reason",
)

RollRow = Roll
"""For rooms above, which may name what they are given but not query it."""


def roll(village_id: UUID, roll_id: UUID) -> Roll:
    """Raises Roll.DoesNotExist."""
    found: Roll = Roll.rows().get(village_id=village_id, pk=roll_id)
    return found


def child(village_id: UUID, parent_id: UUID, kind: str) -> Roll | None:
    """The roll of a kind that hangs on another."""
    found: Roll | None = Roll.rows().filter(village_id=village_id, parent_id=parent_id, kind=kind).first()
    return found


def rolls(
    village_id: UUID, kinds: Collection[str], *, states: Collection[RollState] | None = None, limit: int | None = None
) -> Sequence[Roll]:
    """The village's rolls of the given kinds, latest first: those of a room, or only its open ones."""
    rows = Roll.rows().filter(village_id=village_id, kind__in=kinds)
    if states is not None:
        rows = rows.filter(state__in=states)
    rows = rows.order_by("-opened_at", "-id")
    return list(rows[:limit] if limit else rows)


def counts_of(village_id: UUID, roll_ids: Collection[UUID], area_path: str = "") -> Mapping[UUID, Counts]:
    """The sums of several rolls below an area in one query; a roll that has no entry there is all zero."""
    rows = LeafCount.rows().filter(within(area_path), village_id=village_id, roll_id__in=roll_ids)
    found = {roll_id: Counts() for roll_id in roll_ids}
    sums = {name: Sum(name) for name in _COLUMNS}
    for roll_id, *numbers in rows.values_list("roll_id").annotate(**{f"sum_{n}": s for n, s in sums.items()}):
        found[roll_id] = Counts(*numbers)
    return found


def leaf_counts(village_id: UUID, roll_id: UUID, area_path: str = "") -> Sequence[LeafCounts]:
    """Counts of every leaf below an area, from the kept counters."""
    rows = LeafCount.rows().filter(within(area_path), village_id=village_id, roll_id=roll_id).order_by("area_path")
    return [LeafCounts(area_id, path, Counts(*six)) for area_id, path, *six in rows.values_list(*_LEAF)]


def counts(village_id: UUID, roll_id: UUID, area_path: str = "") -> Counts:
    """The sum of the leaf counts below an area."""
    rows = LeafCount.rows().filter(within(area_path), village_id=village_id, roll_id=roll_id)
    sums = rows.aggregate(**_SUMS)
    return Counts(*(sums[name] or 0 for name in _SUMS))


def counts_by(village_id: UUID, roll_id: UUID, digits: int, where: Q | None = None) -> Mapping[str, Counts]:
    """The sums of the leaf counts by the first digits of their paths (15 for grids).

    where: a filter of `area_path`; only leaves that fit.
    """
    rows = LeafCount.rows().filter(where or Q(), village_id=village_id, roll_id=roll_id)
    sums = rows.annotate(area=Left("area_path", digits)).values("area").annotate(**_SUMS).order_by("area")
    return {path: Counts(*six) for path, *six in sums.values_list("area", *_SUMS)}


_BEHIND = """
SELECT area_id, area_path, opening, owed, done, excused, unreachable, refused
FROM rolls_leafcount CROSS JOIN LATERAL (SELECT owed + unreachable + refused AS missing) AS m
WHERE village_id = %s AND roll_id = %s AND missing + done + excused > 0
ORDER BY CASE missing + done WHEN 0 THEN 1 ELSE done::float / (missing + done) END, missing DESC, area_path
LIMIT %s
"""


def behind(village_id: UUID, roll_id: UUID, limit: int) -> Sequence[LeafCounts]:
    """The leaves with anybody in them, those furthest behind first."""
    rows = execute(_BEHIND, village_id, roll_id, limit)
    return [LeafCounts(area_id, path, Counts(*six)) for area_id, path, *six in rows]


def entries(
    village_id: UUID,
    roll_id: UUID,
    *,
    area_ids: Collection[UUID] | None = None,
    states: Collection[State] | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> Sequence[Standing]:
    """Entries by subject id, in the given leaves and states; keyset-paged by `after`."""
    rows = Entry.rows().filter(village_id=village_id, roll_id=roll_id)
    if area_ids is not None:
        rows = rows.filter(area_id__in=area_ids)
    if states is not None:
        rows = rows.filter(state__in=states)
    if after is not None:
        rows = rows.filter(subject_id__gt=after)
    found = rows.order_by("subject_id").values_list(*_STANDING)
    return [_standing(row) for row in (found[:limit] if limit else found)]


# Each by the constraint's index: OFFSET 0 keeps the planner, to whom a roll of a village looks small (see
# VillageModel.named), from reading the whole of it instead.
_OF_SUBJECTS = f"""
SELECT {", ".join(f"e.{column}" for column in _STANDING)} FROM unnest(%s::uuid[]) AS g (subject) CROSS JOIN LATERAL (
  SELECT * FROM rolls_entry WHERE village_id = %s AND roll_id = %s AND subject_id = g.subject OFFSET 0) e
ORDER BY e.subject_id
"""


def entries_of(village_id: UUID, roll_id: UUID, subjects: Collection[UUID]) -> Sequence[Standing]:
    """The entries of these subjects, by subject id."""
    return [_standing(row) for row in execute(_OF_SUBJECTS, list(set(subjects)), village_id, roll_id)]


def _standing(row: Sequence[Any]) -> Standing:
    subject, area, state, *rest = row
    return Standing(subject, area, State(state), *rest)


@dataclass(frozen=True)
class Statement:
    """Something said of an entry by a record, whose id it bears."""

    id: UUID
    subject_id: UUID
    statement: str
    reason: str
    until: datetime | None
    note: str
    at: datetime
    by: UUID | None
    voided: bool


def statements(village_id: UUID, roll_id: UUID, subjects: Collection[UUID]) -> Sequence[Statement]:
    """What was said of these subjects in a roll, latest first, that taken back included."""
    rows = StatementRow.rows().filter(village_id=village_id, roll_id=roll_id, subject_id__among=subjects)
    return [
        Statement(row.pk, row.subject_id, row.statement, row.reason, row.until, row.note, row.at, row.by, row.voided)
        for row in rows.order_by("-at", "-id")
    ]


def statement(village_id: UUID, record_id: UUID) -> tuple[UUID, Statement] | None:
    """The roll and the statement that a record made, None when it made none."""
    row = StatementRow.rows().filter(village_id=village_id, pk=record_id).first()
    if row is None:
        return None
    return row.roll_id, Statement(
        row.pk, row.subject_id, row.statement, row.reason, row.until, row.note, row.at, row.by, row.voided
    )


def has_entries(
    village_id: UUID, subjects: Collection[UUID], subject_kind: SubjectKind = SubjectKind.PERSON
) -> set[UUID]:
    """Those of the subjects who stand in some roll of subjects of their kind."""
    rows = Entry.rows().filter(village_id=village_id, subject_id__in=subjects, roll__subject_kind=subject_kind)
    return set(rows.values_list("subject_id", flat=True))


def recount(village_id: UUID, roll_id: UUID) -> Sequence[LeafCounts]:
    """The counts of every leaf, counted from the entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.area_id, c.area_path, sum(e.opening::int), sum((e.state = 0)::int), sum((e.state = 1)::int),"
            " sum((e.state = 2)::int), sum((e.state = 3)::int), sum((e.state = 4)::int)"
            " FROM rolls_entry e LEFT JOIN rolls_leafcount c USING (village_id, roll_id, area_id)"
            " WHERE e.village_id = %s AND e.roll_id = %s GROUP BY 1, 2 ORDER BY 2",
            [village_id, roll_id],
        )
        return [LeafCounts(row[0], row[1] or "", Counts(*row[2:])) for row in cursor.fetchall()]


def drift(village_id: UUID, roll_id: UUID) -> Sequence[tuple[LeafCounts, LeafCounts]]:
    """Leaves whose kept counts differ from a recount: (kept, recounted); empty unless something is defective."""
    nothing = Counts()
    kept = {row.area_id: row for row in leaf_counts(village_id, roll_id)}
    found = {row.area_id: row for row in recount(village_id, roll_id)}
    pairs = []
    for area_id in kept.keys() | found.keys():
        one = kept.get(area_id, LeafCounts(area_id, "", nothing))
        other = found.get(area_id, LeafCounts(area_id, "", nothing))
        if one.counts != other.counts:
            pairs.append((one, other))
    return pairs


def change_token(village_id: UUID) -> str:
    """Goes up whenever something on the village's board may have changed."""
    number: int | None = Change.objects.filter(pk=village_id).values_list("number", flat=True).first()
    return str(number or 0)
