"""Lists of people, households and places: a page at a time, continued behind the last row that was shown.

A cursor is the id of that row: an address never carries a name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from wuyicun.domains.registry.models import Household, Person, PersonGroup, Place
from wuyicun.domains.registry.naming import house_label
from wuyicun.domains.registry.queries import PersonBrief, brief
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.scope import within as below
from wuyicun.kernel.web.formatting import masked_phone

Row = TypeVar("Row")
_FEW = 1_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of what follows; None when nothing does."""

    rows: Sequence[Row]
    next: UUID | None


@dataclass(frozen=True)
class Asked:
    """Which people: all conditions hold at once, an empty one for everybody.

    Attributes:
        area_path: who belongs to this area or one below it.
        problem: only those with something to check.
        left: those who have left for good, instead of those who have not.
    """

    area_path: str = ""
    residence: str = ""
    group: str = ""
    whereabouts: str = ""
    party: bool = False
    problem: bool = False
    left: bool = False

    def within(self, area_path: str) -> Asked:
        """The same, but only of an area ('' for all)."""
        return replace(self, area_path=area_path)

    def condition(self, village_id: UUID) -> Q:
        """The same as a filter of people."""
        found = Q(village_id=village_id, left_at__isnull=not self.left)
        if self.area_path:
            found &= below(self.area_path)
        if self.residence:
            found &= Q(residence=self.residence)
        if self.whereabouts:
            found &= Q(whereabouts=self.whereabouts)
        if self.party:
            found &= Q(party_member=True)
        if self.problem:
            found &= ~Q(problems=[])
        if self.group:
            of_group = PersonGroup.rows().filter(village_id=village_id, group=self.group, ends_on__isnull=True)
            found &= Q(Exists(of_group.filter(person=OuterRef("pk"))))
        return found


@dataclass(frozen=True)
class HouseholdRow:
    """A household with those of its members that the list is about, in the order of the roster."""

    id: UUID
    house: str
    number: str
    address: str
    area_path: str
    area: str
    head_name: str
    members: Sequence[PersonBrief]


@dataclass(frozen=True)
class PlaceRow:
    """A place; the contact's phone is masked."""

    id: UUID
    name: str
    kind: str
    area_path: str
    area: str
    contact_name: str
    phone: str
    location: str
    is_closed: bool


def people(
    scope: Scope,
    village_id: UUID,
    asked: Asked,
    *,
    after: UUID | None = None,
    limit: int = 50,
    permission: Permission = Permission.VIEW_PEOPLE,
) -> Page[PersonBrief]:
    """People in the order of their pinyin, where `permission` is held."""
    rows = Person.rows().filter(scope.covering(permission), asked.condition(village_id))
    last = Person.rows().filter(village_id=village_id, pk=after).values_list("name_sort").first() if after else None
    if last is not None:
        rows = rows.filter(Q(name_sort__gt=last[0]) | Q(pk__gt=after), name_sort__gte=last[0])
    ids = list(rows.order_by("name_sort", "pk").values_list("pk", flat=True)[: limit + 1])
    briefs = brief(village_id, ids[:limit])
    return Page([briefs[pk] for pk in ids[:limit]], _next(ids, limit))


def ids_of_people(scope: Scope, village_id: UUID, asked: Asked, permission: Permission) -> Sequence[UUID]:
    """All whom a filter finds and over whose area the asker holds a permission."""
    rows = Person.rows().filter(scope.covering(permission), asked.condition(village_id))
    return list(rows.values_list("pk", flat=True))


def households(
    scope: Scope,
    village_id: UUID,
    asked: Asked,
    *,
    after: UUID | None = None,
    limit: int = 30,
    permission: Permission = Permission.VIEW_PEOPLE,
) -> Page[HouseholdRow]:
    """Households by micro-grid and number, where `permission` is held, with the members that are asked for; a household
    without any is left out unless nothing is asked for but an area."""
    members = Person.rows().filter(asked.condition(village_id))
    rows = Household.rows().filter(village_id=village_id)
    if asked != Asked(area_path=asked.area_path):
        rows = _with_any(village_id, members)
    rows = rows.filter(scope.covering(permission))
    if asked.area_path:
        rows = rows.filter(below(asked.area_path))
    last = Household.rows().filter(village_id=village_id, pk=after).first() if after else None
    if last is not None:
        further = Q(order__gt=last.order) | Q(order=last.order, pk__gt=last.pk)
        rows = rows.filter(Q(area_path__gt=last.area_path) | further, area_path__gte=last.area_path)
    found = list(rows.order_by("area_path", "order", "pk")[: limit + 1])
    return Page(_with_members(village_id, found[:limit], members), _next([each.pk for each in found], limit))


def _with_any(village_id: UUID, members: QuerySet[Person]) -> QuerySet[Household]:
    """The households of such members: few are looked up by id, many are walked until a page is full."""
    some = list(members.filter(household__isnull=False).values_list("household_id", flat=True)[: _FEW + 1])
    if len(some) <= _FEW:
        return Household.named(village_id, set(some))
    return Household.rows().filter(Exists(members.filter(household=OuterRef("pk"))), village_id=village_id)


def without_household(scope: Scope, village_id: UUID, asked: Asked, *, limit: int = 100) -> Sequence[PersonBrief]:
    """Outside workers, visitors and others who belong to no household, by name; no more than `limit`."""
    may_see = scope.covering(Permission.VIEW_PEOPLE)
    rows = Person.rows().filter(may_see, asked.condition(village_id), household__isnull=True)
    ids = list(rows.order_by("name_sort", "pk").values_list("pk", flat=True)[:limit])
    briefs = brief(village_id, ids)
    return [briefs[pk] for pk in ids]


def _with_members(village_id: UUID, houses: Sequence[Household], members: QuerySet[Person]) -> list[HouseholdRow]:
    by_house: dict[UUID, list[UUID]] = {house.pk: [] for house in houses}
    for house, person in members.filter(household_id__in=by_house).order_by("pk").values_list("household_id", "pk"):
        if house is not None:
            by_house[house].append(person)
    briefs = brief(village_id, [person for people_ in by_house.values() for person in people_])
    names = territory.names(village_id, {path for house in houses for path in (house.section_path, house.area_path)})
    return [household_row(house, names, [briefs[each] for each in by_house[house.pk]]) for house in houses]


def household_row(house: Household, names: Mapping[str, str], members: Sequence[PersonBrief]) -> HouseholdRow:
    """A household as lists show it; `names` are those of areas by path."""
    return HouseholdRow(
        house.pk,
        house_label(names.get(house.section_path, ""), house.number, house.address),
        house.number,
        house.address,
        house.area_path,
        names.get(house.area_path, ""),
        house.head_name,
        members,
    )


def households_in_brief(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, HouseholdRow]:
    """The named households with all who have not left."""
    houses = list(Household.named(village_id, ids))
    members = Person.rows().filter(Asked().condition(village_id))
    return {row.id: row for row in _with_members(village_id, houses, members)} if houses else {}


def places(
    scope: Scope,
    village_id: UUID,
    *,
    kind: str = "",
    area_path: str = "",
    closed: bool = False,
    after: UUID | None = None,
    limit: int = 50,
    permission: Permission = Permission.VIEW_PEOPLE,
) -> Page[PlaceRow]:
    """Places in the order in which they were entered, where `permission` is held; with `closed`, those that are."""
    rows = Place.rows().filter(scope.covering(permission), village_id=village_id, closed_at__isnull=not closed)
    if kind:
        rows = rows.filter(kind=kind)
    if area_path:
        rows = rows.filter(below(area_path))
    if after:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: limit + 1])
    names = territory.names(village_id)
    return Page([_place_row(place, names) for place in found[:limit]], _next([each.pk for each in found], limit))


def all_places(scope: Scope, village_id: UUID) -> Sequence[PlaceRow]:
    """The places that the asker may edit, by name."""
    names = territory.names(village_id)
    rows = Place.rows().filter(scope.covering(Permission.EDIT_PEOPLE), village_id=village_id, closed_at__isnull=True)
    return [_place_row(place, names) for place in rows.order_by("name", "pk")]


def places_in_brief(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, PlaceRow]:
    """The named places."""
    found = list(Place.named(village_id, ids)) if ids else []
    names = territory.names(village_id) if found else {}
    return {place.pk: _place_row(place, names) for place in found}


def _place_row(place: Place, names: Mapping[str, str]) -> PlaceRow:
    phone = place.phone
    return PlaceRow(
        place.pk,
        place.name,
        place.kind,
        place.area_path,
        names.get(place.area_path, ""),
        place.contact_name,
        masked_phone(phone) if phone else "",
        place.location,
        place.closed_at is not None,
    )


def _next(ids: Sequence[UUID], limit: int) -> UUID | None:
    return ids[limit - 1] if len(ids) > limit else None
