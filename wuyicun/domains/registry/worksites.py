"""What is asked of worksites: who is on their roster, their dormitories, who could be put on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from wuyicun.domains.registry.models import Person, Place, Worker
from wuyicun.domains.registry.queries import PersonBrief, brief
from wuyicun.domains.registry.rules import PlaceKind, Residence
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

MOST_FIRMS = 8


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """Somebody on a worksite's roster."""

    id: UUID
    person: PersonBrief
    job: str
    dormitory_id: UUID | None
    dormitory: str
    since: date


@dataclass(frozen=True)
class Roster:
    """A worksite's workers by name; `unseen` are those in areas where the asker may not look."""

    rows: Sequence[WorkerRow]
    unseen: int


def roster(scope: Scope, place: Place) -> Roster:
    """The workers of a worksite today."""
    rows = Worker.rows().filter(
        village_id=place.village_id, place=place, ends_on__isnull=True, person__left_at__isnull=True
    )
    columns = list(rows.values_list("pk", "person_id", "job", "dormitory_id", "dormitory__name", "starts_on"))
    people = brief(place.village_id, [row[1] for row in columns])
    found = [
        WorkerRow(pk, people[person], job, dormitory, name or "", since)
        for pk, person, job, dormitory, name, since in columns
        if scope.permits(Permission.VIEW_PEOPLE, people[person].area_path)
    ]
    found.sort(key=lambda each: (each.dormitory, each.person.name_sort, each.id))
    return Roster(found, len(columns) - len(found))


def dormitories(village_id: UUID, place_id: UUID) -> Sequence[tuple[UUID, str, str]]:
    """Id, name and location of a worksite's dormitories."""
    rows = Place.rows().filter(
        village_id=village_id, part_of_id=place_id, kind=PlaceKind.DORMITORY, closed_at__isnull=True
    )
    return list(rows.order_by("name").values_list("pk", "name", "location"))


@dataclass(frozen=True, slots=True)
class Firm:
    """Whom the registry has as working somewhere (用工单位) and no roster has."""

    name: str
    people: int


def firms(scope: Scope, village_id: UUID) -> Sequence[Firm]:
    """The workplaces of outside workers who are on no roster, most people first."""
    rows = _off_rosters(scope, village_id).values_list("workplace").annotate(number=Count("pk"))
    return [Firm(*row) for row in rows.order_by("-number", "workplace")[:MOST_FIRMS]]


def people_of_firm(scope: Scope, village_id: UUID, workplace: str) -> Sequence[Person]:
    """Those of them who work there."""
    return list(_off_rosters(scope, village_id).filter(workplace=workplace).order_by("pk"))


def _off_rosters(scope: Scope, village_id: UUID) -> QuerySet[Person]:
    standing = Worker.rows().filter(village_id=village_id, person=OuterRef("pk"), ends_on__isnull=True)
    rows = Person.rows().filter(
        scope.covering(Permission.EDIT_PEOPLE), village_id=village_id, left_at__isnull=True, residence=Residence.OUTSIDE
    )
    return rows.exclude(workplace="").filter(~Exists(standing))


@dataclass(frozen=True, slots=True)
class Work:
    """Where somebody works."""

    place_id: UUID
    place: str
    job: str
    dormitory: str
    since: date


def work_of(village_id: UUID, person_id: UUID) -> Work | None:
    """Where somebody works today; None where they are on no roster."""
    rows = Worker.rows().filter(village_id=village_id, person_id=person_id, ends_on__isnull=True)
    row = rows.values_list("place_id", "place__name", "job", "dormitory__name", "starts_on").first()
    return None if row is None else Work(row[0], row[1], row[2], row[3] or "", row[4])
