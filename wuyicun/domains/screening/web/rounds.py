"""检测: the current round and the earlier ones; the page of a round, which keeps itself current."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.queries import LeafCounts
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.screening import access, actions, queries
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import Retests, TubeTotals
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.web import pace, plan, series
from wuyicun.domains.screening.web.common import (
    Figure,
    Head,
    counts_seen,
    figures,
    people_words,
    powers_in,
    sentence,
)
from wuyicun.domains.screening.web.station_lines import StationLine, station_lines
from wuyicun.domains.screening.words import STATION_KINDS
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import SECTION_DIGITS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import live
from wuyicun.kernel.web.writing import attempt


@dataclass(frozen=True)
class Row:
    """An earlier round in the list."""

    head: Head
    opened_at: datetime
    counts: Counts
    area: str


@dataclass(frozen=True)
class Bar:
    """How far an area is."""

    name: str
    done: int
    due: int
    link: str
    url: str


@dataclass(frozen=True)
class Board:
    """All that moves on a round's page."""

    head: Head
    sentence: str
    tone: str
    counts: Counts
    whole: bool
    figures: Sequence[Figure]
    tubes: TubeTotals
    tube_figures: Sequence[Figure]
    bars: Sequence[Bar]
    stations: Sequence[StationLine]
    flagged: int
    retests: Retests
    may: Mapping[str, bool]
    token: str


@require_GET
def rounds(request: ScopedRequest) -> HttpResponse:
    """The round that runs, and all others below it."""
    village_id, now = request.village.pk, clock.now()
    current = access.current_round(request.scope, village_id)
    names = territory.names(village_id)
    seen = [
        each
        for each in queries.rounds(village_id)
        if access.reaches(request.scope, Permission.VIEW_BOARD, each.area_path)
    ]
    rows = [
        Row(
            Head.of(each),
            each.opened_at,
            counts_seen(request.scope, village_id, each)[0],
            names.get(each.area_path, ""),
        )
        for each in seen
        if current is None or each.pk != current.pk
    ]
    board = _board(request, current, now) if current else None
    context: dict[str, Any] = {"board": board, "rows": rows, "series": series.lines(request, now), **_may(request)}
    if current is not None and current.state == RoundState.OPEN:
        context |= {"round": current, "plan": plan.panel(request, current, now)}
    return render(request, "screening/rounds.html", context)


def _may(request: ScopedRequest) -> dict[str, Any]:
    return {
        "may": powers_in(request, request.village.area_path),
        "may_open": request.scope.permits(Permission.OPEN_ROUND),
    }


@require_GET
def round_(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """A round's page."""
    found = access.a_round(request.scope, request.village.pk, round_id, Permission.VIEW_BOARD)
    opened_by = accounts.names_of([found.opened_by]) if found.opened_by else {}
    context = {
        "board": _board(request, found, clock.now()),
        "round": found,
        "opened_by": opened_by.get(found.opened_by, "") if found.opened_by else "",
        "area": territory.names(request.village.pk).get(found.area_path, ""),
        "pace": _pace(request, found),
        "plan": plan.panel(request, found, clock.now()),
        "station_kinds": STATION_KINDS.items(),
        "may": powers_in(request, found.area_path),
        "may_cancel": request.scope.permits(Permission.OPEN_ROUND, found.area_path)
        and found.state == RoundState.OPEN
        and not queries.has_swabs(request.village.pk, found.pk),
        "may_reopen": request.scope.permits(Permission.CLOSE_ROUND, found.area_path)
        and found.state in (RoundState.CLOSED, RoundState.AMENDED),
        "reports": queries.reports(request.village.pk, found.pk),
    }
    return render(request, "screening/round.html", context)


def _pace(request: ScopedRequest, round_: Round) -> pace.Drawing | None:
    """How the whole round goes, for who may see all of it."""
    if not request.scope.permits(Permission.VIEW_BOARD, round_.area_path):
        return None
    due = rolls.counts(request.village.pk, round_.roll_id).due
    return pace.drawing(round_, queries.pace(request.village.pk, round_), due, clock.now())


@require_GET
def round_live(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The part of a round's page that moves; 204 while it shows what is."""
    now = clock.now()
    unchanged = live.unchanged(request, token(request.village.pk, now))
    if unchanged is not None:
        return unchanged
    found = access.a_round(request.scope, request.village.pk, round_id, Permission.VIEW_BOARD)
    return render(request, "screening/parts/board.html", {"board": _board(request, found, now)})


def token(village_id: UUID, now: datetime) -> str:
    """Changes with what was recorded, and with each minute, since tubes become late by themselves."""
    return f"{rolls.change_token(village_id)}.{int(now.timestamp()) // 60}"


def _board(request: ScopedRequest, round_: Round, now: datetime) -> Board:
    village_id = request.village.pk
    shown = token(village_id, now)
    counts, whole = counts_seen(request.scope, village_id, round_)
    said, tone = sentence(round_, counts, now)
    totals = queries.totals(village_id, round_, now)
    return Board(
        Head.of(round_),
        said,
        tone,
        counts,
        whole,
        figures(round_, counts),
        totals,
        _tube_figures(round_, totals, carries=access.reaches(request.scope, Permission.CARRY_TUBES, round_.area_path)),
        _bars(request, round_),
        station_lines(village_id, round_, now),
        queries.flagged(village_id, round_.pk),
        queries.retests(village_id, round_),
        powers_in(request, round_.area_path),
        shown,
    )


def _tube_figures(round_: Round, totals: TubeTotals, *, carries: bool) -> Sequence[Figure]:
    url = reverse("tubes", args=[round_.pk])

    def one(number: int, label: str, code: str, tone: str = "") -> Figure:
        return Figure(number, label, f"{url}?state={code}", tone if number else "")

    waiting = one(totals.waiting, _("待转运"), "waiting", "owed")
    if carries:
        waiting = replace(waiting, url=reverse("runs", args=[round_.pk]))
    return [
        one(totals.open, _("采样中"), "open"),
        waiting,
        one(totals.late, _("超时"), "late", "late"),
        one(totals.under_way, _("在途"), "under_way"),
        one(totals.without_result, _("没有结果"), "without_result", "owed"),
        one(totals.positive, _("阳性"), "positive", "late"),
    ]


def _bars(request: ScopedRequest, round_: Round) -> Sequence[Bar]:
    """Sections, each with its micro-grids below it when there are several; who is furthest behind comes first."""
    village_id = request.village.pk
    names = territory.names(village_id)
    url = reverse("missing", args=[round_.pk])
    sections: dict[str, list[LeafCounts]] = {}
    for leaf in rolls.leaf_counts(village_id, round_.roll_id):
        if request.scope.permits(Permission.VIEW_BOARD, leaf.area_path) and leaf.counts.due:
            sections.setdefault(leaf.area_path[:SECTION_DIGITS], []).append(leaf)

    def bar(path: str, counts: Counts, depth: int) -> Bar:
        link = people_words(counts.missing) if counts.missing else _("人人已采")
        behind = f"{url}?area={path}" if counts.missing else ""
        return Bar("　" * depth + names.get(path, ""), counts.done, counts.due, link, behind)

    found: list[Bar] = []
    sums = {path: sum((leaf.counts for leaf in leaves), Counts()) for path, leaves in sections.items()}
    for path in sorted(sums, key=lambda path: _progress(sums[path])):
        found.append(bar(path, sums[path], 0))
        if len(sections[path]) > 1:
            below = sorted(sections[path], key=lambda leaf: _progress(leaf.counts))
            found += [bar(leaf.area_path, leaf.counts, 1) for leaf in below]
    return found


def _progress(counts: Counts) -> tuple[float, int]:
    return counts.coverage, -counts.missing


@require_POST
def station_add(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Another station of a round that runs."""
    found = access.whole_round(request.scope, request.village.pk, round_id, Permission.OPEN_ROUND)
    name = request.POST.get("name", "").strip()[:64]
    kind = request.POST.get("kind", "fixed")
    if name and kind in STATION_KINDS and found.state == RoundState.OPEN:
        station = actions.NewStation(name, kind)

        def add() -> object:
            return actions.add_station(
                village_id=request.village.pk, round_=found, station=station, by=request.account.pk, at=clock.now()
            )

        attempt(request, add, _("已增加采样点 %(name)s") % {"name": name})
    return redirect("round", round_id=found.pk)


@require_POST
def round_cancel(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Cancel a round that was opened by mistake."""
    found = access.whole_round(request.scope, request.village.pk, round_id, Permission.OPEN_ROUND)

    def cancel() -> object:
        return actions.cancel_round(
            village_id=request.village.pk,
            round_id=found.pk,
            reason=request.POST.get("reason", ""),
            by=request.account.pk,
            at=clock.now(),
        )

    done = attempt(request, cancel, _("已取消 %(round)s") % {"round": found.title})
    return redirect("rounds") if done else redirect("round", round_id=found.pk)


@require_POST
def round_reopen(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Open a closed round again, with a reason."""
    found = access.whole_round(request.scope, request.village.pk, round_id, Permission.CLOSE_ROUND)

    def reopen() -> object:
        return actions.reopen_round(
            village_id=request.village.pk,
            round_id=found.pk,
            reason=request.POST.get("reason", ""),
            by=request.account.pk,
            at=clock.now(),
        )

    attempt(request, reopen, _("已重新打开 %(round)s") % {"round": found.title})
    return redirect("round", round_id=found.pk)


def current(request: ScopedRequest, to: str) -> HttpResponse:
    """The page of this name of the current round; the list of rounds while there is none."""
    found = access.current_round(request.scope, request.village.pk)
    if found is None:
        return redirect("rounds")
    return HttpResponseRedirect(reverse(f"{to}", args=[found.pk]))
