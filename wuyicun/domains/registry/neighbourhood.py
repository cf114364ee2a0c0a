"""What is asked of the registry about whole micro-grids: who and what lies in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from wuyicun.domains.registry.models import Household, Person, PersonGroup, Place
from wuyicun.domains.registry.naming import house_label
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.scope import within


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A household with its place in the tree."""

    id: UUID
    house: str
    head_name: str
    area_id: UUID
    area_path: str
    section_path: str
    order: str


def dwellings(village_id: UUID, area_path: str = "") -> Sequence[Dwelling]:
    """The households of an area, section by section in the order of their numbers."""
    names = territory.names(village_id)
    rows = Household.rows().filter(within(area_path), village_id=village_id).order_by("section_path", "order", "pk")
    columns = ("pk", "number", "address", "head_name", "area_id", "area_path", "section_path", "order")
    return [
        Dwelling(pk, house_label(names.get(section, ""), number, address), head, area, path, section, order)
        for pk, number, address, head, area, path, section, order in rows.values_list(*columns)
    ]


def paths_of(village_id: UUID, households: Collection[UUID]) -> Mapping[UUID, str]:
    """To which micro-grid each of the households belongs; those that no longer exist are left out."""
    rows = Household.rows().filter(village_id=village_id, pk__in=households)
    return dict(rows.values_list("pk", "area_path"))


def by_section_and_number(village_id: UUID) -> Mapping[tuple[str, str], UUID]:
    """The households by the name of their section and their number."""
    names = territory.names(village_id)
    rows = Household.rows().filter(village_id=village_id).values_list("section_path", "number", "pk")
    return {(names.get(section, ""), number): pk for section, number, pk in rows}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many households and people belong to a leaf."""

    households: int
    people: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.households + other.households, self.people + other.people)


def tallies(village_id: UUID) -> Mapping[str, Tally]:
    """By the leaf's path; leaves where nobody lives are left out."""
    households = dict(_by_area(Household.rows().filter(village_id=village_id)))
    people = dict(_by_area(Person.rows().filter(village_id=village_id, left_at__isnull=True)))
    paths = households.keys() | people.keys()
    return {path: Tally(households.get(path, 0), people.get(path, 0)) for path in paths}


def _by_area(rows: QuerySet[Any]) -> Sequence[tuple[str, int]]:
    return list(rows.values_list("area_path").annotate(number=Count("pk")).order_by("area_path"))


def groups_in(village_id: UUID, area_path: str) -> Mapping[str, int]:
    """How many people of an area belong to each group today, those who have left not counted."""
    people = Person.rows().filter(within(area_path), village_id=village_id, left_at__isnull=True)
    rows = PersonGroup.rows().filter(village_id=village_id, ends_on__isnull=True, person__in=people)
    return dict(rows.values_list("group").annotate(number=Count("pk")).order_by("group"))


def alone_in(village_id: UUID, area_path: str, limit: int) -> Sequence[UUID]:
    """People of an area who belong to no household."""
    rows = Person.rows().filter(within(area_path), village_id=village_id, left_at__isnull=True, household__isnull=True)
    return list(rows.order_by("name_sort", "pk").values_list("pk", flat=True)[:limit])


def is_empty(village_id: UUID, area_path: str) -> bool:
    """Whether nobody and nothing belongs to an area, those who have left included."""
    inside = within(area_path)
    return not any(model.rows().filter(inside, village_id=village_id).exists() for model in (Household, Person, Place))
