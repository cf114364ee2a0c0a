"""Decides what an import left open: whose a number is, which of two values holds, who of several is meant."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.actions.identity import agree, take_id
from wuyicun.domains.registry.actions.people import day_of
from wuyicun.domains.registry.events import PeopleChanged
from wuyicun.domains.registry.importing.commit.committing import lock, write_down
from wuyicun.domains.registry.importing.commit.settled import settle_corrected
from wuyicun.domains.registry.importing.decide import cells
from wuyicun.domains.registry.importing.diff.diffing import work_out
from wuyicun.domains.registry.importing.diff.matching import Meant
from wuyicun.domains.registry.models import Conflict, Household, Person, Place
from wuyicun.domains.registry.roster import PersonRow, Problem, Roster
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish

FIRST, SECOND, OURS, THEIRS, NEW, CORRECTED, OTHER = "first", "second", "ours", "theirs", "new", "corrected", "other"


class DecidedAlready(Refusal):
    """Somebody else was quicker, or a corrected file has settled it."""

    code = "conflict_decided"
    words = _("这一条已经有人处理过了。")


class Gone(Refusal):
    """One of those whom it is about is no longer in the registry."""

    code = "conflict_gone"
    words = _("名册里已经没有这个人，不用再定了。")


def values_of(conflict: Conflict) -> dict[str, Any]:
    """The disputed values in clear."""
    return dict(json.loads(conflict.values or "{}"))


@transaction.atomic
def decide_holder(*, conflict: Conflict, choice: str, by: UUID | None, at: datetime) -> None:
    """Say whose an id number is: `first` or `second`. Whatever else was open about the number is settled with it.

    Raises:
        DecidedAlready, Gone.
        IdHeld: a third person holds it by now.
    """
    conflict = _locked(conflict)
    holder, other = _both(conflict, choice)
    values = values_of(conflict)
    if other.id_index is not None and bytes(other.id_index) == bytes(conflict.value_index or b""):
        other.set_id_number(None)
        other.id_kind = ""
    _end(conflict, choice, by, at)
    rest = Conflict.rows().filter(village_id=conflict.village_id, value_index=conflict.value_index, decided_at=None)
    rest.update(decided_at=at, decided_by=by, decision=OTHER)
    _drop_flag(other, by, at)
    holder.id_kind = values.get("id_kind") or "resident"
    take_id(holder, str(values["id_number"]), on=day_of(at))
    _drop_flag(holder, by, at)
    _tell(conflict.village_id, (holder.pk, other.pk), by, at)


@transaction.atomic
def correct_number(*, conflict: Conflict, choice: str, number: str, by: UUID | None, at: datetime) -> None:
    """Give one of the two (`first` or `second`) the number that is really theirs; the other one keeps the disputed one.

    Raises:
        DecidedAlready, Gone.
        IdNotRead, IdHeld, IdDisputed: of the number that was typed.
    """
    conflict = _locked(conflict)
    mistaken, holder = _both(conflict, choice)
    values = values_of(conflict)
    mistaken.id_kind = "resident"
    take_id(mistaken, number, on=day_of(at))
    _drop_flag(mistaken, by, at)
    _end(conflict, CORRECTED, by, at)
    holder.id_kind = values.get("id_kind") or "resident"
    take_id(holder, str(values["id_number"]), on=day_of(at))
    _drop_flag(holder, by, at)
    settle_corrected(village_id=conflict.village_id, by=by, at=at)
    _tell(conflict.village_id, (mistaken.pk, holder.pk), by, at)


@transaction.atomic
def decide_cell(*, conflict: Conflict, choice: str, by: UUID | None, at: datetime) -> None:
    """Keep what is here (`ours`), or take what the file says (`theirs`).

    Raises:
        DecidedAlready, Gone.
        Refusal: the file's value can't be taken, as an id number that somebody else holds.
    """
    conflict = _locked(conflict)
    _end(conflict, choice, by, at)
    if choice == THEIRS:
        theirs = str(values_of(conflict)["theirs"])
        if conflict.subject_kind == "P":
            cells.set_of_person(_person(conflict, conflict.first_id), conflict.cell, theirs, by=by, at=at)
        elif conflict.subject_kind == "H":
            cells.set_of_household(_one(Household, conflict), conflict.cell, theirs, by=by, at=at)
        else:
            cells.set_of_place(_one(Place, conflict), conflict.cell, theirs, by=by, at=at)


@transaction.atomic
def decide_person(
    *, village: Village, conflict: Conflict, person_id: UUID | None, by: UUID | None, at: datetime
) -> None:
    """Say whom a line of the file means; None is somebody new. What it says of them is imported now.

    Raises:
        DecidedAlready.
        Gone: not one of those who may be meant.
    """
    conflict = _locked(conflict)
    values = values_of(conflict)
    if person_id is not None and str(person_id) not in values["candidates"]:
        raise Gone
    lock(village.pk)
    row = msgspec.convert(values["row"], PersonRow)
    problems = tuple(Problem(code, row.sheet, row.row, None, row.name, {}) for code in values["problems"])
    roster = Roster(None, (row,), (), (), (), problems, {})
    work_out(village, roster, (), sealing=True, meant=Meant(person_id))
    _end(conflict, NEW if person_id is None else FIRST, by, at)
    batch_id = conflict.batch_id or conflict.pk
    write_down(village=village, batch_id=batch_id, roster=roster, by=by, at=at)


def _locked(conflict: Conflict) -> Conflict:
    current = Conflict.rows().select_for_update().get(village_id=conflict.village_id, pk=conflict.pk)
    if current.decided_at is not None:
        raise DecidedAlready
    return current


def _both(conflict: Conflict, choice: str) -> tuple[Person, Person]:
    """The one chosen, and the other."""
    if conflict.second_id is None:
        raise Gone
    ids = (conflict.first_id, conflict.second_id)
    chosen, other = ids if choice == FIRST else ids[::-1]
    return _person(conflict, chosen), _person(conflict, other)


def _person(conflict: Conflict, person_id: UUID) -> Person:
    found = Person.rows().select_for_update().filter(village_id=conflict.village_id, pk=person_id).first()
    if found is None:
        raise Gone
    return found


def _one(model: type[Any], conflict: Conflict) -> Any:
    found = model.rows().select_for_update().filter(village_id=conflict.village_id, pk=conflict.first_id).first()
    if found is None:
        raise Gone
    return found


def _drop_flag(person: Person, by: UUID | None, at: datetime) -> None:
    person.problems = [code for code in person.problems if code != "duplicate_id"]
    agree(person)
    person.updated_at, person.updated_by = at, by
    person.save()


def _end(conflict: Conflict, decision: str, by: UUID | None, at: datetime) -> None:
    conflict.decided_at, conflict.decided_by, conflict.decision = at, by, decision
    conflict.save(update_fields=["decided_at", "decided_by", "decision"])
    data = {"code": conflict.code, "cell": conflict.cell, "decision": decision}
    subject = ("conflict", conflict.pk)
    audit("registry.decide_conflict", by=by, at=at, village_id=conflict.village_id, subject=subject, data=data)


def _tell(village_id: UUID, people: tuple[UUID, ...], by: UUID | None, at: datetime) -> None:
    indexing.reindex(village_id, people=people)
    publish(PeopleChanged(village_id, people, by, at))
