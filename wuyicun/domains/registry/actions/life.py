"""出生 and 去世 as acts of their own, and taking them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.actions.people import (
    Newcomer,
    PersonFields,
    Stay,
    add_person,
    end_work,
    locked,
    refuse_changed,
    settle,
)
from wuyicun.domains.registry.actions.seeing import Marks, stand, stands
from wuyicun.domains.registry.events import PeopleChanged
from wuyicun.domains.registry.models import Household, LifeEvent, Person, PersonGroup, Worker
from wuyicun.domains.registry.roster.words.newborn import unnamed_child
from wuyicun.domains.registry.rules import DIED, MISTAKEN, Group, Life, Sex
from wuyicun.domains.territory import ending
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish


class NotOnTheList(Refusal):
    """Somebody who has left, or whose death is registered already."""

    code = "not_on_the_list"
    words = _("这个人已经不在名册里了")


class BeforeBirth(Refusal):
    """Nobody dies before they are born."""

    code = "died_before_birth"
    status = 400
    words = _("去世的日子早于出生的日子")


class LifeUndone(Refusal):
    """Somebody else was quicker."""

    code = "life_event_undone_already"
    words = _("这次登记已经撤销了")


@dataclass(frozen=True)
class Newborn:
    """A child as it is registered.

    Attributes:
        name: '' as long as there is none.
        relation: what it is to the head of the household.
    """

    born_on: date
    sex: Sex
    name: str = ""
    relation: str = ""


@transaction.atomic
def register_birth(*, mother: Person, newborn: Newborn, by: UUID | None, at: datetime) -> LifeEvent:
    """A child is born into the mother's household; her group 孕妇 ends.

    Raises:
        NotOnTheList: the mother has left.
        AlreadyInHousehold: somebody of that name lives there.
    """
    mother = locked(mother)
    if mother.left_at is not None:
        raise NotOnTheList
    ended = _end_groups(mother, newborn.born_on, Group.PREGNANT)
    fields = PersonFields(
        name=newborn.name or _unnamed(mother, newborn.sex),
        sex=newborn.sex,
        birth_date=newborn.born_on,
        relation=newborn.relation,
        residence=mother.residence,
        address=mother.address,
        registered_address=mother.registered_address,
    )
    stay = Stay(mother.whereabouts, mother.whereabouts_text, None, mother.expected_return)
    home = _home(mother)
    child = add_person(
        village_id=mother.village_id, home=home, newcomer=Newcomer(fields, stay, (Group.INFANT,)), by=by, at=at
    )
    _touch(mother, by, at)
    event = LifeEvent(
        village_id=mother.village_id,
        kind=Life.BIRTH,
        person=child,
        mother=mother,
        happened_on=newborn.born_on,
        before={"groups": ended},
        made_at=at,
        made_by=by,
    )
    event.save(force_insert=True)
    _audit("registry.register_birth", child, by, at, {"mother": str(mother.pk)})
    _audit("registry.gave_birth", mother, by, at, {"child": str(child.pk), "ended": [Group.PREGNANT] if ended else []})
    publish(PeopleChanged(mother.village_id, (mother.pk,), by, at))
    return event


@transaction.atomic
def undo_birth(*, event: LifeEvent, by: UUID | None, at: datetime) -> None:
    """It was no birth: the child is off the list as entered by mistake, the mother's group holds again.

    Raises:
        LifeUndone: it was taken back before.
    """
    event = _standing(event)
    child = locked(event.person)
    if child.left_at is None:
        child.left_at, child.left_reason = at, MISTAKEN
        _touch(child, by, at)
    if event.mother is not None:
        _reopen_groups(event.mother, event.before["groups"])
        _audit("registry.undo_gave_birth", event.mother, by, at, {})
    _undone(event, by, at)
    _audit("registry.undo_birth", child, by, at, {})
    publish(PeopleChanged(event.village_id, (child.pk, *([event.mother_id] if event.mother_id else [])), by, at))


@transaction.atomic
def register_death(
    *,
    person: Person,
    died_on: date,
    posts: Collection[UUID] = (),
    seen: Marks | None = None,
    by: UUID | None,
    at: datetime,
) -> LifeEvent:
    """Somebody has died: whereabouts, groups and posts end with it, and what is owed in open rounds.

    Args:
        posts: the posts that the person held.
        seen: the marks of what the editor saw.

    Raises:
        ChangedMeanwhile: somebody else changed anything of the person since.
        NotOnTheList: the person has left.
        BeforeBirth: as it says.
    """
    current = locked(person)
    refuse_changed(current, seen)
    if current.left_at is not None:
        raise NotOnTheList
    if current.birth_date is not None and died_on < current.birth_date:
        raise BeforeBirth
    before: dict[str, Any] = {
        "stay": stands(current),
        "groups": _end_groups(current, died_on),
        "work": end_work(current, at),
        "posts": [str(each) for each in ending.end_posts(village_id=current.village_id, posts=posts, by=by, at=at)],
    }
    settle(current, Stay())
    current.left_at, current.left_reason = at, DIED
    _touch(current, by, at)
    event = LifeEvent(
        village_id=current.village_id,
        kind=Life.DEATH,
        person=current,
        happened_on=died_on,
        before=before,
        made_at=at,
        made_by=by,
    )
    event.save(force_insert=True)
    _audit("registry.register_death", current, by, at, {"reason": DIED, "posts": len(before["posts"])})
    publish(PeopleChanged(current.village_id, (current.pk,), by, at))
    return event


@transaction.atomic
def undo_death(*, event: LifeEvent, by: UUID | None, at: datetime) -> int:
    """They live: back on the list with whereabouts and groups as they were, and with the posts that are still vacant.

    Returns how many posts somebody else holds by now.

    Raises:
        LifeUndone: it was taken back before.
    """
    event = _standing(event)
    person = locked(event.person)
    stand(person, event.before["stay"])
    person.left_at, person.left_reason = None, ""
    _touch(person, by, at)
    _reopen_groups(person, event.before["groups"])
    Worker.rows().filter(village_id=event.village_id, pk__in=event.before["work"]).update(ends_on=None)
    posts = [UUID(each) for each in event.before["posts"]]
    taken = ending.give_back(village_id=event.village_id, posts=posts, by=by, at=at)
    _undone(event, by, at)
    _audit("registry.undo_death", person, by, at, {})
    publish(PeopleChanged(event.village_id, (person.pk,), by, at))
    return taken


def _home(mother: Person) -> Household | Leaf:
    household: Household | None = mother.household
    if household is not None:
        return household
    return Leaf(mother.area_id, mother.area_path, "", "", "")


def _unnamed(mother: Person, sex: Sex) -> str:
    """张秀英之女; where a sibling is called so already, 张秀英之女2."""
    names = Person.rows().filter(village_id=mother.village_id, household=mother.household, left_at__isnull=True)
    taken, place = set(names.values_list("name", flat=True)), 1
    while unnamed_child(mother.name, sex, place) in taken:
        place += 1
    return unnamed_child(mother.name, sex, place)


def _end_groups(person: Person, day: date, *groups: Group) -> list[str]:
    """End the groups of somebody, or only these; the ids of the rows."""
    held = PersonGroup.rows().filter(village_id=person.village_id, person=person, ends_on__isnull=True)
    held = held.filter(group__in=groups) if groups else held
    ended = []
    for each in held.order_by("pk"):
        each.ends_on = max(day, each.starts_on)
        each.save(update_fields=["ends_on"])
        ended.append(str(each.pk))
    return ended


def _reopen_groups(person: Person, ids: Collection[str]) -> None:
    """Let groups hold again, but for those that somebody has entered anew."""
    rows = PersonGroup.rows().filter(village_id=person.village_id, person=person)
    again = set(rows.filter(ends_on__isnull=True).values_list("group", flat=True))
    rows.filter(pk__in=ids).exclude(group__in=again).update(ends_on=None)


def _standing(event: LifeEvent) -> LifeEvent:
    rows = LifeEvent.rows().select_for_update().filter(village_id=event.village_id, pk=event.pk)
    found = rows.get()
    if found.undone_at is not None:
        raise LifeUndone
    return found


def _undone(event: LifeEvent, by: UUID | None, at: datetime) -> None:
    event.undone_at, event.undone_by = at, by
    event.save(update_fields=["undone_at", "undone_by"])


def _touch(person: Person, by: UUID | None, at: datetime) -> None:
    person.updated_at, person.updated_by = at, by
    person.save()
    indexing.reindex(person.village_id, people=[person.pk])


def _audit(action: str, person: Person, by: UUID | None, at: datetime, data: Mapping[str, object]) -> None:
    audit(action, by=by, at=at, village_id=person.village_id, subject=("person", person.pk), data=data)
