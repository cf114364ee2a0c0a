"""Two rows of one person become one, and two again; or it is said that they are two.

Nothing is lost: who is merged into another keeps a row of their own, off the list, with all that it says. What the kept
one lacks is taken over; records follow (`PeopleMerged`); what was taken is written down so that it can be given back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import search
from wuyicun.domains.registry.actions.identity import agree
from wuyicun.domains.registry.events import PeopleChanged, PeopleMerged, PeopleParted
from wuyicun.domains.registry.models import Card, Conflict, Pairing, Person, PersonGroup
from wuyicun.domains.registry.rules import ConflictCode, Sex, Verdict
from wuyicun.domains.registry.tokens import PERSON
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish

MERGED = "merged"
SAME_PERSON = "same_person"
_CELLS = ("sex", "birth_date", "relation", "address", "registered_address", "workplace", "note")
_YES = ("party_member", "sampling_code")


class NotTwo(Refusal):
    """One of the two has left or was merged into somebody already."""

    code = "not_two_on_the_list"
    words = _("其中一条已经不在名册里，不能合并")


class KeptBefore(Refusal):
    """The one that shall be merged has others merged into it: they would be two steps away."""

    code = "merged_into_before"
    words = _("“%(name)s”这一条以前并入过别的登记，请保留这一条，把另一条并进来")


class UndoneAlready(Refusal):
    """Somebody else was quicker."""

    code = "merge_undone_already"
    words = _("这次合并已经撤销了")


@transaction.atomic
def merge_people(*, kept: Person, other: Person, by: UUID | None, at: datetime) -> Pairing:
    """They are the same person: `other` is merged into `kept`.

    Raises:
        NotTwo: one of them is not on the list (any more).
        KeptBefore: somebody was merged into `other`.
    """
    village_id = kept.village_id
    turns.take(alone=[village_id])
    kept, other = _both(village_id, kept.pk, other.pk)
    if kept.pk == other.pk or kept.left_at is not None or other.left_at is not None:
        raise NotTwo
    if Person.rows().filter(village_id=village_id, merged_into_id=other.pk).exists():
        raise KeptBefore(name=other.name)
    taken = _take_over(kept, other)
    other.left_at, other.left_reason, other.merged_into_id = at, MERGED, kept.pk
    _save(other, by, at)
    _save(kept, by, at)
    taken["groups"] = _join_groups(kept, other)
    taken["cards"] = _hand_on_card(kept, other)
    taken["conflicts"] = _end_conflicts(kept, other, by, at)
    pairing = Pairing(
        village_id=village_id, kept_id=kept.pk, other_id=other.pk, verdict=Verdict.SAME, decided_at=at, decided_by=by
    )
    pairing.set_taken(taken)
    pairing.save(force_insert=True)
    _audit("registry.merge_people", (kept, other), by, at, took=sorted(taken["cells"]))
    publish(PeopleMerged(village_id, kept.pk, other.pk, by, at))
    _tell(kept, other, by, at)
    return pairing


@transaction.atomic
def part_people(*, pairing: Pairing, by: UUID | None, at: datetime) -> None:
    """Take a merge back: what the kept one took and nobody changed since is given back.

    Raises:
        UndoneAlready: it was taken back before.
    """
    village_id = pairing.village_id
    turns.take(alone=[village_id])
    pairing = Pairing.rows().select_for_update().get(village_id=village_id, pk=pairing.pk)
    if pairing.undone_at is not None:
        raise UndoneAlready
    kept, other = _both(village_id, pairing.kept_id, pairing.other_id)
    taken = pairing.taken
    _give_back(kept, other, taken)
    _save(kept, by, at)
    other.left_at, other.left_reason, other.merged_into_id = None, "", None
    _save(other, by, at)
    PersonGroup.rows().filter(village_id=village_id, pk__in=taken["groups"]).delete()
    Card.rows().filter(village_id=village_id, pk__in=taken["cards"], subject_id=kept.pk).update(subject_id=other.pk)
    for conflict_id, sides in taken["conflicts"].items():
        Conflict.rows().filter(village_id=village_id, pk=conflict_id, decision__in=("", SAME_PERSON)).update(
            first_id=sides[0], second_id=sides[1], decided_at=None, decided_by=None, decision=""
        )
    pairing.undone_at, pairing.undone_by = at, by
    pairing.save(update_fields=["undone_at", "undone_by"])
    _audit("registry.part_people", (kept, other), by, at)
    publish(PeopleParted(village_id, kept.pk, other.pk, by, at))
    _tell(kept, other, by, at)


@transaction.atomic
def keep_apart(*, first: Person, second: Person, by: UUID | None, at: datetime) -> Pairing:
    """They are two people: they are not shown together again."""
    pairing = Pairing(
        village_id=first.village_id,
        kept_id=first.pk,
        other_id=second.pk,
        verdict=Verdict.TWO,
        decided_at=at,
        decided_by=by,
    )
    pairing.save(force_insert=True)
    _audit("registry.keep_apart", (first, second), by, at)
    return pairing


@transaction.atomic
def show_again(*, pairing: Pairing, by: UUID | None, at: datetime) -> None:
    """Take back that they are two people.

    Raises:
        UndoneAlready: it was taken back before.
    """
    current = Pairing.rows().select_for_update().get(village_id=pairing.village_id, pk=pairing.pk)
    if current.undone_at is not None:
        raise UndoneAlready
    current.undone_at, current.undone_by = at, by
    current.save(update_fields=["undone_at", "undone_by"])
    subject = ("person", current.kept_id)
    audit("registry.show_pair_again", by=by, at=at, village_id=current.village_id, subject=subject)


def _both(village_id: UUID, kept_id: UUID, other_id: UUID) -> tuple[Person, Person]:
    rows = Person.rows().select_for_update().filter(village_id=village_id, pk__in=(kept_id, other_id))
    found = {each.pk: each for each in rows.order_by("pk")}
    return found[kept_id], found[other_id]


def _take_over(kept: Person, other: Person) -> dict[str, Any]:
    """Fill in what the kept one lacks; returns what was taken, by cell."""
    cells: dict[str, Any] = {}
    for name in _CELLS:
        mine, theirs = getattr(kept, name), getattr(other, name)
        if (not mine or mine == Sex.UNKNOWN) and theirs and theirs != Sex.UNKNOWN:
            cells[name] = theirs
    cells.update({name: True for name in _YES if getattr(other, name) and not getattr(kept, name)})
    for name, value in cells.items():
        setattr(kept, name, value)
    taken: dict[str, Any] = {"cells": cells, "problems": [list(kept.problems), list(other.problems)]}
    if kept.household_id is None and other.household_id is not None:
        taken["home"] = [str(kept.area_id), kept.area_path]
        cells["household"] = str(other.household_id)
        kept.household_id, kept.area_id, kept.area_path = other.household_id, other.area_id, other.area_path
    if kept.phone_sealed is None and (phone := other.phone):
        cells["phone"] = phone
        kept.set_phone(phone)
    if kept.id_sealed is None and (number := other.id_number or _disputed(kept, other)):
        kind = other.id_kind or "resident"
        cells["id_number"], taken["id_kinds"] = number, [kept.id_kind, other.id_kind]
        taken["held"] = other.id_sealed is not None
        _change_places(kept, other)
        other.set_id_number(None)
        other.save(update_fields=["id_sealed", "id_index"])  # the number is free before the other one takes it
        kept.id_kind = kind
        kept.set_id_number(number)
    kept.problems = [code for code in kept.problems if code != "duplicate_id"]
    agree(kept)
    return taken


def _disputed(kept: Person, other: Person) -> str:
    """The number that the roster gives both, which neither holds as long as nobody has decided."""
    between = Q(first_id=kept.pk, second_id=other.pk) | Q(first_id=other.pk, second_id=kept.pk)
    open_ones = Conflict.rows().filter(
        between, village_id=kept.village_id, code=ConflictCode.DUPLICATE_ID, decided_at=None
    )
    conflict = open_ones.first()
    return "" if conflict is None else str(json.loads(conflict.values or "{}").get("id_number") or "")


def _change_places(kept: Person, other: Person) -> None:
    """A roster's line finds somebody by the number: what it said last goes with it, so that it is no news next time."""
    kept.last_import, other.last_import = other.last_import, kept.last_import


def _give_back(kept: Person, other: Person, taken: Mapping[str, Any]) -> None:
    cells = dict(taken["cells"])
    number, phone, household = (cells.pop(name, None) for name in ("id_number", "phone", "household"))
    for name, value in cells.items():
        now = getattr(kept, name)
        if (now.isoformat() if isinstance(now, date) else now) == value:
            empty: Any = {"sex": Sex.UNKNOWN, "birth_date": None}.get(name, False if name in _YES else "")
            setattr(kept, name, empty)
    if phone is not None and kept.phone == phone:
        kept.set_phone(None)
    if household is not None and str(kept.household_id) == household:
        kept.household_id, (kept.area_id, kept.area_path) = None, taken["home"]
    if number is not None and kept.id_number == number:
        kept.set_id_number(None)
        kept.save(update_fields=["id_sealed", "id_index"])
        kept.id_kind, other.id_kind = taken["id_kinds"]
        _change_places(kept, other)
        if taken["held"]:
            other.set_id_number(number)
    kept.problems, other.problems = taken["problems"]


def _join_groups(kept: Person, other: Person) -> list[str]:
    """The groups of the other that the kept one was not in, since when and by whom it was said; the ids of the rows."""
    held = PersonGroup.rows().filter(village_id=kept.village_id, ends_on__isnull=True)
    mine = set(held.filter(person=kept).values_list("group", flat=True))
    made = [
        PersonGroup(
            village_id=kept.village_id,
            person=kept,
            group=each.group,
            starts_on=each.starts_on,
            source=each.source,
            batch_id=each.batch_id,
        )
        for each in held.filter(person=other).exclude(group__in=mine).order_by("group")
    ]
    PersonGroup.rows().bulk_create(made)
    return [str(each.pk) for each in made]


def _hand_on_card(kept: Person, other: Person) -> list[str]:
    """The living card of the other is the kept one's, if they have none."""
    living = Card.rows().filter(village_id=kept.village_id, letter=PERSON, lost_at__isnull=True)
    if living.filter(subject_id=kept.pk).exists():
        return []
    cards = [str(pk) for pk in living.filter(subject_id=other.pk).values_list("pk", flat=True)]
    living.filter(pk__in=cards).update(subject_id=kept.pk)
    return cards


def _end_conflicts(kept: Person, other: Person, by: UUID | None, at: datetime) -> dict[str, list[str | None]]:
    """What was open about the other is open about the kept one; what was open between the two is decided."""
    about = Q(first_id=other.pk) | Q(second_id=other.pk)
    found: dict[str, list[str | None]] = {}
    for conflict in Conflict.rows().filter(about, village_id=kept.village_id, decided_at=None).order_by("pk"):
        found[str(conflict.pk)] = [str(each) if each else None for each in (conflict.first_id, conflict.second_id)]
        sides = {conflict.first_id, conflict.second_id} - {None}
        if sides == {kept.pk, other.pk} and conflict.code != ConflictCode.SEVERAL_MATCH:
            conflict.decided_at, conflict.decided_by, conflict.decision = at, by, SAME_PERSON
        else:
            conflict.first_id = kept.pk if conflict.first_id == other.pk else conflict.first_id
            conflict.second_id = kept.pk if conflict.second_id == other.pk else conflict.second_id
        conflict.save()
    return found


def _save(person: Person, by: UUID | None, at: datetime) -> None:
    person.updated_at, person.updated_by = at, by
    person.save()


def _audit(action: str, both: tuple[Person, Person], by: UUID | None, at: datetime, **data: object) -> None:
    """Seen in the history of both."""
    for who, with_whom in (both, both[::-1]):
        told = {**data, "with": str(with_whom.pk)}
        audit(action, by=by, at=at, village_id=who.village_id, subject=("person", who.pk), data=told)


def _tell(kept: Person, other: Person, by: UUID | None, at: datetime) -> None:
    search.reindex(kept.village_id, people=[kept.pk, other.pk])
    publish(PeopleChanged(kept.village_id, (kept.pk, other.pk), by, at))
