"""Moving households, and all that belongs to a micro-grid, to others: many at once, each with its trace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.actions.households import NumberTaken
from wuyicun.domains.registry.events import HouseholdsChanged, PeopleChanged
from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.events import publish


@dataclass(frozen=True, slots=True)
class Moved:
    """A household that was moved, and from where."""

    household_id: UUID
    from_path: str
    to_path: str


@transaction.atomic
def move_households(*, village_id: UUID, to: Mapping[UUID, Leaf], by: UUID | None, at: datetime) -> tuple[Moved, ...]:
    """Let households belong to other micro-grids, their people with them; open rolls follow.

    Args:
        to: by the household's id; those that are there already, or no longer exist, are passed over.

    Raises:
        NumberTaken: the section it would come into has a household of that number; nobody is moved.
    """
    rows = Household.rows().select_for_update().filter(village_id=village_id, pk__in=to).order_by("pk")
    moving = [each for each in rows if each.area_path != to[each.pk].area_path]
    moved = tuple(Moved(each.pk, each.area_path, to[each.pk].area_path) for each in moving)
    _refuse_taken_numbers(village_id, moving, to)
    by_leaf: dict[UUID, list[UUID]] = defaultdict(list)
    leaves = {leaf.id: leaf for leaf in to.values()}
    for each in moving:
        by_leaf[to[each.pk].id].append(each.pk)
    people: list[UUID] = []
    for leaf_id, households in sorted(by_leaf.items()):
        people += _carry(village_id, households, leaves[leaf_id], by, at)
    indexing.reindex(village_id, households=[trace.household_id for trace in moved], people=people)
    for trace in moved:
        audit(
            "registry.move_household",
            by=by,
            at=at,
            village_id=village_id,
            subject=("household", trace.household_id),
            data={"from": trace.from_path, "to": trace.to_path},
        )
    _tell(village_id, [trace.household_id for trace in moved], people, by, at)
    return moved


@transaction.atomic
def empty_leaf(*, village_id: UUID, area_path: str, into: Leaf, by: UUID | None, at: datetime) -> tuple[Moved, ...]:
    """Move all that belongs to a leaf into another: households, people without one, places.

    Raises:
        NumberTaken: as `move_households`.
    """
    there = {"village_id": village_id, "area_path": area_path}
    households = Household.rows().filter(**there).values_list("pk", flat=True)
    moved = move_households(village_id=village_id, to=dict.fromkeys(households, into), by=by, at=at)
    placed = {"area_id": into.id, "area_path": into.area_path, "updated_at": at, "updated_by": by}
    alone = list(Person.rows().select_for_update().filter(**there).order_by("pk").values_list("pk", flat=True))
    Person.rows().filter(village_id=village_id, pk__in=alone).update(**placed)
    _move_places(village_id, area_path, into, placed)
    indexing.reindex(village_id, people=alone)
    _tell(village_id, (), alone, by, at)
    return moved


def _move_places(village_id: UUID, area_path: str, into: Leaf, placed: Mapping[str, object]) -> None:
    """Two places of one name cannot be in one area: the one that comes is called after where it was."""
    taken = set(Place.rows().filter(village_id=village_id, area_path=into.area_path).values_list("name", flat=True))
    places = list(Place.rows().select_for_update().filter(village_id=village_id, area_path=area_path).order_by("pk"))
    for place in places:
        number, name = 2, place.name
        while place.name in taken:
            place.name, number = f"{name[:60]} {number}", number + 1
        taken.add(place.name)
        for field, value in placed.items():
            setattr(place, field, value)
        place.save(update_fields=["name", *placed])
    indexing.reindex(village_id, places=[place.pk for place in places])


def _refuse_taken_numbers(village_id: UUID, moving: list[Household], to: Mapping[UUID, Leaf]) -> None:
    leaving = [each for each in moving if each.section_path != to[each.pk].section_path]
    coming: set[tuple[str, str]] = set()
    for each in leaving:
        section = to[each.pk].section_path
        there = Household.rows().filter(village_id=village_id, section_path=section, number=each.number)
        if (section, each.number) in coming or there.exists():
            raise NumberTaken(number=each.number)
        coming.add((section, each.number))


def _carry(village_id: UUID, households: list[UUID], leaf: Leaf, by: UUID | None, at: datetime) -> list[UUID]:
    changed = {"area_id": leaf.id, "area_path": leaf.area_path, "updated_at": at, "updated_by": by}
    Household.rows().filter(village_id=village_id, pk__in=households).update(section_path=leaf.section_path, **changed)
    members = Person.rows().select_for_update().filter(village_id=village_id, household_id__in=households)
    people = list(members.order_by("pk").values_list("pk", flat=True))
    Person.rows().filter(village_id=village_id, pk__in=people).update(**changed)
    return people


def _tell(
    village_id: UUID, households: list[UUID] | tuple[()], people: list[UUID], by: UUID | None, at: datetime
) -> None:
    if people:
        publish(PeopleChanged(village_id, tuple(people), by, at))
    if households:
        publish(HouseholdsChanged(village_id, tuple(households), by, at))
