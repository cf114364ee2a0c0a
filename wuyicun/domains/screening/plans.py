"""The plan of a round: proposed by `planning.rounds`, changed by hand, adopted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.screening import actions, distances, queries
from wuyicun.domains.screening.models import Plan, Round, Slot, Station
from wuyicun.domains.screening.queries import Expected, PlanView, SlotView
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.timetable import Broken, Called, broken, minutes_needed
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal
from wuyicun.planning.rounds import Block, Problem, Proposal, Staffing, share, solve, staffing, verify
from wuyicun.planning.rounds import Station as Windows

NEAR = 6
"""Stations that a micro-grid may be called to: the nearest ones."""
MOST_WINDOWS = 40


class NoStation(Refusal):
    """A plan needs a station to which people come."""

    code = "no_station"
    words = _("本轮没有固定采样点。请先在本轮的页面增加一个")


class NobodyToCall(Refusal):
    """Nobody owes the round who would come to a station."""

    code = "nobody_to_call"
    words = _("没有要到采样点采样的人了")


class Unsound(RuntimeError):
    """The planner's answer did not pass the check: a defect, so it is shown to nobody."""


@dataclass(frozen=True)
class Wish:
    """What the office asks for.

    Attributes:
        ends_by: when everybody should be through; None when that does not matter.
        windows: of each station; those that are left out are proposed.
    """

    begins_at: datetime
    ends_by: datetime | None
    windows: Mapping[UUID, int]


@dataclass(frozen=True)
class Change:
    """Where and when a micro-grid is called instead.

    Attributes:
        minutes: how long it takes; what its people need when None.
    """

    station: Station
    starts_at: datetime
    minutes: int | None = None


def fixed(village_id: UUID, round_: Round) -> Sequence[Station]:
    """The stations to which people come."""
    return [each for each in queries.stations(village_id, round_.pk) if each.kind == "fixed"]


def needed(people: int, stations: int, begins_at: datetime, ends_by: datetime | None) -> Staffing:
    """What so many people ask for, by the profile."""
    numbers = profiles.shipped().parameters
    return staffing(
        people,
        stations=stations,
        per_station=numbers.people_per_station,
        per_sampler=numbers.people_per_sampler,
        pace=numbers.people_per_window_hour,
        minutes=None if ends_by is None else (ends_by - begins_at) // timedelta(minutes=1),
    )


def propose(*, village_id: UUID, round_: Round, wish: Wish, by: UUID | None, at: datetime) -> None:
    """Propose a timetable; a draft that takes the place of the plan before it.

    Raises:
        RoundNotOpen: it is closed or cancelled.
        NoStation, NobodyToCall.
    """
    stations = fixed(village_id, round_)
    called = [each for each in queries.expected(village_id, round_) if each.people]
    if not stations:
        raise NoStation
    if not called:
        raise NobodyToCall
    windows, proposal = _timed(village_id, round_, stations, called, wish)
    with transaction.atomic():
        turns.take(alone=[village_id])  # only now: no record waits while the planner thinks
        _still_open(village_id, round_)
        _keep(round_, wish, proposal, (stations, called), by=by, at=at)
        for station, number in zip(stations, windows, strict=True):
            _set_windows(station, number)
        told = {"micro_grids": len(called), "windows": sum(windows), "minutes": proposal.finish}
        audit("screening.plan", by=by, at=at, village_id=village_id, subject=("round", round_.pk), data=told)


def _timed(
    village_id: UUID, round_: Round, stations: Sequence[Station], called: Sequence[Expected], wish: Wish
) -> tuple[list[int], Proposal]:
    """The windows of each station, and the timetable."""
    ways = distances.ways(village_id, round_, stations, called)
    nearest = [sorted(range(len(stations)), key=lambda at, far=each: far[at]) for each in ways]  # type: ignore[misc]
    people = sum(each.people for each in called)
    near = [
        sum(one.people for one, to in zip(called, nearest, strict=True) if to[0] == at) for at in range(len(stations))
    ]
    proposed = share(near, needed(people, len(stations), wish.begins_at, wish.ends_by).windows)
    windows = [wish.windows.get(station.pk, number) for station, number in zip(stations, proposed, strict=True)]
    blocks = [Block(one.people, way, tuple(to[:NEAR])) for one, way, to in zip(called, ways, nearest, strict=True)]
    pace = profiles.shipped().parameters.people_per_window_hour
    problem = Problem(tuple(blocks), tuple(Windows(number) for number in windows), pace)
    proposal = solve(problem)
    if faults := verify(problem, proposal):
        raise Unsound(faults)
    return windows, proposal


def _keep(
    round_: Round,
    wish: Wish,
    proposal: Proposal,
    named: tuple[Sequence[Station], Sequence[Expected]],
    *,
    by: UUID | None,
    at: datetime,
) -> None:
    """Put the timetable, of these stations and micro-grids, in the place of the one before it."""
    village_id, (stations, called) = round_.village_id, named
    before = Plan.rows().filter(village_id=village_id, round=round_)
    Slot.rows().filter(village_id=village_id, plan_id__in=[each.pk for each in before]).delete()
    before.delete()
    plan = Plan.rows().create(
        village_id=village_id,
        round=round_,
        begins_at=wish.begins_at,
        ends_by=wish.ends_by,
        earliest=proposal.bound,
        made_at=at,
        made_by=by,
    )
    Slot.rows().bulk_create(
        Slot(
            village_id=village_id,
            plan=plan,
            station=stations[slot.station],
            area_id=called[slot.block].area_id,
            area_path=called[slot.block].area_path,
            people=called[slot.block].people,
            starts_at=wish.begins_at + timedelta(minutes=slot.start),
            ends_at=wish.begins_at + timedelta(minutes=slot.end),
        )
        for slot in proposal.slots
    )


@transaction.atomic
def move_slot(
    *,
    round_: Round,
    slot: SlotView,
    change: Change,
    by: UUID | None,
    at: datetime,
) -> None:
    """Call a micro-grid elsewhere or at another time; the plan is a draft again.

    Raises:
        RoundNotOpen: it is closed or cancelled.
    """
    _still_open(round_.village_id, round_)
    station, starts_at = change.station, change.starts_at
    lasts = change.minutes or minutes_needed(slot.people, station.windows, profiles.shipped().parameters)
    Slot.rows().filter(village_id=round_.village_id, pk=slot.id).update(
        station=station, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=lasts)
    )
    _draft_again(round_)
    told = {"slot": str(slot.id), "station": str(station.pk)}
    subject = ("round", round_.pk)
    audit("screening.move_slot", by=by, at=at, village_id=round_.village_id, subject=subject, data=told)


@transaction.atomic
def set_windows(*, round_: Round, windows: Mapping[UUID, int], by: UUID | None, at: datetime) -> None:
    """Open so many windows at each station and leave the times as they are; the plan is a draft again.

    Raises:
        RoundNotOpen: it is closed or cancelled.
    """
    _still_open(round_.village_id, round_)
    for station in fixed(round_.village_id, round_):
        _set_windows(station, windows.get(station.pk, station.windows))
    _draft_again(round_)
    told = {str(station): number for station, number in windows.items()}
    subject = ("round", round_.pk)
    audit("screening.set_windows", by=by, at=at, village_id=round_.village_id, subject=subject, data=told)


@transaction.atomic
def adopt(*, round_: Round, by: UUID | None, at: datetime) -> None:
    """The plan as it stands is the one that people are called by.

    Raises:
        RoundNotOpen: it is closed or cancelled.
    """
    _still_open(round_.village_id, round_)
    rows = Plan.rows().filter(village_id=round_.village_id, round=round_)
    if rows.update(adopted_at=at, adopted_by=by):
        audit("screening.adopt_plan", by=by, at=at, village_id=round_.village_id, subject=("round", round_.pk))


def _still_open(village_id: UUID, round_: Round) -> None:
    if queries.round_(village_id, round_.pk).state != RoundState.OPEN:
        raise actions.RoundNotOpen


def _set_windows(station: Station, number: int) -> None:
    if station.windows != number:
        station.windows = number
        station.save(update_fields=["windows"])


def _draft_again(round_: Round) -> None:
    Plan.rows().filter(village_id=round_.village_id, round=round_).update(adopted_at=None, adopted_by=None)


def ends_by(round_: Round, plan: PlanView) -> datetime:
    """When everybody is to be through: when the office asked for, the round's own end at the latest."""
    return round_.due_at if plan.ends_by is None else min(plan.ends_by, round_.due_at)


def breaks(
    round_: Round, plan: PlanView, stations: Sequence[Station], expected: Sequence[Expected]
) -> Sequence[Broken]:
    """What the plan breaks as its stations and its people are now."""
    slots = [Called(slot.area_id, slot.station_id, slot.people, slot.starts_at, slot.ends_at) for slot in plan.slots]
    return broken(
        slots,
        {station.pk: station.windows for station in stations},
        {each.area_id: each.people for each in expected},
        begins_at=plan.begins_at,
        ends_by=ends_by(round_, plan),
        numbers=profiles.shipped().parameters,
    )
