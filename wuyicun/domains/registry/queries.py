"""What is asked of the registry."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from wuyicun.domains.registry.models import CARD, ID_NUMBER, PHONE, Card, Household, Person, PersonGroup, Place
from wuyicun.domains.registry.naming import house_label
from wuyicun.domains.registry.rules import DIED, Group, PlaceKind, age_on
from wuyicun.domains.registry.tokens import read
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.crypto import blind_index, unseal
from wuyicun.kernel.scope import within
from wuyicun.kernel.web.formatting import masked_phone

PersonRow = Person
"""For rooms above, which may name what they are given but not query it."""


def index_of_id(number: str) -> bytes:
    """The keyed digest by which whoever bears this id number is found."""
    return blind_index(number, ID_NUMBER)


def people_of_cards(named: Collection[tuple[UUID, str]]) -> Mapping[tuple[UUID, UUID | str], UUID]:
    """The person of each (village, card token); unknown and lost cards are left out."""
    if not named:
        return {}
    tokens: dict[tuple[UUID, bytes], list[str]] = {}
    for village, token in named:
        tokens.setdefault((village, blind_index(read(token) or token, CARD)), []).append(token)
    rows = Card.rows().filter(
        village_id__in={village for village, _ in named},
        token_index__in={index for _, index in tokens},
        letter="P",
        lost_at__isnull=True,
    )
    found: dict[tuple[UUID, UUID | str], UUID] = {}
    for village, index, subject in rows.values_list("village_id", "token_index", "subject_id"):
        for token in tokens.get((village, bytes(index)), ()):
            found[village, token] = subject
    return found


def areas_of_people(named: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], str]:
    """The area path of each (village, person)."""
    return _areas_of(Person, named)


def died(village_id: UUID, people: Collection[UUID]) -> Sequence[UUID]:
    """Those of these people who have died."""
    rows = Person.named(village_id, people).filter(left_at__isnull=False, left_reason=DIED)
    return list(rows.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Heir:
    """Whom somebody was merged into, who turned out to be registered twice, and when."""

    person_id: UUID
    since: datetime


def heirs(named: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], Heir]:
    """Of each (village, person) who was merged into another."""
    if not named:
        return {}
    rows = Person.rows().filter(
        village_id__in={village for village, _ in named},
        pk__in={person for _, person in named},
        merged_into_id__isnull=False,
    )
    columns = rows.values_list("village_id", "pk", "merged_into_id", "left_at")
    return {
        (village, person): Heir(kept, since) for village, person, kept, since in columns if kept is not None and since
    }


def merged_into(village_id: UUID, person_id: UUID) -> Sequence[UUID]:
    """The other rows of somebody who was registered twice."""
    rows = Person.rows().filter(village_id=village_id, merged_into_id=person_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class ToDraw:
    """What a roll must know of a person to draw them."""

    id: UUID
    area_id: UUID
    area_path: str
    whereabouts: str
    expected_return: date | None


def people_to_draw(village_id: UUID, area_path: str, people: Collection[UUID] | None = None) -> Iterator[ToDraw]:
    """The people who belong to an area and have not left for good."""
    rows = Person.rows().filter(within(area_path), village_id=village_id, left_at__isnull=True)
    if people is not None:
        rows = rows.filter(pk__in=people)
    columns = ("pk", "area_id", "area_path", "whereabouts", "expected_return")
    for row in rows.values_list(*columns).iterator(chunk_size=5000):
        yield ToDraw(*row)


@dataclass(frozen=True, slots=True)
class HouseholdToDraw:
    """What a roll must know of a household to draw it."""

    id: UUID
    area_id: UUID
    area_path: str


def households_after(village_id: UUID, area_path: str, after: UUID | None, most: int) -> Sequence[HouseholdToDraw]:
    """The next households of an area in the order of their ids, for who draws many of them portion by portion."""
    rows = Household.rows().filter(within(area_path), village_id=village_id)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return [HouseholdToDraw(*row) for row in rows.order_by("pk").values_list("pk", "area_id", "area_path")[:most]]


def households_to_draw(
    village_id: UUID, area_path: str, households: Collection[UUID] | None = None
) -> Iterator[HouseholdToDraw]:
    """The households that belong to an area."""
    rows = Household.rows().filter(within(area_path), village_id=village_id)
    if households is not None:
        rows = rows.filter(pk__in=households)
    for row in rows.values_list("pk", "area_id", "area_path").iterator(chunk_size=5000):
        yield HouseholdToDraw(*row)


def areas_of_households(named: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], str]:
    """The area path of each (village, household)."""
    return _areas_of(Household, named)


def areas_of_places(named: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], str]:
    """The area path of each (village, place)."""
    return _areas_of(Place, named)


def _areas_of(
    model: type[Person | Household | Place], named: Collection[tuple[UUID, UUID]]
) -> Mapping[tuple[UUID, UUID], str]:
    if not named:
        return {}
    villages, ids = {village for village, _ in named}, {pk for _, pk in named}
    rows = model.rows().filter(village_id__in=villages, pk__in=ids)
    return {(village, pk): path for village, pk, path in rows.values_list("village_id", "pk", "area_path")}


@dataclass(frozen=True, slots=True)
class HouseholdBrief:
    """A household as lists of other rooms show it.

    Attributes:
        house: 北头岭 12 号.
        area: the name of the micro-grid, or 未入网.
        order: sorts the households of a section by their numbers.
        members: how many people belong to it, those who have left not counted.
    """

    id: UUID
    house: str
    address: str
    head_name: str
    area_path: str
    area: str
    order: str
    members: int


def household_briefs(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, HouseholdBrief]:
    """The named households of a village; ids of nothing are left out. Three queries, however many households."""
    if not ids:
        return {}
    areas = territory.names(village_id)
    living = Person.rows().filter(village_id=village_id, household_id__in=ids, left_at__isnull=True)
    members = dict(living.values_list("household_id").annotate(number=Count("pk")).order_by("household_id"))
    columns = ("pk", "number", "address", "head_name", "section_path", "area_path", "order")
    found = {}
    for row in Household.rows().filter(village_id=village_id, pk__in=ids).values_list(*columns):
        pk, number, address, head, section, path, order = row
        label = house_label(areas.get(section, ""), number, address)
        found[pk] = HouseholdBrief(pk, label, address, head, path, areas.get(path, ""), order, members.get(pk, 0))
    return found


@dataclass(frozen=True, slots=True)
class PersonBrief:
    """A person as every list shows them; the phone is masked.

    Attributes:
        house: 北头岭 12 号; for somebody without a household where they work, or ''.
        area: the name of the micro-grid, or 未入网.
        groups: codes of `rules.Group`, those that hold today.
    """

    id: UUID
    name: str
    name_sort: str
    sex: str
    birth_date: date | None
    household_id: UUID | None
    house: str
    area_path: str
    area: str
    whereabouts: str
    groups: tuple[str, ...]
    phone: str

    def age_on(self, day: date) -> int | None:
        """Full years on a day; None when the birth date is not known."""
        return None if self.birth_date is None else age_on(self.birth_date, day)


_BRIEF = (
    "pk",
    "name",
    "name_sort",
    "sex",
    "birth_date",
    "household_id",
    "household__section_path",
    "household__number",
    "household__address",
    "workplace",
    "area_path",
    "whereabouts",
    "phone_sealed",
)
_SECTION, _AREA = _BRIEF.index("household__section_path"), _BRIEF.index("area_path")


def brief(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, PersonBrief]:
    """The named people of a village, those who have left included; ids of nobody are left out.

    Three queries, however many people.
    """
    if not ids:
        return {}
    rows = list(Person.named(village_id, ids).values_list(*_BRIEF))
    areas = territory.names(village_id, {path for row in rows for path in (row[_SECTION], row[_AREA]) if path})
    groups = groups_of(village_id, ids)
    found = {}
    for row in rows:
        pk, name, name_sort, sex, born, household, section, number, address, workplace, path, where, phone = row
        found[pk] = PersonBrief(
            pk,
            name,
            name_sort,
            sex,
            born,
            household,
            workplace if household is None else house_label(areas.get(section, ""), number, address),
            path,
            areas.get(path, ""),
            where,
            groups.get(pk, ()),
            "" if phone is None else masked_phone(unseal(phone, PHONE)),
        )
    return found


@dataclass(frozen=True, slots=True)
class PlaceBrief:
    """A place as a list to choose from shows it."""

    id: UUID
    name: str
    area_path: str


def places_of_kind(village_id: UUID, area_path: str, kind: PlaceKind) -> Sequence[PlaceBrief]:
    """The places of a kind in an area that are not closed, by name."""
    rows = Place.rows().filter(within(area_path), village_id=village_id, kind=kind, closed_at__isnull=True)
    rows = rows.order_by("name")
    return [PlaceBrief(*row) for row in rows.values_list("pk", "name", "area_path")]


def household_places(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, str, str]]:
    """Of the named households: the leaf that looks after it, what its house is called, its head's name."""
    names = territory.names(village_id)
    rows = Household.rows().filter(village_id=village_id, pk__in=ids)
    return {
        pk: (path, house_label(names.get(section, ""), number, address), head)
        for pk, path, section, number, address, head in rows.values_list(
            "pk", "area_path", "section_path", "number", "address", "head_name"
        )
    }


def groups_of(village_id: UUID, people: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The groups that people belong to now, in the order of `rules.Group`."""
    rows = PersonGroup.rows().filter(village_id=village_id, person_id__in=people, ends_on__isnull=True)
    found: dict[UUID, list[str]] = {}
    for person, group in rows.values_list("person_id", "group"):
        found.setdefault(person, []).append(group)
    return {person: tuple(sorted(codes, key=_group_order)) for person, codes in found.items()}


_GROUP_ORDER = {group.value: place for place, group in enumerate(Group)}


def _group_order(code: str) -> int:
    return _GROUP_ORDER.get(code, len(_GROUP_ORDER))
