"""The roster of a worksite: who works there, in which dormitory they sleep; taking on, letting go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.actions.people import Newcomer, add_person, day_of
from wuyicun.domains.registry.events import PeopleChanged
from wuyicun.domains.registry.models import Household, Person, Place, Worker
from wuyicun.domains.registry.rules import WITH_WORKERS
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish


class NoWorksite(Refusal):
    """The place keeps no roster, or is closed."""

    code = "no_worksite"
    words = _("只有工地和企业有工人花名册，关闭了的也没有")


class WorksElsewhere(Refusal):
    """Somebody has taken them on elsewhere since."""

    code = "works_elsewhere"
    words = _("这个人已经在别处的花名册上了")


@transaction.atomic
def take_on(*, place: Place, people: Collection[Person], by: UUID | None, at: datetime) -> Sequence[Worker]:
    """Put people on a worksite's roster; who was on another's is taken off it. Who is on it stays, who has left is not
    put on it.

    Raises:
        NoWorksite: the place keeps none.
    """
    site = Place.rows().select_for_update().get(village_id=place.village_id, pk=place.pk)
    if site.kind not in WITH_WORKERS or site.closed_at is not None:
        raise NoWorksite
    named = Person.named(site.village_id, [each.pk for each in people]).select_for_update().order_by("pk")
    here = list(named.filter(left_at__isnull=True))
    standing = Worker.rows().filter(village_id=site.village_id, person__in=here, ends_on__isnull=True)
    there = set(standing.filter(place=site).values_list("person_id", flat=True))
    standing.exclude(place=site).update(ends_on=day_of(at))
    made = [
        Worker(village_id=site.village_id, place=site, person=each, starts_on=day_of(at))
        for each in here
        if each.pk not in there
    ]
    Worker.rows().bulk_create(made)
    ids = [each.person_id for each in made]
    _work(site.village_id, ids, site.name, by, at)
    Place.rows().filter(village_id=site.village_id, pk=site.pk).update(updated_at=at, updated_by=by)
    for each in made:
        _audit("registry.take_on", each, by, at, {"place": str(site.pk)})
    return made


@transaction.atomic
def take_on_newcomer(
    *, place: Place, home: Household | Leaf, newcomer: Newcomer, by: UUID | None, at: datetime
) -> Person:
    """Somebody new, who works there.

    Raises:
        NoWorksite: the place keeps no roster.
        IdNotRead, IdHeld, IdDisputed, PhoneNotRead: see `identity`.
    """
    person = add_person(village_id=place.village_id, home=home, newcomer=newcomer, by=by, at=at)
    take_on(place=place, people=[person], by=by, at=at)
    return person


@transaction.atomic
def edit_worker(*, worker: Worker, dormitory: Place | None, job: str, by: UUID | None, at: datetime) -> None:
    """Say where a worker sleeps and what they do."""
    current = _locked(worker)
    current.dormitory, current.job = dormitory, job
    current.save(update_fields=["dormitory", "job"])
    fields = {"fields": ["dormitory", "job"]}
    _audit("registry.edit_worker", current, by, at, fields)


@transaction.atomic
def let_go(*, worker: Worker, by: UUID | None, at: datetime) -> None:
    """Take somebody off the roster; they stay in the registry. Said twice it is said once."""
    current = _locked(worker)
    if current.ends_on is None:
        current.ends_on = max(day_of(at), current.starts_on)
        current.save(update_fields=["ends_on"])
        _work(current.village_id, [current.person_id], "", by, at)
        _audit("registry.let_go", current, by, at, {"place": str(current.place_id)})


@transaction.atomic
def take_back(*, worker: Worker, by: UUID | None, at: datetime) -> None:
    """Take back that somebody was let go.

    Raises:
        WorksElsewhere: they are on another roster by now.
    """
    current = _locked(worker)
    rows = Worker.rows().filter(village_id=current.village_id, person=current.person_id, ends_on__isnull=True)
    if rows.exclude(pk=current.pk).exists():
        raise WorksElsewhere
    current.ends_on = None
    current.save(update_fields=["ends_on"])
    _work(current.village_id, [current.person_id], current.place.name, by, at)
    _audit("registry.take_back", current, by, at, {"place": str(current.place_id)})


def _locked(worker: Worker) -> Worker:
    rows = Worker.rows().select_related("place").select_for_update(of=("self",))
    return rows.get(village_id=worker.village_id, pk=worker.pk)


def _work(village_id: UUID, people: Collection[UUID], workplace: str, by: UUID | None, at: datetime) -> None:
    """What lists and rosters call the place where somebody works."""
    rows = Person.rows().filter(village_id=village_id, pk__in=people)
    rows.update(workplace=workplace, updated_at=at, updated_by=by)
    if people:
        publish(PeopleChanged(village_id, tuple(people), by, at))


def _audit(action: str, worker: Worker, by: UUID | None, at: datetime, data: Mapping[str, object]) -> None:
    """In the history of both."""
    for subject in (("person", worker.person_id), ("place", worker.place_id)):
        audit(action, by=by, at=at, village_id=worker.village_id, subject=subject, data=data)
