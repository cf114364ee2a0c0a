"""What the phone is told of rounds and people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry import search
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import queries as screening
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.domains.screening.rules import HOME
from wuyicun.domains.standing import queries as standing
from wuyicun.domains.territory import queries as territory
from wuyicun.fieldsync.schemas import (
    CountsTold,
    HouseholdTold,
    MissingTold,
    PeopleTold,
    PersonTold,
    RoundTold,
    StationTold,
)
from wuyicun.kernel.records.models import Quarantined
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

MOST_FOUND = 12
UUID_LETTERS = 36
PAGE = 100
MISSING = (State.OWED, State.UNREACHABLE, State.REFUSED)


def rounds_told(village_id: UUID) -> list[RoundTold]:
    """The open rounds with their stations and counts."""
    told = []
    for round_ in screening.open_rounds(village_id):
        counts = rolls.counts(village_id, round_.roll_id)
        told.append(
            RoundTold(
                id=round_.pk,
                title=round_.title,
                number=round_.number,
                due_at=round_.due_at,
                pool_size=round_.pool_size,
                tube_minutes=round_.tube_minutes,
                stations=_stations(village_id, round_),
                counts=CountsTold(counts.owed, counts.done, counts.excused, counts.unreachable, counts.refused),
            )
        )
    return told


def _stations(village_id: UUID, round_: RoundRow) -> list[StationTold]:
    stations = screening.stations(village_id, round_.pk)
    setups = screening.setups(village_id, [each.pk for each in stations])
    return [
        StationTold(each.pk, each.name, each.kind, "" if each.kind == HOME else setups[each.pk].state)
        for each in stations
    ]


def find(scope: Scope, village_id: UUID, round_: RoundRow, text: str, at: datetime) -> PeopleTold:
    """People by whatever was scanned or typed, or the one whose id a page of the desk handed over.

    A sampler at a station may meet anyone of the village.
    """
    person = _person_id(text)
    ids = [person] if person else search.people(village_id, text, limit=MOST_FOUND + 1)
    paths = scope.paths(Permission.VIEW_PEOPLE)
    people = people_told(village_id, round_, ids[:MOST_FOUND], at, paths)
    return PeopleTold(people, truncated=len(ids) > MOST_FOUND)


def _person_id(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == UUID_LETTERS else None
    except ValueError:
        return None


def people_told(
    village_id: UUID, round_: RoundRow, ids: Sequence[UUID], at: datetime, paths: Collection[str]
) -> list[PersonTold]:
    """The named people, in the order given, as far as they lie in the areas of the asker."""
    briefs = registry.brief(village_id, ids)
    entries = {entry.subject_id: entry for entry in rolls.entries_of(village_id, round_.roll_id, ids)}
    sampled = screening.sampled_at(village_id, [entry.settled_by for entry in entries.values() if entry.settled_by])
    retest = screening.owes_retest(village_id, round_, ids)
    known = standing.standing(village_id, ids, at)
    today = timezone.localtime(at).date()
    told = []
    for person in (briefs[each] for each in ids if each in briefs):
        if not any(person.area_path.startswith(path) for path in paths):
            continue
        entry = entries.get(person.id)
        told.append(
            PersonTold(
                id=person.id,
                name=person.name,
                sex=person.sex,
                age=person.age_on(today),
                house=person.house,
                area=person.area,
                state=entry.state.code if entry else State.OWED.code,
                single=person.id in retest,
                retest=person.id in retest,
                groups=list(person.groups),
                sampled_at=sampled.get(entry.settled_by) if entry and entry.settled_by else None,
                held_until=known[person.id].held_until if person.id in known else None,
            )
        )
    return told


def missing(
    *, scope: Scope, village_id: UUID, round_: RoundRow, area_path: str, after: UUID | None, at: datetime
) -> MissingTold:
    """A page of who is missing below an area, by micro-grid and household."""
    paths = scope.paths(Permission.VIEW_PEOPLE)
    leaves = [
        leaf.pk
        for leaf in territory.leaves(village_id, area_path)
        if any(leaf.area_path.startswith(path) for path in paths)
    ]
    entries = rolls.entries(village_id, round_.roll_id, area_ids=leaves, states=MISSING, after=after, limit=PAGE + 1)
    page = entries[:PAGE]
    people = people_told(village_id, round_, [entry.subject_id for entry in page], at, paths)
    people.sort(key=lambda person: (person.area, person.house, person.name))
    return MissingTold(_by_house(people), str(page[-1].subject_id) if len(entries) > PAGE else None)


def _by_house(people: Iterable[PersonTold]) -> list[HouseholdTold]:
    return [
        HouseholdTold(house, area, list(each)) for (area, house), each in groupby(people, lambda p: (p.area, p.house))
    ]


def tray(
    village_id: UUID, *, decided: bool = False, after: UUID | None = None, limit: int = 50
) -> Sequence[Quarantined]:
    """Records kept aside, latest first: those that wait for a decision, or the decided ones."""
    rows = Quarantined.rows().filter(village_id=village_id)
    rows = rows.exclude(decision="") if decided else rows.filter(decision="")
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return list(rows.order_by("-pk")[:limit])
