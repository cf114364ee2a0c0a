"""The only way from an address to somebody: fetched and checked in one step. Others' people do not exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from wuyicun.domains.registry.models import BulkChange, Household, LifeEvent, Person, Place, Worker
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import LEAVES, is_unplaced
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def person(scope: Scope, village_id: UUID, person_id: UUID, permission: Permission = Permission.VIEW_PEOPLE) -> Person:
    """The person with their household.

    Raises:
        NotYours: there is none, or `permission` is not held over their area.
    """
    found = Person.rows().select_related("household").filter(village_id=village_id, pk=person_id).first()
    if found is None or not scope.permits(permission, found.area_path):
        raise NotYours
    return found


def people(scope: Scope, village_id: UUID, ids: Collection[UUID], permission: Permission) -> Sequence[UUID]:
    """The ids of people who have not left, all of whom the permission is held over.

    Raises:
        NotYours: it is not held over one of them, or there is none.
    """
    rows = Person.named(village_id, ids).filter(scope.covering(permission))
    found = dict(rows.values_list("pk", "left_at"))
    if len(found) != len(set(ids)):
        raise NotYours
    return [pk for pk, left_at in found.items() if left_at is None]


def bulk_change(scope: Scope, village: Village, bulk_id: UUID, account_id: UUID) -> BulkChange:
    """A change of many people that the account made, or any for who may edit the whole village.

    Raises:
        NotYours: there is none, or it is another's.
    """
    held(scope, Permission.EDIT_PEOPLE)
    found = BulkChange.rows().filter(village_id=village.pk, pk=bulk_id).first()
    if found is None or not (found.made_by == account_id or scope.permits(Permission.EDIT_PEOPLE, village.area_path)):
        raise NotYours
    return found


def household(
    scope: Scope, village_id: UUID, household_id: UUID, permission: Permission = Permission.VIEW_PEOPLE
) -> Household:
    """The household.

    Raises:
        NotYours: there is none, or `permission` is not held over its area.
    """
    found = Household.rows().filter(village_id=village_id, pk=household_id).first()
    if found is None or not scope.permits(permission, found.area_path):
        raise NotYours
    return found


def household_numbered(
    scope: Scope, village_id: UUID, section_path: str, number: str, permission: Permission = Permission.EDIT_PEOPLE
) -> Household:
    """The household with a number in a section.

    Raises:
        NotYours: there is none, or `permission` is not held over its area.
    """
    found = Household.rows().filter(village_id=village_id, section_path=section_path, number=number).first()
    if found is None or not scope.permits(permission, found.area_path):
        raise NotYours
    return found


def life_event(scope: Scope, village_id: UUID, event_id: UUID) -> LifeEvent:
    """A birth or death of somebody whom the asker may edit.

    Raises:
        NotYours: there is none, or they may not.
    """
    rows = LifeEvent.rows().select_related("person", "mother").filter(village_id=village_id, pk=event_id)
    found = rows.first()
    if found is None or not scope.permits(Permission.EDIT_PEOPLE, found.person.area_path):
        raise NotYours
    return found


def worker(scope: Scope, village_id: UUID, worker_id: UUID) -> Worker:
    """Somebody on the roster of a worksite that the asker may edit.

    Raises:
        NotYours: there is none, or they may not.
    """
    found = Worker.rows().select_related("place", "person").filter(village_id=village_id, pk=worker_id).first()
    if found is None or not scope.permits(Permission.EDIT_PEOPLE, found.place.area_path):
        raise NotYours
    return found


def place(scope: Scope, village_id: UUID, place_id: UUID, permission: Permission = Permission.VIEW_PEOPLE) -> Place:
    """The place.

    Raises:
        NotYours: there is none, or `permission` is not held over its area.
    """
    found = Place.rows().filter(village_id=village_id, pk=place_id).first()
    if found is None or not scope.permits(permission, found.area_path):
        raise NotYours
    return found


@dataclass(frozen=True)
class Site:
    """An area to which a place can belong: a micro-grid, 未入网, or a whole section or village."""

    id: UUID
    area_path: str
    name: str
    is_leaf: bool


def sites(scope: Scope, village_id: UUID, permission: Permission = Permission.EDIT_PEOPLE) -> tuple[Site, ...]:
    """The areas over which the permission is held: leaves first, then what they lie in."""
    found = [
        Site(area.pk, area.area_path, area.name, area.level in LEAVES)
        for area in territory.areas(village_id)
        if area.retired_at is None and scope.permits(permission, area.area_path)
    ]
    return tuple(sorted(found, key=lambda each: not each.is_leaf))


def site(scope: Scope, village_id: UUID, area_path: str, permission: Permission = Permission.EDIT_PEOPLE) -> Site:
    """The area with this path.

    Raises:
        NotYours: there is none, or `permission` is not held over it.
    """
    for each in sites(scope, village_id, permission):
        if each.area_path == area_path:
            return each
    raise NotYours


@dataclass(frozen=True)
class Leaf:
    """A micro-grid, or 未入网, in which people can be placed; the section is what it lies in."""

    id: UUID
    area_path: str
    name: str
    section_path: str
    section: str


def leaves(scope: Scope, village_id: UUID, village_path: str, permission: Permission) -> tuple[Leaf, ...]:
    """The leaves over which the permission is held, in the order of their codes, 未入网 last."""
    names = territory.names(village_id)
    found = []
    for area in territory.leaves(village_id, village_path):
        if area.retired_at is None and scope.permits(permission, area.area_path):
            section = _section_path(names, area.area_path)
            found.append(Leaf(area.pk, area.area_path, area.name, section, names.get(section, "")))
    return tuple(sorted(found, key=lambda each: is_unplaced(each.area_path)))


def leaf(scope: Scope, village_id: UUID, area_path: str, permission: Permission = Permission.EDIT_PEOPLE) -> Leaf:
    """The leaf with this path.

    Raises:
        NotYours: there is none, or `permission` is not held over it.
    """
    for each in leaves(scope, village_id, area_path, permission):
        if each.area_path == area_path:
            return each
    raise NotYours


def _section_path(names: Mapping[str, str], area_path: str) -> str:
    above = (area_path[:digits] for digits in range(len(area_path) - 1, 0, -1))
    return next((path for path in above if path in names), area_path)


def held(scope: Scope, permission: Permission) -> None:
    """Whether a permission is held anywhere.

    Raises:
        NotYours: it is not.
    """
    if not scope.permits(permission):
        raise NotYours
