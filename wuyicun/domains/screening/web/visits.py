"""上门采样: who is sampled at home, the walk of each team in its order, what happened at each door; also on paper."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import access, queries, visits
from wuyicun.domains.screening.models import Round, Station
from wuyicun.domains.screening.queries import Walk
from wuyicun.domains.screening.visits import LEFT, MOST_TEAMS, Visited
from wuyicun.domains.screening.web.common import Figure, Head, day_of, people_words, time_words
from wuyicun.domains.screening.web.lines import House, Line, houses, lines
from wuyicun.domains.screening.web.missing import on_paper
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.formatting import duration_words
from wuyicun.kernel.web.responses import pdf
from wuyicun.kernel.web.writing import attempt


class PlanForm(forms.Form):
    """How many teams go, who they are, and where they leave."""

    teams = forms.IntegerField(label=gettext_lazy("几队去"), min_value=1, max_value=MOST_TEAMS)
    start = forms.ChoiceField(label=gettext_lazy("从哪里出发"), required=False)
    names = forms.CharField(
        label=gettext_lazy("谁去"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, stations: Sequence[Station], **given: Any) -> None:
        super().__init__(use_required_attribute=False, **given)
        self.known = {str(each.pk): each for each in stations if each.kind == "fixed"}
        choices = [(key, station.name) for key, station in self.known.items()]
        self.fields["start"] = forms.ChoiceField(
            label=gettext_lazy("从哪里出发"), required=bool(choices), choices=choices or [("", _("住处中间"))]
        )
        self.order_fields(["teams", "start", "names"])

    def called(self) -> Sequence[str]:
        """What each team is called: a line each, else its number."""
        written = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        number = self.cleaned_data["teams"]
        return [written[place] if place < len(written) else "" for place in range(number)]

    def station(self) -> Station | None:
        """Where they leave."""
        return self.known.get(self.cleaned_data["start"])


@dataclass(frozen=True)
class Shown:
    """An outing as the page shows it; the part of it that the account may see."""

    title: str
    about: str
    houses: Sequence[House]
    people: int
    left: int


@dataclass(frozen=True)
class Seen:
    """A round's visits at home as far as the account's areas go."""

    people: Sequence[Visited]
    lines: Mapping[UUID, Line]
    walks: Sequence[Walk]

    @property
    def latest(self) -> Sequence[Walk]:
        """The outings of the last attempt."""
        return queries.last_attempt(self.walks)


@require_GET
def home_visits(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The walks, or what it takes to plan them."""
    round_ = access.a_round(request.scope, request.village.pk, round_id, Permission.VIEW_PEOPLE)
    return _page(request, round_, None)


@require_POST
def visits_plan(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Plan the walks to whoever is still to be visited."""
    round_ = access.whole_round(request.scope, request.village.pk, round_id, Permission.OPEN_ROUND)
    form = PlanForm(queries.stations(request.village.pk, round_.pk), data=request.POST)
    if not form.is_valid():
        return _page(request, round_, form)

    def plan() -> object:
        return visits.plan_outings(
            village_id=request.village.pk,
            round_=round_,
            teams=form.called(),
            start=form.station(),
            by=request.account.pk,
            at=clock.now(),
        )

    attempt(request, plan, _("路线已排好"))
    return redirect("visits", round_id=round_.pk)


def _page(request: ScopedRequest, round_: Round, form: PlanForm | None) -> HttpResponse:
    now, head = clock.now(), Head.of(round_)
    seen = _seen(request, round_, now)
    left = visits.still_to_visit(seen.people)
    planned = {person for walk in seen.latest for person in walk.people}
    loose = [each.listed for each in left if each.listed.person_id not in planned]
    stations = queries.stations(request.village.pk, round_.pk)
    begun = bool(seen.latest) and visits.has_begun(request.village.pk, round_, seen.latest)
    context = {
        "head": head,
        "answer": _answer(round_, seen, len(left), now),
        "figures": _figures(seen),
        "outings": [_shown(seen, walk) for walk in seen.latest],
        "earlier": [(walk.attempt, _title(walk), _about(walk)) for walk in seen.walks[len(seen.latest) :]],
        "loose": houses(request, round_, loose, now),
        "begun": begun,
        "may_plan": request.scope.permits(Permission.OPEN_ROUND, round_.area_path) and head.open and left,
        "form": form or PlanForm(stations, initial={"teams": visits.teams_proposed(len(left))}),
        "left": len(left),
        "least": profiles.shipped().parameters.people_per_outing,
        "here": request.get_full_path(),
    }
    return render(request, "screening/visits.html", context)


def _seen(request: ScopedRequest, round_: Round, now: datetime) -> Seen:
    village_id = request.village.pk
    leaves = access.leaves(request.scope, village_id, round_, Permission.VIEW_PEOPLE)
    people = visits.at_home(village_id, round_, [leaf.area_id for leaf in leaves])
    walks = queries.outings(village_id, round_.pk)
    visited = {person for walk in queries.last_attempt(walks) for person in walk.people}
    named = visited | {each.listed.person_id for each in people}
    return Seen(people, lines(request, round_, named, now), walks)


def _answer(round_: Round, seen: Seen, left: int, now: datetime) -> tuple[str, str]:
    if not seen.people:
        return _("没有要上门采样的人"), ""
    if not left:
        return _("要上门的 %(people)s都有着落") % {"people": people_words(len(seen.people))}, "done"
    words = {"left": left, "time": time_words(round_.due_at, now)}
    if round_.due_at < now:
        return _("还有 %(left)s 人要上门，已过了 %(time)s 的时限") % words, "late"
    return _("还有 %(left)s 人要上门，最晚 %(time)s 采完") % words, "owed"


def _figures(seen: Seen) -> Sequence[Figure]:
    def number(state: State) -> int:
        return sum(each.state is state for each in seen.people)

    owed, missed, refused = number(State.OWED), number(State.UNREACHABLE), number(State.REFUSED)
    return [
        Figure(len(seen.people), _("上门名单")),
        Figure(number(State.DONE), _("已采"), "", "done"),
        Figure(owed, _("待上门"), "", "owed" if owed else ""),
        Figure(missed, _("没找到，再去"), "", "owed" if missed else ""),
        Figure(refused, _("拒绝")),
    ]


def _shown(seen: Seen, walk: Walk) -> Shown:
    homes = {each.listed.person_id: each.listed.household_id for each in seen.people}
    doors = []
    for number, stop in enumerate(walk.stops, start=1):
        people = [seen.lines[person] for person in stop.people if person in seen.lines]
        if people:
            way = _("再走 %(metres)s 米") % {"metres": stop.metres} if stop.metres else ""
            first = people[0]
            doors.append(House(first.house, first.area, homes.get(first.id), people, number, way))
    inside = [line for house in doors for line in house.lines]
    left = sum(line.state in LEFT for line in inside)
    return Shown(_title(walk), _about(walk), doors, len(inside), left)


def _title(walk: Walk) -> str:
    title = _("第 %(number)s 队") % {"number": walk.number}
    return f"{title} {walk.team}" if walk.team else title


def _about(walk: Walk) -> str:
    words = {
        "people": people_words(len(walk.people)),
        "doors": len(walk.stops),
        "time": duration_words(timedelta(seconds=walk.seconds)),
    }
    about = _("%(people)s，%(doors)s 户，约 %(time)s") % words
    if walk.metres is not None:
        about += _("，走 %(metres)s 米") % {"metres": walk.metres}
    return about + (_("，从%(place)s出发") % {"place": walk.start} if walk.start else "")


@require_GET
def route_sheet(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The walks of the last attempt on paper, a sheet for each team; who printed them is in the audit."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    seen = _seen(request, round_, now)
    shown = [each for each in (_shown(seen, walk) for walk in seen.latest) if each.houses]
    data = {
        "made": {"by": request.account.name, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        "village": request.village.name,
        "round": round_.title,
        "due_at": f"{day_of(round_.due_at, now)} {timezone.localtime(round_.due_at):%H:%M}",
        "outings": [{"title": each.title, "about": each.about, "doors": _doors(each.houses, now)} for each in shown],
    }
    audit(
        "screening.print_visits",
        by=request.account.pk,
        at=now,
        village_id=village_id,
        subject=("round", round_.pk),
        data={"outings": len(shown), "people": sum(each.people for each in shown)},
    )
    content = typeset("visit_route", data, language=get_language() or "zh-hans")
    return pdf(content, f"{round_.title} {_('上门路线')}")


def _doors(found: Collection[House], now: datetime) -> Sequence[dict[str, object]]:
    """Only whom somebody must still go to; the doors keep their numbers."""
    left = [replace(house, lines=[line for line in house.lines if line.state in LEFT]) for house in found]
    return [{**on_paper(house, now), "number": house.number, "way": house.way} for house in left if house.lines]
