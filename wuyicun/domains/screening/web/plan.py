"""一轮的计划: proposed from roster and profile, changed by form, adopted; what a change breaks stands on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.profiles.rules import Parameters
from wuyicun.domains.profiles.words import KIT
from wuyicun.domains.screening import access, plans, queries
from wuyicun.domains.screening.models import Round, Station
from wuyicun.domains.screening.queries import Expected, PlanView, SlotView
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.timetable import Kit, Load, kit
from wuyicun.domains.screening.web.common import Figure, Head, time_words
from wuyicun.domains.screening.web.plan_forms import ProposeForm, SlotForm, WindowsForm
from wuyicun.domains.screening.web.plan_words import Names, Why, broken_words, reasons
from wuyicun.domains.screening.words import Words
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.writing import attempt

MORNING, EVENING = 8, 17
"""Between these hours a beginning is proposed; the office may write any other."""


@dataclass(frozen=True)
class Row:
    """A micro-grid in the timetable."""

    slot: SlotView
    area: str


@dataclass(frozen=True)
class Place:
    """A station with its day: whom it calls when, and what it brings."""

    station: Station
    rows: Sequence[Row]
    people: int
    ends_at: datetime | None
    kit: Kit


@dataclass(frozen=True)
class Asked:
    """A round's plan with all that its page tells of."""

    round: Round
    plan: PlanView | None
    stations: Sequence[Station]
    expected: Sequence[Expected]
    names: Names
    numbers: Parameters
    now: datetime

    @property
    def people(self) -> int:
        """Who is to come to a station: by the plan, else as the round stands."""
        if self.plan is not None:
            return self.plan.people
        return sum(each.people for each in self.expected)


def asked(village_id: UUID, round_: Round, now: datetime) -> Asked:
    """A round's plan with all that its page tells of."""
    plan, expected = queries.plan(village_id, round_.pk), queries.expected(village_id, round_)
    names = territory.names(village_id)
    paths = {each.area_id: each.area_path for each in expected}
    paths |= {slot.area_id: slot.area_path for slot in plan.slots} if plan else {}
    stations = plans.fixed(village_id, round_)
    called = Names(
        {area: names.get(path, "") for area, path in paths.items()}, {each.pk: each.name for each in stations}
    )
    return Asked(round_, plan, stations, expected, called, profiles.shipped().parameters, now)


@dataclass(frozen=True)
class Panel:
    """What the round's page shows of its plan.

    Attributes:
        rows: the micro-grids of the account with where and when they are called, once the plan was adopted.
        whole: the account sees all of the round, and so its plan.
    """

    sentence: str
    tone: str
    rows: Sequence[tuple[str, SlotView, str]]
    whole: bool
    may_print: bool


def panel(request: ScopedRequest, round_: Round, now: datetime) -> Panel | None:
    """The plan as the round's page shows it; None where a round that is over called none of the account's areas."""
    village_id, scope = request.village.pk, request.scope
    plan = queries.plan(village_id, round_.pk)
    slots = plan.slots if plan is not None and plan.adopted_at is not None else ()
    mine = [slot for slot in slots if scope.permits(Permission.VIEW_BOARD, slot.area_path)]
    if not mine and round_.state != RoundState.OPEN:
        return None
    people = plan.people if plan else sum(each.people for each in queries.expected(village_id, round_))
    said, tone = sentence(round_, plan, people, now)
    whole = scope.permits(Permission.VIEW_BOARD, round_.area_path)
    may_print = any(scope.permits(Permission.VIEW_PEOPLE, slot.area_path) for slot in mine)
    return Panel(said, tone, _rows(village_id, round_, mine) if mine else (), whole, may_print)


def _rows(village_id: UUID, round_: Round, slots: Sequence[SlotView]) -> Sequence[tuple[str, SlotView, str]]:
    areas = territory.names(village_id, {slot.area_path for slot in slots})
    stations = {each.pk: each.name for each in queries.stations(village_id, round_.pk)}
    return [(areas.get(slot.area_path, ""), slot, stations[slot.station_id]) for slot in slots]


@require_GET
def round_plan(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The plan, or what it takes to propose one."""
    round_ = access.whole_round(request.scope, request.village.pk, round_id, Permission.VIEW_BOARD)
    return _page(request, round_, None)


@require_POST
def plan_propose(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Propose a timetable."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.whole_round(request.scope, village_id, round_id, Permission.OPEN_ROUND)
    form = ProposeForm(plans.fixed(village_id, round_), round_, data=request.POST)
    if not form.is_valid():
        return _page(request, round_, form)

    def propose() -> None:
        plans.propose(village_id=village_id, round_=round_, wish=form.wish(), by=request.account.pk, at=now)

    attempt(request, propose, _("计划已排好，看过之后请采用"))
    return redirect("plan", round_id=round_.pk)


@require_POST
def plan_windows(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Open other windows and leave the times as they are."""
    village_id = request.village.pk
    round_ = access.whole_round(request.scope, village_id, round_id, Permission.OPEN_ROUND)
    form = WindowsForm(plans.fixed(village_id, round_), data=request.POST)
    if form.is_valid():

        def change() -> None:
            plans.set_windows(round_=round_, windows=form.windows(), by=request.account.pk, at=clock.now())

        attempt(request, change, _("窗口数已改，时间没有动"))
    return redirect("plan", round_id=round_.pk)


@require_http_methods(["GET", "POST"])
def plan_slot(request: ScopedRequest, round_id: UUID, slot_id: UUID) -> HttpResponse:
    """Call a micro-grid at another time or elsewhere."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.whole_round(request.scope, village_id, round_id, Permission.OPEN_ROUND)
    told = asked(village_id, round_, now)
    slot = next((each for each in told.plan.slots if each.id == slot_id), None) if told.plan else None
    if slot is None:
        raise Http404
    form = SlotForm(told.stations, slot, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def move() -> None:
            plans.move_slot(round_=round_, slot=slot, change=form.change(), by=request.account.pk, at=now)

        attempt(request, move, _("已改%(area)s的时间") % {"area": told.names.areas[slot.area_id]})
        return redirect("plan", round_id=round_.pk)
    context = {"head": Head.of(round_), "form": form, "slot": slot, "area": told.names.areas[slot.area_id]}
    return render(request, "screening/plan_slot.html", context)


@require_POST
def plan_adopt(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """This is the plan by which people are called."""
    round_ = access.whole_round(request.scope, request.village.pk, round_id, Permission.OPEN_ROUND)

    def adopt() -> None:
        plans.adopt(round_=round_, by=request.account.pk, at=clock.now())

    attempt(request, adopt, _("已采用，可以打印通知和名单了"))
    return redirect("plan", round_id=round_.pk)


def _page(request: ScopedRequest, round_: Round, form: ProposeForm | None) -> HttpResponse:
    village_id, now = request.village.pk, clock.now()
    told = asked(village_id, round_, now)
    found = plans.breaks(round_, told.plan, told.stations, told.expected) if told.plan else ()
    shown = places(told)
    context = {
        "head": Head.of(round_),
        "answer": sentence(round_, told.plan, told.people, now, breaks=bool(found)),
        "figures": _figures(told, shown),
        "plan": told.plan,
        "places": shown,
        "broken": broken_words(found, told.names, now),
        "reasons": reasons(_why(told), told.numbers, now),
        "kit": _kit(shown),
        "may_change": request.scope.permits(Permission.OPEN_ROUND, round_.area_path)
        and round_.state == RoundState.OPEN,
        "may_print": told.plan is not None and request.scope.permits(Permission.VIEW_PEOPLE, round_.area_path),
        "form": form or ProposeForm(told.stations, round_, initial=_initial(told)),
        "windows": WindowsForm(told.stations),
    }
    return render(request, "screening/plan.html", context)


def places(told: Asked) -> Sequence[Place]:
    """The stations of a plan in their order."""
    if told.plan is None:
        return []
    found = []
    for station in told.stations:
        slots = [slot for slot in told.plan.slots if slot.station_id == station.pk]
        people = [slot.people for slot in slots]
        brings = kit(Load(station.windows, people), told.round.pool_size, told.numbers)
        rows = [Row(slot, told.names.areas.get(slot.area_id, "")) for slot in slots]
        ends_at = max((slot.ends_at for slot in slots), default=None)
        found.append(Place(station, rows, sum(people), ends_at, brings))
    return found


def sentence(
    round_: Round, plan: PlanView | None, people: int, now: datetime, *, breaks: bool = False
) -> tuple[str, str]:
    """The answer on top: when everybody is through by the plan."""
    if plan is None:
        return _("还没有计划：%(people)s 人等着安排时间") % {"people": people}, "owed"
    words = {"time": time_words(plan.finish_at, now), "people": people}
    if plan.finish_at > plans.ends_by(round_, plan):
        return _("按计划 %(time)s 才采完 %(people)s 人，来不及") % words, "late"
    if plan.adopted_at is None:
        return _("草稿：%(time)s 采完 %(people)s 人，还没有采用") % words, "owed"
    return _("按计划 %(time)s 采完 %(people)s 人") % words, "owed" if breaks else "done"


def _figures(told: Asked, shown: Sequence[Place]) -> Sequence[Figure]:
    return [
        Figure(told.people, _("到采样点")),
        Figure(len([place for place in shown if place.rows]), _("采样点")),
        Figure(sum(place.station.windows for place in shown if place.rows), _("窗口（采样员）")),
        Figure(sum(place.kit.staff for place in shown if place.rows), _("工作人员")),
        Figure(sum(place.kit.tubes for place in shown), _("采样管")),
    ]


def _why(told: Asked) -> Why:
    begins = told.plan.begins_at if told.plan else told.now
    ends_by = told.plan.ends_by if told.plan else None
    return Why(
        told.people,
        sum(each.at_home for each in told.expected),
        len(told.stations),
        plans.needed(told.people, len(told.stations), begins, ends_by),
        ends_by,
        told.plan.begins_at + timedelta(minutes=told.plan.earliest) if told.plan else None,
    )


def _kit(shown: Sequence[Place]) -> Sequence[tuple[Words, Sequence[int], int]]:
    """What each station brings, and all together."""
    used = [place for place in shown if place.rows]
    codes = used[0].kit.items if used else ()
    rows = [(code, [place.kit.items[code] for place in used]) for code in codes]
    return [(KIT.get(code, code), numbers, sum(numbers)) for code, numbers in rows]


def _initial(told: Asked) -> Mapping[str, object]:
    """As it is planned; else from the next full hour on, or from the next morning when that is late in the day."""
    if told.plan is not None:
        return {"begins_at": told.plan.begins_at, "ends_by": told.plan.ends_by}
    hour = timezone.localtime(told.now).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    morning = hour.replace(hour=MORNING) + timedelta(days=hour.hour >= EVENING)
    by_day = MORNING <= hour.hour < EVENING or morning >= told.round.due_at
    return {"begins_at": hour if by_day else morning}
