"""一个采样点: set up point by point, opened, closed; what it brings and the sheet to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.profiles.words import KIT, SETUP
from wuyicun.domains.screening import access, queries, setups
from wuyicun.domains.screening.models import Station
from wuyicun.domains.screening.queries import Flow, SetupView
from wuyicun.domains.screening.rules import HOME, RoundState, StationState
from wuyicun.domains.screening.web.common import Head, powers_in, time_words
from wuyicun.domains.screening.web.plan import asked, places
from wuyicun.domains.screening.web.rounds import token
from wuyicun.domains.screening.web.station_lines import StationLine, station_line
from wuyicun.domains.screening.words import Words
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import live
from wuyicun.kernel.web.responses import pdf
from wuyicun.kernel.web.writing import attempt


@dataclass(frozen=True)
class Point:
    """A point of the list: who saw to it when, if anybody did."""

    code: str
    words: Words
    at: datetime | None
    by: str


@require_GET
def station(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """A station's page."""
    found = fixed(request, station_id, Permission.VIEW_BOARD)
    return render(request, "screening/station.html", _context(request, found))


@require_GET
def station_live(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """The part that moves; 204 while it shows what is."""
    unchanged = live.unchanged(request, token(request.village.pk, clock.now()))
    if unchanged is not None:
        return unchanged
    found = fixed(request, station_id, Permission.VIEW_BOARD)
    return render(request, "screening/parts/station.html", _context(request, found))


def fixed(request: ScopedRequest, station_id: UUID, permission: Permission) -> Station:
    """A station that is set up somewhere: people's homes are not. Raises NotYours, Http404."""
    found = access.a_station(request.scope, request.village.pk, station_id, permission)
    if found.kind == HOME:
        raise Http404
    return found


def _context(request: ScopedRequest, found: Station) -> dict[str, Any]:
    now, village_id = clock.now(), request.village.pk
    setup = queries.setup(village_id, found.pk)
    flow = queries.flows(village_id, found.round_id, now).get(found.pk, Flow())
    line = station_line(found, setup, flow, queries.setup_items())
    names = _names(setup)
    said, tone = _sentence(line, names, now)
    round_, may = found.round, powers_in(request, found.round.area_path)
    is_open = round_.state == RoundState.OPEN
    leads = request.scope.permits(Permission.OPEN_ROUND, round_.area_path)
    return {
        "token": token(village_id, now),
        "head": Head.of(round_),
        "line": line,
        "sentence": said,
        "tone": tone,
        "points": _points(setup, names),
        "lacking": len(setup.lacking),
        "may": may,
        "may_tick": "sample" in may and is_open and setup.state is StationState.PREPARING,
        "may_override": leads and is_open and setup.state is StationState.PREPARING,
    }


def _names(setup: SetupView) -> Mapping[UUID | None, str]:
    people = [setup.opened_by, *(each.by for each in setup.ticks.values())]
    return dict(accounts.names_of([each for each in people if each]).items())


def _points(setup: SetupView, names: Mapping[UUID | None, str]) -> Sequence[Point]:
    found = []
    for code in queries.setup_items():
        tick = setup.ticks.get(code)
        by = names.get(tick.by, "") if tick else ""
        found.append(Point(code, SETUP.get(code, code), tick.at if tick else None, by))
    return found


def _sentence(line: StationLine, names: Mapping[UUID | None, str], now: datetime) -> tuple[str, str]:
    setup = line.setup
    if setup.closed_at is not None:
        words = {"time": time_words(setup.closed_at, now)}
        if setup.owes_disinfection:
            return _("%(time)s 已关闭，还没有登记消杀") % words, "owed"
        return _("%(time)s 已关闭，消杀已登记") % words, "done"
    if setup.opened_at is not None:
        words = {"time": time_words(setup.opened_at, now), "by": names.get(setup.opened_by, "")}
        return _("开放中，%(by)s %(time)s 开放") % words, "done"
    if line.ticked < line.items:
        return _("还差 %(missing)s 项，都打勾才能开放") % {"missing": line.items - line.ticked}, "owed"
    return _("%(items)s 项都好了，可以开放") % {"items": line.items}, "done"


def _do(request: ScopedRequest, found: Station, do: Callable[..., None], said: str, **more: str) -> HttpResponse:
    undo_url = more.pop("undo_url", "")

    def act() -> None:
        do(village_id=request.village.pk, station_id=found.pk, by=request.account.pk, at=clock.now(), **more)

    attempt(request, act, said, undo_url=undo_url)
    return redirect("station", station_id=found.pk)


@require_POST
def station_tick(request: ScopedRequest, station_id: UUID, item: str) -> HttpResponse:
    """A point was seen to."""
    found = fixed(request, station_id, Permission.SAMPLE)
    undo_url = reverse("station_untick", args=[found.pk, item])
    return _do(request, found, setups.tick, _("已打勾"), item=item, undo_url=undo_url)


@require_POST
def station_untick(request: ScopedRequest, station_id: UUID, item: str) -> HttpResponse:
    """It was not, after all."""
    found = fixed(request, station_id, Permission.SAMPLE)
    return _do(request, found, setups.untick, _("已取消打勾"), item=item)


@require_POST
def station_open(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """Open it; with points missing only who leads the round may, and says why."""
    found = fixed(request, station_id, Permission.SAMPLE)
    leads = request.scope.permits(Permission.OPEN_ROUND, found.round.area_path)
    override = request.POST.get("reason", "") if leads else ""
    return _do(request, found, setups.open_station, _("%(name)s 已开放") % {"name": found.name}, override=override)


@require_POST
def station_close(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """Close it; it owes a disinfection."""
    found = fixed(request, station_id, Permission.SAMPLE)
    return _do(request, found, setups.close_station, _("%(name)s 已关闭，请消杀并登记") % {"name": found.name})


@require_POST
def station_again(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """Set it up anew."""
    found = fixed(request, station_id, Permission.SAMPLE)
    return _do(request, found, setups.set_up_again, _("从头布置 %(name)s") % {"name": found.name})


@require_GET
def setup_sheet(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """The list on paper, with what the plan says to bring."""
    found, now = fixed(request, station_id, Permission.VIEW_BOARD), clock.now()
    setup = queries.setup(request.village.pk, found.pk)
    brings = [each for each in places(asked(request.village.pk, found.round, now)) if each.station.pk == found.pk]
    data = {
        "made": {"by": request.account.name, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        "village": request.village.name,
        "round": found.round.title,
        "station": found.name,
        "windows": found.windows,
        "points": [
            {
                "words": str(point.words),
                "at": f"{timezone.localtime(point.at):%m-%d %H:%M}" if point.at else "",
                "by": point.by,
            }
            for point in _points(setup, _names(setup))
        ],
        "kit": [
            {"word": str(KIT.get(code, code)), "number": number}
            for each in brings
            if each.rows
            for code, number in each.kit.items.items()
        ],
    }
    told = ("station", found.pk)
    audit("screening.print_setup_sheet", by=request.account.pk, at=now, village_id=request.village.pk, subject=told)
    content = typeset("setup_sheet", data, language=get_language() or "zh-hans")
    return pdf(content, f"{found.name} {_('采样点布置清单')}")
