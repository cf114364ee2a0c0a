"""逐人落实: everybody of a round in exactly one state with the record behind it, and sums that are shown to add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.rolls.queries import LeafCounts
from wuyicun.domains.rolls.rules import Counts, State
from wuyicun.domains.screening import access, crosscheck, queries
from wuyicun.domains.screening import missing as lists
from wuyicun.domains.screening.missing import Listed
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import Sums
from wuyicun.domains.screening.web.common import STATES_OF_LIST, Head
from wuyicun.domains.screening.web.lines import Line, in_houses, lines
from wuyicun.domains.screening.web.missing import Chip
from wuyicun.domains.screening.web.proof_words import ADVICE, CAUSES
from wuyicun.domains.screening.words import ENTRY_LOOKS, RESULT_LOOKS, Look, Words
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web import outside
from wuyicun.kernel.web.addresses import addresses

PAGE = 100
ALL = "all"
STATES: Mapping[str, tuple[State, ...]] = {
    ALL: tuple(State),
    **{key: STATES_OF_LIST[key] for key in ("done", "excused", "unreachable", "refused", "owed")},
}


@dataclass(frozen=True)
class Proven:
    """Somebody with what stands behind their state.

    Attributes:
        what: what the record says; `at` and `by` when and by whom it was made.
        by_registry: it is the registry that says so, no record of this round.
        url: where the record is.
        do: what to do where there is none yet.
    """

    line: Line
    what: str
    at: datetime | None
    by: str
    by_registry: bool
    result: Look | None
    url: str
    do: Words


@dataclass(frozen=True)
class ProvenHouse:
    """A household with its people; `url` shows only this one."""

    label: str
    area: str
    url: str
    people: Sequence[Proven]


@dataclass(frozen=True)
class Asked:
    """What the list was asked for."""

    state: str
    area: str
    household: UUID | None

    def address(self, **other: str) -> str:
        """The query of the same list with something else asked."""
        asked = {"state": self.state, "area": self.area, "household": str(self.household or ""), **other}
        asked["state"] = "" if asked["state"] == ALL else asked["state"]
        return "?" + urlencode({key: value for key, value in asked.items() if value})


def asked_of(request: ScopedRequest) -> Asked:
    """What a list of this round was asked for; what cannot be read is not asked."""
    state = request.GET.get("state", ALL)
    try:
        household = UUID(request.GET.get("household", ""))
    except ValueError:
        household = None
    return Asked(state if state in STATES else ALL, request.GET.get("area", ""), household)


@require_GET
def proof(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Everybody of the round whom the account may see, each with the record behind their state."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    asked = asked_of(request)
    leaves = access.leaves(request.scope, village_id, round_, Permission.VIEW_PEOPLE)
    chosen = [leaf for leaf in leaves if leaf.area_path.startswith(asked.area)]
    page, following = lists.listed(
        village_id,
        round_.roll_id,
        area_ids=[leaf.area_id for leaf in chosen],
        states=STATES[asked.state],
        household=asked.household,
        after=request.GET.get("after", ""),
        limit=PAGE,
    )
    paths = _paths(request.scope, round_, asked.area)
    sums = queries.sums(village_id, round_, [leaf.area_id for leaf in chosen], paths)
    checks = crosscheck.counts(village_id, round_, [leaf.area_id for leaf in leaves])
    context: dict[str, Any] = {
        "head": Head.of(round_),
        "asked": asked,
        "answer": _answer(sums),
        "sums": sums,
        "terms": _terms(sums.kept),
        "houses": proven_houses(request, round_, page, asked, now),
        "next": following,
        "state_chips": _state_chips(asked, sums.kept),
        "area_chips": _area_chips(village_id, asked, leaves),
        "checks": [
            (CAUSES[cause], count, f"{reverse('crosscheck', args=[round_.pk])}?cause={cause}")
            for cause, count in checks.items()
            if count
        ],
        "proofs": queries.proofs(village_id, round_.pk),
        "may_prove": request.scope.permits(Permission.CLOSE_ROUND, round_.area_path),
        "whole_list": asked.address(household=""),
        "only_here": outside.only_here(request),
        "slips": reverse("result_slips", args=[round_.pk]) + asked.address(state=""),
    }
    return render(request, "screening/proof.html", context)


def _paths(scope: Scope, round_: Round, area: str) -> Sequence[str]:
    """The parts of the round's area, and of the one asked for, that the account may see."""
    asked = [path for path in (round_.area_path, area) if path]
    wanted = max(asked, key=len)
    found = {max(path, wanted, key=len) for path in scope.paths(Permission.VIEW_PEOPLE)}
    return [path for path in found if all(path.startswith(each) for each in asked)]


def _answer(sums: Sums) -> tuple[str, str]:
    counts = sums.kept
    if not sums.agree:
        return _("数目对不上，请联系系统管理员核对"), "late"
    if counts.owed:
        return _("%(all)s 人在名单上，还有 %(owed)s 人没有着落") % {"all": counts.current, "owed": counts.owed}, "owed"
    return _("%(all)s 人在名单上，每人都有着落") % {"all": counts.current}, "done"


def _terms(counts: Counts) -> Sequence[tuple[Look, int]]:
    return [
        (ENTRY_LOOKS[state], getattr(counts, state.name.lower()))
        for state in (State.DONE, State.EXCUSED, State.UNREACHABLE, State.REFUSED, State.OWED)
    ]


def _state_chips(asked: Asked, counts: Counts) -> Sequence[Chip]:
    labels = {ALL: _("全部"), **{key: ENTRY_LOOKS[states[0]].word for key, states in STATES.items() if key != ALL}}
    return [
        Chip(
            label,
            asked.address(state=key),
            asked.state == key,
            None if asked.household else counts.current if key == ALL else getattr(counts, key),
        )
        for key, label in labels.items()
    ]


def _area_chips(village_id: UUID, asked: Asked, leaves: Sequence[LeafCounts]) -> Sequence[Chip]:
    if len(leaves) < 2:
        return []
    names = territory.names(village_id, [leaf.area_path for leaf in leaves])
    chips = [(_("全部"), "", sum(leaf.counts.current for leaf in leaves))]
    chips += [(names.get(leaf.area_path, ""), leaf.area_path, leaf.counts.current) for leaf in leaves]
    return [
        Chip(label, asked.address(area=path, household=""), path == asked.area, number) for label, path, number in chips
    ]


def proven_houses(
    request: ScopedRequest, round_: Round, page: Sequence[Listed], asked: Asked, now: datetime
) -> Sequence[ProvenHouse]:
    """A page of the list by household, each person with the record behind them."""
    known = lines(request, round_, [each.person_id for each in page], now)
    behind = _behind(request.village.pk, round_, known)
    return [
        ProvenHouse(
            house.label,
            house.area,
            asked.address(household=str(house.household_id), area="") if house.household_id else "",
            [behind[line.id] for line in house.lines],
        )
        for house in in_houses(page, known)
    ]


def _behind(village_id: UUID, round_: Round, known: Mapping[UUID, Line]) -> Mapping[UUID, Proven]:
    settled = [line.settled_by for line in known.values() if line.settled_by]
    swabs = queries.swabs_behind(village_id, round_.pk, settled)
    said = [line.last.by for line in known.values() if line.last and line.last.by]
    names = accounts.names_of([*(swab.by for swab in swabs.values() if swab.by), *said])
    tube_url = addresses("tube")
    return {line.id: _proven(line, swabs, names, tube_url) for line in known.values()}


def _proven(
    line: Line, swabs: Mapping[UUID, queries.Behind], names: Mapping[UUID, str], tube_url: Callable[[UUID], str]
) -> Proven:
    swab = swabs.get(line.settled_by) if line.settled_by else None
    if swab is not None:
        what = _("试管 %(tube)s，%(station)s") % {"tube": swab.tube, "station": swab.station or _("采样点未知")}
        url = tube_url(swab.tube_id) if swab.tube_id else line.url
        by = names.get(swab.by, "") if swab.by else ""
        return Proven(line, what, swab.at, by, False, RESULT_LOOKS.get(swab.result), url, "")
    last = line.last if line.state is not State.OWED else None
    by = names.get(last.by, "") if last and last.by else ""
    at = last.at if last else None
    what = "，".join(part for part in (str(line.reason), last.note if last else "") if part)
    by_registry = line.state is State.EXCUSED and last is None
    return Proven(line, what, at, by, by_registry, None, line.url, ADVICE[line.state])
