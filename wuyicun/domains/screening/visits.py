"""上门采样: who is sampled at home, and the walks of the teams, as `planning.routes` orders them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.registry.rules import Group
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import actions, queries, walking
from wuyicun.domains.screening import missing as lists
from wuyicun.domains.screening.missing import Listed
from wuyicun.domains.screening.models import Outing, Round, Station
from wuyicun.domains.screening.queries import Walk
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.walking import Way
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal

MOST_TEAMS = 30
MOST_PEOPLE = 1_000
HOURS_OF_AN_OUTING = 2
"""How long a team should be out at most: another one is proposed when it would be longer."""
LEFT = (State.OWED, State.UNREACHABLE)
"""For these somebody must go (again). Who refused is not pressed by a list."""
STATES = (State.OWED, State.DONE, State.UNREACHABLE, State.REFUSED)


class NobodyToVisit(Refusal):
    """Nobody is left who is to be sampled at home."""

    code = "nobody_to_visit"
    words = gettext_lazy("没有要上门采样的人了")


class TooManyToVisit(Refusal):
    """Walks are planned for so many people at most."""

    code = "too_many_to_visit"
    words = gettext_lazy("要上门的有 %(people)s 人，一次最多排 %(most)s 人。请按片区分开轮次")


@dataclass(frozen=True)
class Visited:
    """Somebody who is sampled at home."""

    listed: Listed
    state: State


def at_home(village_id: UUID, round_: Round, area_ids: Collection[UUID]) -> Sequence[Visited]:
    """Who is sampled at home: all who are marked, and whoever could not be reached, in the order of lists."""
    found = dict[UUID, Listed]()
    for states, group in ((STATES, Group.HOME_VISIT.value), ((State.UNREACHABLE,), "")):
        page, _next = lists.listed(
            village_id, round_.roll_id, area_ids=area_ids, states=states, group=group, limit=None
        )
        found |= {each.person_id: each for each in page}
    state = {each.subject_id: each.state for each in rolls.entries_of(village_id, round_.roll_id, found)}
    people = [Visited(each, state[person]) for person, each in found.items()]
    return sorted(people, key=lambda each: lists.read_cursor(each.listed.cursor))


def still_to_visit(people: Collection[Visited]) -> Sequence[Visited]:
    """Those for whom somebody must go (again): owed, or not met so far."""
    return [each for each in people if each.state in LEFT]


def teams_proposed(people: int) -> int:
    """As many teams as it takes to be through in time, no more than have enough to do."""
    numbers = profiles.shipped().parameters
    needed = -(-people * numbers.minutes_per_home_visit // (60 * HOURS_OF_AN_OUTING))
    return max(1, min(needed, people // numbers.people_per_outing, MOST_TEAMS))


def plan_outings(
    *,
    village_id: UUID,
    round_: Round,
    teams: Sequence[str],
    start: Station | None,
    by: UUID | None,
    at: datetime,
) -> int:
    """Plan the walks to all who are still to be visited; the attempt that they are.

    While nobody of the last attempt was met or missed, it is planned anew; afterwards this is the next attempt.

    Args:
        teams: what each team is called, as many as could go; fewer do when an outing would visit too few people.
        start: where they leave; the middle of the homes when None.

    Raises:
        RoundNotOpen: it is closed or cancelled.
        NobodyToVisit, TooManyToVisit.
    """
    leaves = rolls.leaf_counts(village_id, round_.roll_id)
    people = [each.listed for each in still_to_visit(at_home(village_id, round_, [leaf.area_id for leaf in leaves]))]
    if not people:
        raise NobodyToVisit
    if len(people) > MOST_PEOPLE:
        raise TooManyToVisit(people=len(people), most=MOST_PEOPLE)
    doors = [[each.person_id for each in door] for _cursor, door in groupby(people, lambda each: each.cursor)]
    found = walking.ways(village_id, round_, doors, teams=len(teams), start=start)
    name = start.name if start is not None else ""
    with transaction.atomic():
        turns.take(alone=[village_id])  # only now: no record waits while the planner thinks
        if queries.round_(village_id, round_.pk).state != RoundState.OPEN:
            raise actions.RoundNotOpen
        _have_a_station(village_id, round_, by, at)
        attempt = _next_attempt(village_id, round_)
        _keep(round_, attempt, [(*each, name) for each in zip(found, teams, strict=False)], by, at)
        told = {"attempt": attempt, "outings": len(found), "people": len(people)}
        audit("screening.plan_visits", by=by, at=at, village_id=village_id, subject=("round", round_.pk), data=told)
    return attempt


def _keep(round_: Round, attempt: int, found: Sequence[tuple[Way, str, str]], by: UUID | None, at: datetime) -> None:
    """Put the walks (each with its team and where it starts) in the place of those of the same attempt."""
    Outing.rows().filter(village_id=round_.village_id, round=round_, attempt=attempt).delete()
    Outing.rows().bulk_create(
        Outing(
            village_id=round_.village_id,
            round=round_,
            attempt=attempt,
            number=number,
            team=team[:64],
            start=start,
            stops=msgspec.to_builtins(way.stops),
            seconds=way.seconds,
            metres=way.metres,
            made_at=at,
            made_by=by,
        )
        for number, (way, team, start) in enumerate(found, start=1)
    )


def _have_a_station(village_id: UUID, round_: Round, by: UUID | None, at: datetime) -> None:
    """Samples at home are taken at a station of that kind."""
    if not any(each.kind == "home" for each in queries.stations(village_id, round_.pk)):
        station = actions.NewStation(str(_("上门采样")), "home")
        actions.add_station(village_id=village_id, round_=round_, station=station, by=by, at=at)


def _next_attempt(village_id: UUID, round_: Round) -> int:
    last = queries.last_attempt(queries.outings(village_id, round_.pk))
    return last[0].attempt + has_begun(village_id, round_, last) if last else 1


def has_begun(village_id: UUID, round_: Round, walks: Sequence[Walk]) -> bool:
    """Was anybody of these walks sampled, or something said of them, since they were planned?"""
    people = {person for walk in walks for person in walk.people}
    if any(each.state is State.DONE for each in rolls.entries_of(village_id, round_.roll_id, people)):
        return True
    said = rolls.statements(village_id, round_.roll_id, people)
    return any(each.at >= walks[0].made_at and not each.voided for each in said)
