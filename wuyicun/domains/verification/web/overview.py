"""入户核对: which micro-grid is behind, since when, how often households are checked, and the periods so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wuyicun.domains.registry import access as registry
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.verification import queries
from wuyicun.domains.verification.queries import Freshness, PeriodRow
from wuyicun.domains.verification.rules import DEFAULT_EVERY_DAYS, fresh_since
from wuyicun.domains.verification.web.common import ago, sentence
from wuyicun.domains.verification.web.planning import EveryForm
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import live

MOST_PERIODS = 12
MOST_LINES = 100
"""So many micro-grids are listed, those furthest behind; the others on demand."""
_Holders = Mapping[tuple[str, str], Sequence[str]]  # names by role and area path
_LEADERS = ("micro_grid_leader", "grid_worker", "grid_leader")


@dataclass(frozen=True)
class AreaLine:
    """A micro-grid: how many of its households were checked in time, what is owed, who answers for it."""

    name: str
    section: str
    households: int
    fresh: int
    owed: int
    never: int
    oldest: str
    leaders: Sequence[str]
    url: str

    @property
    def behind(self) -> bool:
        """Is some household's last check too long ago?"""
        return self.fresh < self.households


@dataclass(frozen=True)
class PeriodLine:
    """A period and what came of it."""

    number: int
    starts_on: date
    ends_on: date
    runs: bool
    counts: Counts


@require_GET
def verification(request: ScopedRequest) -> HttpResponse:
    """All micro-grids that the account looks after, who is behind first; who has only one goes there straight."""
    village_id, now = request.village.pk, clock.now()
    leaves = registry.leaves(request.scope, village_id, request.village.area_path, Permission.VIEW_PEOPLE)
    if not leaves:
        raise NotYours
    if len(leaves) == 1:
        return HttpResponseRedirect(reverse("verification_area", args=[leaves[0].area_path]))
    period, every = queries.current(village_id), queries.every_days(village_id)
    owed = _counts_by_leaf(village_id, period)
    seen = sum((owed.get(leaf.area_path, Counts()) for leaf in leaves), Counts())
    may_plan = request.scope.permits(Permission.SET_ROUTINES, request.village.area_path)
    fresh = queries.freshness(village_id, fresh_since(every or DEFAULT_EVERY_DAYS, now))
    living = sorted(
        (leaf for leaf in leaves if leaf.area_path in fresh), key=lambda leaf: _behind(fresh[leaf.area_path])
    )
    shown = living if request.GET.get("all") else living[:MOST_LINES]
    context = {
        "answer": sentence(period, seen, now),
        "period": period,
        "every": every,
        "days": every or DEFAULT_EVERY_DAYS,
        "lines": _lines(village_id, shown, fresh, owed, now),
        "all_lines": len(living),
        "drawing": _drawing(period),
        "may_plan": may_plan,
        "form": EveryForm(initial={"every_days": every}) if may_plan else None,
        "periods": _periods(village_id) if may_plan else [],
    }
    return render(request, "verification/overview.html", context)


@require_GET
def progress(request: ScopedRequest) -> HttpResponse:
    """How far the households of a new period have been drawn; asked every two seconds."""
    if not registry.leaves(request.scope, request.village.pk, request.village.area_path, Permission.VIEW_PEOPLE):
        raise NotYours
    drawing = _drawing(queries.current(request.village.pk))
    if drawing is None:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return live.unchanged(request, drawing["token"]) or render(
        request, "verification/parts/drawing.html", {"drawing": drawing}
    )


def _drawing(period: PeriodRow | None) -> dict[str, Any] | None:
    """None when all households are in."""
    if period is None or period.is_drawn:
        return None
    done = rolls.counts(period.village_id, period.roll_id).opening
    return {"done": done, "of": max(period.to_draw, done), "token": str(done), "url": reverse("verification_progress")}


def _counts_by_leaf(village_id: UUID, period: PeriodRow | None) -> Mapping[str, Counts]:
    if period is None:
        return {}
    return {leaf.area_path: leaf.counts for leaf in rolls.leaf_counts(village_id, period.roll_id)}


def _behind(fresh: Freshness) -> tuple[float, int]:
    """Who is furthest behind comes first."""
    return fresh.fresh / fresh.households, -fresh.never


def _lines(
    village_id: UUID,
    leaves: Sequence[Leaf],
    fresh: Mapping[str, Freshness],
    counts: Mapping[str, Counts],
    now: datetime,
) -> Sequence[AreaLine]:
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in territory.holders(village_id, now):
        holders[each.role, each.area_path].append(each.name)
    return [_line(leaf, fresh[leaf.area_path], counts.get(leaf.area_path, Counts()), holders, now) for leaf in leaves]


def _line(
    leaf: Leaf, fresh: Freshness, counts: Counts, holders: Mapping[tuple[str, str], Sequence[str]], now: datetime
) -> AreaLine:
    return AreaLine(
        leaf.name,
        leaf.section,
        fresh.households,
        fresh.fresh,
        counts.owed,
        fresh.never,
        ago(fresh.oldest, now) if fresh.oldest else "",
        _leaders(leaf, holders),
        reverse("verification_area", args=[leaf.area_path]),
    )


def _leaders(leaf: Leaf, holders: _Holders) -> Sequence[str]:
    """The micro-grid's own leader; without one, who works the grid around it."""
    for role in _LEADERS:
        paths = dict.fromkeys((leaf.section_path, leaf.area_path))
        if named := [name for path in paths for name in holders.get((role, path), ())]:
            return list(dict.fromkeys(named))
    return []


def _periods(village_id: UUID) -> Sequence[PeriodLine]:
    found = queries.periods(village_id, MOST_PERIODS)
    counts = rolls.counts_of(village_id, [each.roll_id for each in found])
    return [
        PeriodLine(each.number, each.starts_on, each.ends_on, each.closed_at is None, counts[each.roll_id])
        for each in found
    ]
