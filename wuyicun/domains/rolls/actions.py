"""Opening, joining, leaving, stating and closing rolls. Each kind of roll lives in the room that owes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.rolls import deciding, queries
from wuyicun.domains.rolls.deciding import Debtor, execute
from wuyicun.domains.rolls.models import Roll
from wuyicun.domains.rolls.rules import RollState, State, SubjectKind
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import statements
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7


class StillOwed(Refusal):
    """A roll cannot be closed while any entry is owed."""

    code = "still_owed"
    words_of: ClassVar[dict[SubjectKind, str | Promise]] = {
        SubjectKind.PERSON: _("还有 %(owed)s 人未落实，不能关闭"),
        SubjectKind.HOUSEHOLD: _("还有 %(owed)s 户未落实，不能关闭"),
        SubjectKind.PLACE: _("还有 %(owed)s 处未落实，不能关闭"),
    }

    def __init__(self, owed: int, subject_kind: SubjectKind) -> None:
        super().__init__(owed=owed)
        self.subject_kind = subject_kind

    def __str__(self) -> str:
        return str(self.words_of[self.subject_kind]) % dict(self.data)


class NotOpen(Refusal):
    """The roll is closed or cancelled."""

    code = "roll_not_open"
    words = _("这份清单已关闭")


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody to be drawn into a roll: where they belong, and whether the registry excuses them from the start."""

    subject_id: UUID
    area_id: UUID
    area_path: str
    excused_reason: str = ""
    excused_until: datetime | None = None


def open_roll(
    *,
    village_id: UUID,
    kind: str,
    subject_kind: SubjectKind,
    area_path: str,
    subjects: Iterable[Subject],
    due_at: datetime | None,
    parent_id: UUID | None = None,
    at: datetime,
) -> Roll:
    """A roll with its opening entries and counts."""
    with transaction.atomic():
        roll: Roll = Roll.rows().create(
            village_id=village_id,
            kind=kind,
            subject_kind=subject_kind,
            area_path=area_path,
            parent_id=parent_id,
            opened_at=at,
            due_at=due_at,
        )
        join(village_id=village_id, roll_id=roll.pk, subjects=subjects, opening=True, at=at)
    return roll


_DRAW = f"""
WITH given AS (SELECT * FROM json_to_recordset(%s::json)
  AS r (id uuid, leaf uuid, subject_id uuid, area_id uuid, area_path text, reason text, until timestamptz)),
drawn AS (
  INSERT INTO rolls_entry (id, village_id, roll_id, subject_id, area_id, state, opening, base_state, base_reason,
    base_until, reason, until, attempts, changed_at)
  SELECT id, %s, %s, subject_id, area_id, CASE WHEN reason <> '' THEN {State.EXCUSED:d} ELSE {State.OWED:d} END, %s,
    CASE WHEN reason <> '' THEN {State.EXCUSED:d} ELSE {State.OWED:d} END, reason, until, reason, until, 0, %s
  FROM given ORDER BY area_path
  ON CONFLICT (village_id, roll_id, subject_id) DO NOTHING RETURNING subject_id, area_id, state, opening),
leaves AS (
  SELECT d.area_id, g.area_path, (array_agg(g.leaf))[1] AS leaf, sum(d.opening::int) AS opening,
    sum((d.state = {State.OWED:d})::int) AS owed, sum((d.state = {State.EXCUSED:d})::int) AS excused
  FROM drawn d JOIN given g USING (subject_id) GROUP BY d.area_id, g.area_path ORDER BY g.area_path),
counted AS (
  INSERT INTO rolls_leafcount
    (id, village_id, roll_id, area_id, area_path, opening, owed, done, excused, unreachable, refused)
  SELECT leaf, %s, %s, area_id, area_path, opening, owed, 0, excused, 0, 0 FROM leaves
  ON CONFLICT (village_id, roll_id, area_id) DO UPDATE SET opening = rolls_leafcount.opening + EXCLUDED.opening,
    owed = rolls_leafcount.owed + EXCLUDED.owed, excused = rolls_leafcount.excused + EXCLUDED.excused)
SELECT subject_id FROM drawn
"""


def join(
    *, village_id: UUID, roll_id: UUID, subjects: Iterable[Subject], opening: bool = False, at: datetime
) -> Sequence[UUID]:
    """Add subjects to a roll; those who are in it already stay as they are. Returns the ids that were added.

    Args:
        opening: whether they count in the opening figure, which is fixed once the roll is open.
    """
    rows = [
        {
            "id": uuid7(),
            "leaf": uuid7(),
            "subject_id": subject.subject_id,
            "area_id": subject.area_id,
            "area_path": subject.area_path,
            "reason": subject.excused_reason,
            "until": subject.excused_until,
        }
        for subject in subjects
    ]
    if not rows:
        return []
    return [row[0] for row in execute(_DRAW, rows, village_id, roll_id, opening, at, village_id, roll_id)]


_PLACE = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json)
  AS r (leaf uuid, subject_id uuid, area_id uuid, area_path text)),
moving AS (
  SELECT e.id, e.area_id AS old_area, g.area_id AS new_area, g.area_path, g.leaf, e.state, e.opening
  FROM rolls_entry e JOIN given g ON g.subject_id = e.subject_id
  WHERE e.village_id = %s AND e.roll_id = %s AND e.area_id <> g.area_id),
placed AS (UPDATE rolls_entry e SET area_id = m.new_area FROM moving m WHERE e.village_id = %s AND e.id = m.id),
delta AS (
  SELECT old_area AS area_id, '' AS area_path, NULL::uuid AS leaf, state, opening, -1 AS by FROM moving
  UNION ALL SELECT new_area, area_path, leaf, state, opening, 1 FROM moving),
summed AS (
  SELECT area_id, max(area_path) AS area_path, (array_agg(leaf) FILTER (WHERE leaf IS NOT NULL))[1] AS leaf,
    sum(by * opening::int) AS opening, sum(by * (state = 0)::int) AS owed, sum(by * (state = 1)::int) AS done,
    sum(by * (state = 2)::int) AS excused, sum(by * (state = 3)::int) AS unreachable,
    sum(by * (state = 4)::int) AS refused
  FROM delta GROUP BY area_id)
SELECT area_id, area_path, leaf, opening, owed, done, excused, unreachable, refused FROM summed ORDER BY area_id
"""

_ADD_LEAVES = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (area_id uuid, area_path text, leaf uuid))
INSERT INTO rolls_leafcount
  (id, village_id, roll_id, area_id, area_path, opening, owed, done, excused, unreachable, refused)
SELECT leaf, %s, %s, area_id, area_path, 0, 0, 0, 0, 0, 0 FROM given WHERE leaf IS NOT NULL
ON CONFLICT (village_id, roll_id, area_id) DO NOTHING
"""

_SHIFT = """
UPDATE rolls_leafcount c SET opening = c.opening + r.opening, owed = c.owed + r.owed, done = c.done + r.done,
  excused = c.excused + r.excused, unreachable = c.unreachable + r.unreachable, refused = c.refused + r.refused
FROM json_to_recordset(%s::json) AS r (area_id uuid, opening int, owed int, done int, excused int, unreachable int,
  refused int)
WHERE c.village_id = %s AND c.roll_id = %s AND c.area_id = r.area_id
"""


def place(*, village_id: UUID, roll_id: UUID, subjects: Sequence[Subject]) -> None:
    """Let entries follow subjects who belong to another leaf by now, and their counts with them."""
    with transaction.atomic():
        deciding.lock(Debtor(village_id, roll_id, subject.subject_id) for subject in subjects)
        rows = [
            {"leaf": uuid7(), "subject_id": each.subject_id, "area_id": each.area_id, "area_path": each.area_path}
            for each in subjects
        ]
        moved = execute(_PLACE, rows, village_id, roll_id, village_id)
        names = ("area_id", "area_path", "leaf", "opening", "owed", "done", "excused", "unreachable", "refused")
        deltas = [dict(zip(names, row, strict=True)) for row in moved]
        if deltas:
            execute(_ADD_LEAVES, deltas, village_id, roll_id)
            execute(_SHIFT, deltas, village_id, roll_id)


_REBASE = f"""
WITH given AS (SELECT * FROM json_to_recordset(%s::json)
  AS r (village_id uuid, roll_id uuid, subject_id uuid, reason text, until timestamptz))
UPDATE rolls_entry e SET base_state = CASE WHEN g.reason <> '' THEN {State.EXCUSED:d} ELSE {State.OWED:d} END,
  base_reason = g.reason, base_until = g.until
FROM given g WHERE e.village_id = g.village_id AND e.roll_id = g.roll_id AND e.subject_id = g.subject_id
  AND (e.base_reason, e.base_until) IS DISTINCT FROM (g.reason, g.until)
RETURNING e.village_id, e.roll_id, e.subject_id
"""


@dataclass(frozen=True, slots=True)
class Base:
    """What the registry says of a subject: excused for a reason ('away', 'left', until …), or owed (no reason)."""

    village_id: UUID
    roll_id: UUID
    subject_id: UUID
    reason: str
    until: datetime | None = None


def rebase(bases: Sequence[Base], at: datetime) -> None:
    """Say anew what holds of entries where no record says anything."""
    if not bases:
        return
    with transaction.atomic():
        deciding.lock(Debtor(base.village_id, base.roll_id, base.subject_id) for base in bases)
        changed = execute(_REBASE, bases)
        if changed:
            deciding.restate([Debtor(*row) for row in changed], at)


@dataclass(frozen=True, slots=True)
class Said:
    """A statement by a record; `came_as` is whom it names, where they were merged into the subject."""

    id: UUID
    village_id: UUID
    roll_id: UUID
    subject_id: UUID
    statement: str
    reason: str
    until: datetime | None
    note: str
    at: datetime
    by: UUID | None
    voided: bool
    came_as: UUID | None = None


_STATE = """
INSERT INTO rolls_statementrow
  (id, village_id, roll_id, subject_id, statement, reason, until, note, at, by, voided, came_as)
SELECT * FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, roll_id uuid, subject_id uuid, statement text,
  reason text, until timestamptz, note text, at timestamptz, by uuid, voided boolean, came_as uuid)
ON CONFLICT (id) DO NOTHING
"""

_TAKE_BACK = """
UPDATE rolls_statementrow s SET voided = true
FROM json_to_recordset(%s::json) AS r (village_id uuid, id uuid)
WHERE s.village_id = r.village_id AND s.id = r.id AND NOT s.voided
RETURNING s.village_id, s.roll_id, s.subject_id
"""


def state(statements: Sequence[Said], at: datetime) -> None:
    """Add statements and decide their entries again."""
    if statements:
        execute(_STATE, statements)
        deciding.restate([Debtor(said.village_id, said.roll_id, said.subject_id) for said in statements], at)


def take_back(records: Sequence[tuple[UUID, UUID]], at: datetime) -> None:
    """Void statements by (village, record id) and decide their entries again; others' ids are passed over."""
    given = [{"village_id": village, "id": record} for village, record in records]
    rows = execute(_TAKE_BACK, given) if given else []
    if rows:
        deciding.restate([Debtor(*row) for row in rows], at)


def end_excuses(*, village_id: UUID, at: datetime) -> int:
    """Open again the entries whose excuse has ended; returns how many were looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.roll_id, e.subject_id FROM rolls_entry e"
            " JOIN rolls_roll r ON r.village_id = e.village_id AND r.id = e.roll_id"
            " WHERE e.village_id = %s AND e.until <= %s AND r.state = 'open'",
            [village_id, at],
        )
        due = [Debtor(village_id, *row) for row in cursor.fetchall()]
    return deciding.restate(due, at) if due else 0


def close(*, roll: Roll, at: datetime) -> None:
    """Close a roll in which nobody is owed.

    Raises:
        NotOpen: it is closed already.
        StillOwed: some entries are owed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM rolls_roll WHERE village_id = %s AND id = %s FOR UPDATE", [roll.village_id, roll.pk]
        )
        row = cursor.fetchone()
        if row is None or row[0] != RollState.OPEN:
            raise NotOpen
        cursor.execute(
            "SELECT count(*) FROM rolls_entry WHERE village_id = %s AND roll_id = %s AND state = %s",
            [roll.village_id, roll.pk, State.OWED],
        )
        owed = (cursor.fetchone() or (0,))[0]
    if owed:
        raise StillOwed(owed, SubjectKind(roll.subject_kind))
    _set_state(roll, RollState.CLOSED, at)


def cancel(*, roll: Roll, at: datetime) -> None:
    """Cancel an open roll. Whether it may be is for its kind to say."""
    _set_state(roll, RollState.CANCELLED, at)


def reopen(*, roll: Roll) -> None:
    """Open a closed roll again."""
    _set_state(roll, RollState.OPEN, None)


def _set_state(roll: Roll, state: RollState, closed_at: datetime | None) -> None:
    roll.state, roll.closed_at = state, closed_at
    roll.save(update_fields=["state", "closed_at"])


def touch(villages: Iterable[UUID], at: datetime) -> None:
    """Say that what the villages' boards show may have changed."""
    statements.execute("SELECT rolls_touch(%s::uuid[], %s)", statements.array(villages), at)


def self_check(*, village_id: UUID, at: datetime) -> int:
    """Recount the rolls that are open or amended and keep what differs: shown, audited, never silently repaired.

    Returns:
        At how many leaves counts and entries disagree.
    """
    found = 0
    for roll in Roll.rows().filter(village_id=village_id, state__in=(RollState.OPEN, RollState.AMENDED)):
        drift = len(queries.drift(village_id, roll.pk))
        found += drift
        if drift != roll.drift:
            Roll.rows().filter(village_id=village_id, pk=roll.pk).update(drift=drift)
            audit(
                "rolls.drift", by=None, at=at, village_id=village_id, subject=("roll", roll.pk), data={"leaves": drift}
            )
            touch([village_id], at)
    return found
