"""How many people, households and places there are in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.domains.registry.rules import Whereabouts, is_away
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope, within


def people(village_id: UUID) -> int:
    """How many people the village's registry holds, those who have left not counted."""
    return Person.rows().filter(village_id=village_id, left_at__isnull=True).count()


@dataclass(frozen=True)
class Headcount:
    """How many people somebody may see, and how many of them are away for now."""

    people: int
    away: int

    @property
    def here(self) -> int:
        """Those who are in the village."""
        return self.people - self.away


def headcount(scope: Scope, village_id: UUID) -> Headcount:
    """Of the people whom the asker may see, those who have left not counted."""
    seen = Person.rows().filter(scope.covering(Permission.VIEW_PEOPLE), village_id=village_id, left_at__isnull=True)
    away = Count("pk", filter=Q(whereabouts__in=[each for each in Whereabouts if is_away(each)]))
    found = seen.aggregate(people=Count("pk"), away=away)
    return Headcount(found["people"], found["away"])


def without_code(
    scope: Scope,
    village_id: UUID,
    area_path: str = "",
    permission: Permission = Permission.VIEW_PEOPLE,
    *,
    most: int | None = None,
) -> int:
    """How many people of an area ('' for all), of those over whom the asker holds a permission, have no registered
    sampling code.

    Args:
        most: count no further.
    """
    seen = Person.rows().filter(scope.covering(permission), village_id=village_id, left_at__isnull=True)
    return seen.filter(within(area_path), sampling_code=False)[:most].count()


def places(scope: Scope, village_id: UUID, area_path: str = "") -> int:
    """How many places of an area ('' for all) the asker may see, closed ones not counted."""
    seen = Place.rows().filter(scope.covering(Permission.VIEW_PEOPLE), village_id=village_id, closed_at__isnull=True)
    return seen.filter(within(area_path)).count()


def by_residence(village_id: UUID) -> Mapping[str, int]:
    """How many people there are in each of the categories of residence."""
    rows = Person.rows().filter(village_id=village_id, left_at__isnull=True).values_list("residence")
    return dict(rows.annotate(number=Count("pk")).order_by("residence"))


def households(village_id: UUID) -> int:
    """How many households the village's registry holds."""
    return Household.rows().filter(village_id=village_id).count()
