"""The Today board, what lies behind its zeros, and the choice of the village."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.hygiene import queries as hygiene
from wuyicun.domains.registry.web.area_cards import badges, list_without_code
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.domains.screening.web import series
from wuyicun.domains.tasks.web.pages import on_the_board
from wuyicun.domains.territory import duties
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest, choose_village
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import live
from wuyicun.kernel.web.formatting import day_time_words
from wuyicun.portal import finding, queries
from wuyicun.portal.words import DETAILS, KINDS


def _seen(request: HttpRequest) -> ScopedRequest:
    """The request of somebody who may see the board of the village. Raises NotYours."""
    scoped = cast("ScopedRequest", request)
    if not scoped.scope.permits(Permission.VIEW_BOARD) or scoped.village.pk not in scoped.scope.villages:
        raise NotYours
    return scoped


def _context(request: ScopedRequest) -> dict[str, object]:
    at = clock.now()
    board = queries.board(request.scope, request.village.pk, at)
    return {
        "token": queries.board_token(request.village.pk, at),
        "board": board,
        "answer": _answer(board),
        "tone": _tone(board),
        "activity": [(each, KINDS[each.kind], DETAILS.get(each.detail, "")) for each in board.activity],
        "lists": _lists(request, board.round),
        "bars": _bars(request, board),
        "without_code": list_without_code(),
        "tasks": on_the_board(request, at),
        "series": [line for line in series.lines(request, at) if line.due],
        "badges": badges() if request.scope.permits(Permission.PRINT_CARDS) else "",
        "disinfect": hygiene.count_owed(request.village.pk),
        "posts": _posts(request, at),
        "may_open": request.scope.permits(Permission.OPEN_ROUND),
        "may_import": request.scope.permits(Permission.IMPORT_ROSTER),
    }


def _posts(request: ScopedRequest, at: datetime) -> dict[str, int] | None:
    """What the organisation lacks, for who can fill it; None when nothing is."""
    if not request.scope.permits(Permission.MANAGE_POSTS, request.village.area_path):
        return None
    lacking = {
        "vacant": territory.without_leader(request.village.pk, at),
        "unmanned": duties.unmanned(request.village.pk, at),
    }
    return lacking if any(lacking.values()) else None


def _lists(request: ScopedRequest, round_: RoundRow | None) -> dict[str, str]:
    """The addresses of the lists behind the figures; those that the asker may not open are missing."""
    if round_ is None:
        return {}
    doors = {
        "missing": ("missing", Permission.VIEW_PEOPLE),
        "retests": ("retests", Permission.VIEW_PEOPLE),
        "runs": ("runs", Permission.CARRY_TUBES),
        "results": ("results", Permission.ENTER_RESULTS),
        "closing": ("closing", Permission.CLOSE_ROUND),
    }
    lists = {code: reverse(name, args=[round_.pk]) for code, (name, may) in doors.items() if request.scope.permits(may)}
    if "missing" in lists:
        lists |= {state: f"{lists['missing']}?state={state}" for state in ("unreachable", "refused", "excused")}
    if request.scope.permits(Permission.DECIDE_RECORDS):
        lists["tray"] = reverse("tray")
    return lists


@dataclass(frozen=True)
class Bar:
    """How far an area is, and the list of who is missing there, when the asker may see it."""

    area: queries.AreaCoverage
    below: bool
    url: str


def _bars(request: ScopedRequest, board: queries.Board) -> list[Bar]:
    """Each section, followed by its micro-grids."""
    if board.round is None:
        return []
    missing = reverse("missing", args=[board.round.pk])

    def bar(area: queries.AreaCoverage, *, below: bool) -> Bar:
        seen = area.counts.missing and request.scope.permits(Permission.VIEW_PEOPLE, area.area_path)
        return Bar(area, below, f"{missing}?area={area.area_path}" if seen else "")

    return [
        each
        for section in board.coverage
        for each in (bar(section, below=False), *(bar(area, below=True) for area in section.below))
    ]


def _answer(board: queries.Board) -> str:
    if board.round is None:
        return _("还没有开始检测") if board.people else _("还没有名册")
    counts = board.counts
    if not board.is_open:
        return _("%(title)s已关闭，%(people)s 人应采，每人都有着落") % {
            "title": board.round.title,
            "people": counts.due,
        }
    if counts.owed:
        told = {"missing": counts.missing, "due": _time(board.round.due_at), "at": _time(board.finish_at)}
        if board.finish_at is not None:
            return _("还有 %(missing)s 人未采，按现在的速度%(at)s 采完，最晚%(due)s") % told
        return _("还有 %(missing)s 人未采，最晚%(due)s 采完") % told
    if board.tubes.without_result:
        return _("人都有着落了，还有 %(tubes)s 支试管没有结果") % {"tubes": board.tubes.without_result}
    return _("人都有着落，试管都有结果，可以关闭本轮")


def _time(moment: datetime | None) -> str:
    return "" if moment is None else day_time_words(moment, clock.now())


def _tone(board: queries.Board) -> str:
    if board.round is None:
        return ""
    if not board.is_open:
        return "done"
    if board.counts.owed and board.round.due_at < clock.now():
        return "late"
    return "owed" if board.counts.owed or board.tubes.without_result else "done"


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """今日: how the village stands."""
    return render(request, "portal/today.html", _context(_seen(request)))


@login_required
@require_GET
def today_board(request: HttpRequest) -> HttpResponse:
    """The live part of the board; 204 while nothing changed."""
    scoped = _seen(request)
    same = live.unchanged(request, queries.board_token(scoped.village.pk, clock.now()))
    return same or render(request, "portal/board.html", _context(scoped))


@login_required
@require_GET
def mistakes(request: HttpRequest) -> HttpResponse:
    """What lies behind 工作零失误."""
    scoped = _seen(request)
    found = queries.mistakes(scoped.village.pk, clock.now())
    return render(request, "portal/mistakes.html", {"mistakes": found, "total": sum(each.total for each in found)})


@login_required
@require_POST
def choose(request: HttpRequest, village_id: UUID) -> HttpResponse:
    """Look at another village."""
    choose_village(request, village_id)
    return redirect("today")


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Is the server up and does the database answer? For the launcher and a load balancer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("", today, name="today"),
    path("today/board/", today_board, name="today_board"),
    path("today/mistakes/", mistakes, name="mistakes"),
    path("find/", login_required(finding.find), name="find"),
    path("find/now/", login_required(finding.find_now), name="find_now"),
    path("village/<uuid:village_id>/", choose, name="choose_village"),
    path("healthz", healthz, name="healthz"),
]
