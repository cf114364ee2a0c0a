"""What who is kept gets from their other row: whatever they lack, and what somebody chose of what differs; and how it
is given back when the two are parted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from wuyicun.domains.registry.actions.identity import (
    ABOUT_ID,
    ABOUT_PHONE,
    DISAGREE,
    agree,
    another_holder,
    hold_id,
    hold_phone,
    set_unread,
)
from wuyicun.domains.registry.actions.seeing import plain, stand, stands
from wuyicun.domains.registry.models import ID_NUMBER, Card, Conflict, Person, PersonGroup, Worker
from wuyicun.domains.registry.rules import ConflictCode, IdKind, Sex
from wuyicun.domains.registry.tokens import PERSON
from wuyicun.kernel.crypto import blind_index

SAME_PERSON = "same_person"
_CELLS = ("sex", "birth_date", "relation", "address", "registered_address", "workplace", "note")
_YES = ("party_member", "sampling_code")
_STAY = "whereabouts"
CHOOSABLE = frozenset((*_CELLS, "residence", _STAY, "household", "phone", "id_number"))
"""Of what differs, so much can be taken from the other row; where somebody is goes with since when and until when."""


def take_over(kept: Person, other: Person, chosen: Set[str] = frozenset()) -> dict[str, Any]:
    """Fill in what the kept one lacks, and what was chosen; returns what was taken by cell, and what had stood there.

    Args:
        chosen: of `CHOOSABLE`, what shall be as the other row has it.
    """
    problems = [list(kept.problems), list(other.problems)]
    cells: dict[str, Any] = {}
    before: dict[str, Any] = {}
    taken: dict[str, Any] = {"cells": cells, "before": before, "problems": problems, "unread": kept.unread}
    _take_cells(kept, other, chosen, taken)
    if other.household_id is not None and (kept.household_id is None or "household" in chosen):
        taken["home"] = [str(kept.area_id), kept.area_path]
        before["household"] = str(kept.household_id) if kept.household_id else None
        cells["household"] = str(other.household_id)
        kept.household_id, kept.area_id, kept.area_path = other.household_id, other.area_id, other.area_path
    if (kept.phone_sealed is None or "phone" in chosen) and (phone := other.phone):
        before["phone"], cells["phone"] = kept.phone, phone
        hold_phone(kept, phone)
    wanted = kept.id_sealed is None or "id_number" in chosen
    if wanted and (number := other.id_number or _disputed(kept, other)):
        before["id_number"], cells["id_number"], taken["id_kind"] = kept.id_number, number, kept.id_kind
        taken["held"] = other.id_sealed is not None
        _change_places(kept, other)
        other.set_id_number(None)
        other.save(update_fields=["id_sealed", "id_index"])  # the number is free before the other one takes it
        kept.id_kind = other.id_kind or IdKind.RESIDENT
        hold_id(kept, number)
    kept.problems = [code for code in kept.problems if code != ConflictCode.DUPLICATE_ID]
    agree(kept)
    return taken


def _take_cells(kept: Person, other: Person, chosen: Set[str], taken: dict[str, Any]) -> None:
    cells, before = taken["cells"], taken["before"]
    for name in (*_CELLS, "residence"):
        mine, theirs = getattr(kept, name), getattr(other, name)
        lacks = not mine or mine == Sex.UNKNOWN
        if theirs and theirs not in (mine, Sex.UNKNOWN) and (lacks or name in chosen):
            before[name], cells[name] = mine, theirs
            setattr(kept, name, theirs)
    for name in _YES:
        if getattr(other, name) and not getattr(kept, name):
            before[name], cells[name] = False, True
            setattr(kept, name, True)
    if _STAY in chosen:
        before[_STAY], cells[_STAY] = stands(kept), stands(other)
        stand(kept, cells[_STAY])


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


def give_back(kept: Person, other: Person, taken: Mapping[str, Any]) -> None:
    """Take from the kept one what they took and nobody has changed since; the other has their number again."""
    cells, before = dict(taken["cells"]), taken.get("before", {})
    number, phone, household, stay = (cells.pop(name, None) for name in ("id_number", "phone", "household", _STAY))
    for name, value in cells.items():
        if plain({name: getattr(kept, name)}) == {name: value}:
            empty: Any = {"sex": Sex.UNKNOWN, "birth_date": None}.get(name, False if name in _YES else "")
            stood = before.get(name, empty)
            setattr(kept, name, date.fromisoformat(stood) if stood and name == "birth_date" else stood)
    if stay is not None and stands(kept) == stay:
        stand(kept, before[_STAY])
    if household is not None and str(kept.household_id) == household:
        stood = before.get("household")
        kept.household_id, (kept.area_id, kept.area_path) = UUID(stood) if stood else None, taken["home"]
    answered = {ConflictCode.DUPLICATE_ID, *DISAGREE}
    if phone is not None and kept.phone == phone:
        kept.set_phone(before.get("phone"))
        answered |= ABOUT_PHONE
    if number is not None and kept.id_number == number:
        kept.set_id_number(None)
        kept.save(update_fields=["id_sealed", "id_index"])  # the number is free before the other one takes it again
        kept.id_kind = taken["id_kind"]
        stood = before.get("id_number")
        if stood and another_holder(kept, blind_index(stood, ID_NUMBER)) is None:
            kept.set_id_number(stood)
        answered |= ABOUT_ID
    if number is not None:
        _change_places(kept, other)
        if taken["held"] and another_holder(other, blind_index(number, ID_NUMBER)) is None:
            other.set_id_number(number)
    _flag_again(kept, taken, answered)
    other.problems = taken["problems"][1]


def _flag_again(kept: Person, taken: Mapping[str, Any], answered: Set[str]) -> None:
    """What the merge had answered is to be checked again; of the rest, what has been settled since stays settled."""
    before, now = taken["problems"][0], kept.problems
    kept.problems = [code for code in before if code in answered or code in now]
    kept.problems += [code for code in now if code not in answered and code not in before]
    unread = {"id_number": ABOUT_ID, "phone": ABOUT_PHONE}
    back = {cell: said for cell, said in taken["unread"].items() if unread[cell] <= answered}
    set_unread(kept, {**kept.unread, **back})
    if kept.id_sealed is not None:
        agree(kept)


def take_along(kept: Person, other: Person, by: UUID | None, at: datetime) -> dict[str, Any]:
    """Let what hangs on the other row hang on the kept one: groups, the card, what waits for a decision."""
    return {
        "groups": _join_groups(kept, other),
        "cards": _hand_on_card(kept, other),
        "work": _hand_on_work(kept, other),
        "conflicts": _end_conflicts(kept, other, by, at),
    }


def hand_back(kept: Person, other: Person, taken: Mapping[str, Any]) -> None:
    """Let it hang on the other row again."""
    village_id = kept.village_id
    PersonGroup.rows().filter(village_id=village_id, pk__in=taken["groups"]).delete()
    Card.rows().filter(village_id=village_id, pk__in=taken["cards"], subject_id=kept.pk).update(subject_id=other.pk)
    Worker.rows().filter(village_id=village_id, pk__in=taken["work"], person=kept).update(person=other)
    for conflict_id, sides in taken["conflicts"].items():
        Conflict.rows().filter(village_id=village_id, pk=conflict_id, decision__in=("", SAME_PERSON)).update(
            first_id=sides[0], second_id=sides[1], decided_at=None, decided_by=None, decision=""
        )


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


def _hand_on_work(kept: Person, other: Person) -> list[str]:
    """The place on a worksite's roster of the other is the kept one's, if they have none."""
    standing = Worker.rows().filter(village_id=kept.village_id, ends_on__isnull=True)
    if standing.filter(person=kept).exists():
        return []
    rows = [str(pk) for pk in standing.filter(person=other).values_list("pk", flat=True)]
    standing.filter(pk__in=rows).update(person=kept)
    return rows


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
