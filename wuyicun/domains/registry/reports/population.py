"""Population tables: everybody in the registry by age, sex, group, residence and micro-grid, counted in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from wuyicun.domains.registry.ledgers.conditions import years_before
from wuyicun.domains.registry.ledgers.counts import of_person
from wuyicun.domains.registry.models import Household, Person, PersonGroup
from wuyicun.domains.registry.rules import Group, Residence, Sex, Whereabouts
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope, within

AGES: Sequence[tuple[int, int | None]] = (
    (0, 2), (3, 6), (7, 17), (18, 34), (35, 59), (60, 69), (70, 79), (80, None),
)  # fmt: skip
"""From infants over school to the old, who are asked for in tens; both ends included."""
OLD = 60
AT_HOME = (Whereabouts.IN_VILLAGE, Whereabouts.TO_AND_FRO)
_NOT_KNOWN = -1


@dataclass(frozen=True)
class Wanted:
    """Whose numbers.

    Attributes:
        on: the day for ages.
        area_path: only who belongs to this area; '' for all that the asker may see.
        residence: only of this category; '' for all.
    """

    on: date
    area_path: str = ""
    residence: str = ""


@dataclass(frozen=True, slots=True)
class Heads:
    """How many, by sex."""

    male: int = 0
    female: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.male + self.female + self.unknown

    def __add__(self, other: Heads) -> Heads:
        return Heads(self.male + other.male, self.female + other.female, self.unknown + other.unknown)


@dataclass(frozen=True, slots=True)
class AreaHeads:
    """What a micro-grid, or 未入网, has: households, people, those of `OLD` and more, those who are in the village."""

    households: int = 0
    heads: Heads = field(default_factory=Heads)
    old: int = 0
    at_home: int = 0

    def __add__(self, other: AreaHeads) -> AreaHeads:
        return AreaHeads(
            self.households + other.households,
            self.heads + other.heads,
            self.old + other.old,
            self.at_home + other.at_home,
        )


@dataclass(frozen=True)
class Population:
    """The tables.

    Attributes:
        ages: in the order of `AGES`.
        no_birth_date: who stands in none of them.
        groups: one who is in two groups stands in both.
        areas: by the path of the leaf; those where nobody lives are missing.
    """

    total: Heads
    ages: Sequence[Heads]
    no_birth_date: Heads
    groups: Mapping[Group, Heads]
    residences: Mapping[Residence, Heads]
    areas: Mapping[str, AreaHeads]


def population(scope: Scope, village_id: UUID, wanted: Wanted) -> Population:
    """Some few statements, however many people there are."""
    asked = _asked(wanted)
    people = Person.rows().filter(scope.covering(Permission.VIEW_PEOPLE), asked, village_id=village_id)
    ages = _by(people.annotate(band=_band(wanted.on)).values_list("band", "sex"))
    memberships = PersonGroup.rows().filter(
        scope.covering(Permission.VIEW_PEOPLE, "person__area_path") & of_person(asked),
        village_id=village_id, person__village_id=village_id, ends_on__isnull=True,
    )  # fmt: skip
    groups = _by(memberships.values_list("group", "person__sex"))
    residences = _by(people.values_list("residence", "sex"))
    return Population(
        sum(ages.values(), Heads()),
        [ages[place] for place in range(len(AGES))],
        ages[_NOT_KNOWN],
        {group: groups[group] for group in Group},
        {each: residences[each] for each in Residence},
        _by_area(scope, village_id, wanted, people),
    )


def _asked(wanted: Wanted) -> Q:
    asked = Q(left_at__isnull=True)
    if wanted.area_path:
        asked &= within(wanted.area_path)
    if wanted.residence:
        asked &= Q(residence=wanted.residence)
    return asked


def _band(on: date) -> Case:
    """The place of somebody's age in `AGES`; the oldest are asked for first."""
    older = [
        When(birth_date__lte=years_before(on, least), then=Value(place))
        for place, (least, _most) in reversed(list(enumerate(AGES)))
    ]
    return Case(*older, default=Value(_NOT_KNOWN), output_field=IntegerField())


def _by(rows: QuerySet[Any, tuple[Any, str]]) -> defaultdict[Any, Heads]:
    """Of rows of (what, sex): how many of each."""
    found: defaultdict[Any, Heads] = defaultdict(Heads)
    for what, sex, number in rows.annotate(number=Count("pk")).order_by():
        found[what] += _heads(sex, number)
    return found


def _heads(sex: str, number: int) -> Heads:
    return {Sex.MALE: Heads(male=number), Sex.FEMALE: Heads(female=number)}.get(Sex(sex), Heads(unknown=number))


def _by_area(scope: Scope, village_id: UUID, wanted: Wanted, people: QuerySet[Person]) -> Mapping[str, AreaHeads]:
    old = Count("pk", filter=Q(birth_date__lte=years_before(wanted.on, OLD)))
    at_home = Count("pk", filter=Q(whereabouts__in=AT_HOME))
    rows = people.values_list("area_path", "sex").annotate(number=Count("pk"), old=old, at_home=at_home)
    found: defaultdict[str, AreaHeads] = defaultdict(AreaHeads)
    for path, sex, number, how_old, here in rows.order_by():
        found[path] += AreaHeads(0, _heads(sex, number), how_old, here)
    for path, number in _households(scope, village_id, wanted):
        found[path] += AreaHeads(number)
    return dict(found)


def _households(scope: Scope, village_id: UUID, wanted: Wanted) -> Iterable[tuple[str, int]]:
    """None where only some people are counted: a household is of no category."""
    if wanted.residence:
        return ()
    rows = Household.rows().filter(scope.covering(Permission.VIEW_PEOPLE), village_id=village_id)
    if wanted.area_path:
        rows = rows.filter(within(wanted.area_path))
    return rows.values_list("area_path").annotate(number=Count("pk")).order_by()
