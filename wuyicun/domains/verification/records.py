"""The record kinds of checking households, and how a batch of them is taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls.deciding import execute
from wuyicun.domains.verification.deciding import decide, remember_last
from wuyicun.domains.verification.models import Check
from wuyicun.domains.verification.queries import names_of
from wuyicun.domains.verification.rules import CHECK, UNCHECK
from wuyicun.domains.verification.words import CODES, FIELDS, RESULTS, TAKE_BACK_REASONS
from wuyicun.kernel import clock
from wuyicun.kernel.records.kinds import Kind, Outcome, Row, Told
from wuyicun.kernel.roles import Permission

Note = Annotated[str, msgspec.Meta(max_length=200)]


class HouseholdCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is registered of a household was looked at on the spot: it is right, or has been put right."""

    household: UUID
    result: Literal["confirmed", "corrected"]
    note: Note = ""


class HouseholdUncheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier check is taken back; it may not have arrived yet."""

    check: UUID
    reason: Literal["undo", "wrong_household", "other"] = "undo"


_ADD_CHECKS = """
INSERT INTO verification_check (id, village_id, household_id, result, note, at, by)
SELECT * FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, household_id uuid, result text, note text,
  at timestamptz, by uuid)
ON CONFLICT (id) DO NOTHING
"""

_ADD_WITHDRAWALS = """
INSERT INTO verification_withdrawal (id, village_id, check_id, early, at, by)
SELECT * FROM json_to_recordset(%s)
  AS r (id uuid, village_id uuid, check_id uuid, early boolean, at timestamptz, by uuid)
ON CONFLICT (id) DO NOTHING
"""

_Named = Mapping[tuple[UUID, UUID], tuple[UUID, datetime]]


def apply(rows: Sequence[Row]) -> Mapping[UUID, Outcome]:
    """Take in checks, and what takes them back, in whatever order they come."""
    at = clock.now()
    checks = [row for row in rows if row.kind == CHECK]
    unchecks = [row for row in rows if row.kind == UNCHECK]
    outcomes = {row.id: Outcome(row.id) for row in rows}
    _refuse_checks(checks, outcomes)
    good = [row for row in checks if not outcomes[row.id].code]
    if good:
        execute(_ADD_CHECKS, [_check(row) for row in good])
    known = _known(unchecks)
    _refuse_unchecks(unchecks, known, outcomes)
    taken = [row for row in unchecks if not outcomes[row.id].code]
    if taken:
        execute(_ADD_WITHDRAWALS, [_withdrawal(row, known) for row in taken])
    named = {(row.village_id, row.data.household, _moment(row)) for row in good}
    named |= {(row.village_id, *known[key]) for row in taken if (key := (row.village_id, row.data.check)) in known}
    decide(named, at)
    remember_last((village, household) for village, household, _at in named)
    rolls.touch({row.village_id for row in rows}, at)
    return outcomes


def _refuse_checks(rows: Sequence[Row], outcomes: Mapping[UUID, Outcome]) -> None:
    areas = registry.areas_of_households({(row.village_id, row.data.household) for row in rows})
    for row in rows:
        area = areas.get((row.village_id, row.data.household))
        if area is None:
            _keep_aside(outcomes[row.id], "unknown_household")
        elif not row.covers(area):
            _keep_aside(outcomes[row.id], "outside_area")


def _known(rows: Sequence[Row]) -> _Named:
    """The household and the moment of each check that is named and has arrived, by (village, check)."""
    if not rows:
        return {}
    found = Check.rows().filter(
        village_id__in={row.village_id for row in rows}, pk__in={row.data.check for row in rows}
    )
    return {(each.village_id, each.pk): (each.household_id, each.at) for each in found}


def _refuse_unchecks(rows: Sequence[Row], known: _Named, outcomes: Mapping[UUID, Outcome]) -> None:
    areas = registry.areas_of_households({(village, household) for (village, _id), (household, _at) in known.items()})
    for row in rows:
        named = known.get((row.village_id, row.data.check))
        if named is not None and not row.covers(areas.get((row.village_id, named[0]), "")):
            _keep_aside(outcomes[row.id], "outside_area")


def _keep_aside(outcome: Outcome, code: str) -> None:
    outcome.outcome, outcome.code = "quarantined", code


def _moment(row: Row) -> datetime:
    return min(row.corrected_at, row.received_at)


def _check(row: Row) -> Mapping[str, object]:
    data = {"household_id": row.data.household, "result": row.data.result, "note": row.data.note}
    return {"id": row.id, "village_id": row.village_id, "at": _moment(row), "by": row.by, **data}


def _withdrawal(row: Row, known: _Named) -> Mapping[str, object]:
    named = {"check_id": row.data.check, "early": (row.village_id, row.data.check) not in known}
    return {"id": row.id, "village_id": row.village_id, "at": _moment(row), "by": row.by, **named}


TOLD = Told(codes=CODES, fields=FIELDS, values={"result": RESULTS, "reason": TAKE_BACK_REASONS}, names=names_of)

KINDS = (
    Kind(CHECK, HouseholdCheck, Permission.EDIT_PEOPLE, apply, _("核对一户"), TOLD),
    Kind(UNCHECK, HouseholdUncheck, Permission.EDIT_PEOPLE, apply, _("撤销一次核对"), TOLD),
)
