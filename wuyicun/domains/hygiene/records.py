"""The record kind of disinfecting, and how a batch of such records is taken in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.hygiene.access import reaches
from wuyicun.domains.hygiene.events import Disinfected
from wuyicun.domains.hygiene.models import Disinfection, Due
from wuyicun.domains.hygiene.queries import names_of
from wuyicun.domains.hygiene.rules import DISINFECTION, is_ahead, settles
from wuyicun.domains.hygiene.words import CODES, FIELDS, METHODS
from wuyicun.domains.rolls import actions as rolls
from wuyicun.kernel import clock
from wuyicun.kernel.database.statements import execute, rows
from wuyicun.kernel.events import publish
from wuyicun.kernel.records.kinds import Kind, Outcome, Row, Told
from wuyicun.kernel.records.voids import VOID, named_before
from wuyicun.kernel.roles import Permission

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Dues = Mapping[tuple[UUID, UUID], Due]


class Done(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point was disinfected; `due` names what it settles, if it was owed."""

    done_at: datetime
    point: Words
    method: Literal["spray", "wipe", "mop", "soak", "fog", "lamp"]
    agent: Words
    operator: Words
    due: UUID | None = None
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


_ADD = """
INSERT INTO hygiene_disinfection
  (id, village_id, due_id, done_at, point, method, agent, operator, note, recorded_at, by, voided)
SELECT * FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, due_id uuid, done_at timestamptz, point text,
  method text, agent text, operator text, note text, recorded_at timestamptz, by uuid, voided boolean)
ON CONFLICT (id) DO NOTHING
"""


def apply(given: Sequence[Row]) -> Mapping[UUID, Outcome]:
    """Take in what was done, and what takes that back, in whatever order they come."""
    at, villages = clock.now(), {row.village_id for row in given}
    outcomes = {row.id: Outcome(row.id) for row in given}
    done = [row for row in given if row.kind == DISINFECTION]
    dues = _dues(done)
    for row in done:
        code = _refused(row, dues)
        if code:
            outcomes[row.id].outcome, outcomes[row.id].code = "quarantined", code
    taken = [row for row in done if not outcomes[row.id].code]
    gone = named_before(taken)
    execute(_ADD, rows([_columns(row, voided=row.id in gone) for row in taken]))
    named = {row.data.due for row in taken if row.data.due} | _void([row for row in given if row.kind == VOID])
    _settle(villages, named, at)
    rolls.touch(villages, at)
    return outcomes


def _dues(done: Sequence[Row]) -> _Dues:
    """What the records say they settle."""
    named = {row.data.due for row in done if row.data.due}
    found = Due.rows().filter(village_id__in={row.village_id for row in done}, pk__in=named)
    return {(each.village_id, each.pk): each for each in found}


def _refused(row: Row, dues: _Dues) -> str:
    """Why a record is kept aside, '' when it is not."""
    if is_ahead(row.data.done_at, row.received_at):
        return "in_the_future"
    if row.data.due is None:
        return ""
    due = dues.get((row.village_id, row.data.due))
    if due is None:
        return "unknown_due"
    return "" if reaches(row.paths, due.area_path) else "outside_area"


def _columns(row: Row, *, voided: bool) -> Mapping[str, object]:
    data = {name: getattr(row.data, name) for name in ("done_at", "point", "method", "agent", "operator", "note")}
    return {
        "id": row.id,
        "village_id": row.village_id,
        "due_id": row.data.due,
        "recorded_at": min(row.corrected_at, row.received_at),
        "by": row.by,
        "voided": voided,
        **data,
    }


def _void(voids: Sequence[Row]) -> set[UUID]:
    """Mark the lines that voids name; returns what those had settled."""
    named = Disinfection.rows().filter(
        village_id__in={row.village_id for row in voids}, pk__in={row.data.record for row in voids}
    )
    dues = {each for each in named.values_list("due_id", flat=True) if each is not None}
    named.update(voided=True)
    return dues


def _settle(villages: Collection[UUID], named: Collection[UUID], at: datetime) -> None:
    """Decide again which of these are still owed, from all that is in the log, and tell whose they were."""
    for due in Due.rows().select_for_update().filter(village_id__in=villages, pk__in=named).order_by("pk"):
        lines = Disinfection.rows().filter(village_id=due.village_id, due_id=due.pk, voided=False)
        moments = [each for each in lines.values_list("done_at", flat=True) if settles(each, due.since)]
        settled_at = min(moments, default=None)
        if settled_at != due.settled_at:
            due.settled_at = settled_at
            due.save(update_fields=["settled_at"])
            publish(Disinfected(due.village_id, due.source, due.source_id, settled_at, at))


TOLD = Told(codes=CODES, fields=FIELDS, values={"method": METHODS}, names=names_of)

KINDS = (Kind(DISINFECTION, Done, Permission.DISINFECT, apply, _("消杀"), TOLD, takes_back=True),)
