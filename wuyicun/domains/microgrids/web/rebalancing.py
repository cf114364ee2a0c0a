"""重新划分: ask for a proposal, see it beside today's micro-grids, apply all or a part of it, take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.microgrids import access, adopting, queries, rebalancing
from wuyicun.domains.microgrids.models import Rebalancing
from wuyicun.domains.microgrids.proposing import BOUNDS, Found, Move
from wuyicun.domains.microgrids.rules import Stage, letter
from wuyicun.domains.microgrids.web.drawing import draw
from wuyicun.domains.microgrids.web.forms import KEEP, KeepForm
from wuyicun.domains.microgrids.words import REASON, STAGE
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.neighbourhood import Dwelling
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import live, notices

SHOWN_DOTS = 3_000
"""With more households only outlines and letters are drawn."""
TICKED_SINGLY = 500
"""So many moves are ticked household by household; more of them stream by stream."""
TICKED_STREAMS = 900
"""A form carries no more fields than a thousand: with more streams a proposal is applied as a whole."""
SHOWN_STREAMS = 300
"""Of those so many are listed, the largest."""


@require_http_methods(["GET", "POST"])
def start(request: ScopedRequest) -> HttpResponse:
    """Ask for a proposal; the earlier ones below."""
    village_id = access.whole(request.scope, request.village)
    form = KeepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keep, _words = KEEP[form.cleaned_data["keep"]]
        try:
            made = rebalancing.begin(village_id=village_id, keep=keep, by=request.account.pk, at=clock.now())
        except Refusal as refusal:
            notices.say(request, str(refusal), level=messages.ERROR)
            return HttpResponseRedirect(reverse("rebalancing"))
        return HttpResponseRedirect(reverse("rebalancing_proposal", args=[made.pk]))
    homes = neighbourhood.dwellings(village_id)
    spots = queries.spots(village_id, homes)
    context = {
        "answer": _question(village_id),
        "form": form,
        "households": len(homes),
        "own": sum(not spot.inherited for spot in spots.values()),
        "inherited": sum(spot.inherited for spot in spots.values()),
        "nowhere": len(homes) - len(spots),
        "earlier": [(each, STAGE[each.state], rebalancing.found_of(each)) for each in queries.rebalancings(village_id)],
    }
    return render(request, "microgrids/rebalancing.html", context)


def _question(village_id: UUID) -> str:
    tallies = neighbourhood.tallies(village_id)
    sizes = [
        tallies[area.area_path].households
        for area in territory.areas(village_id, levels=[Level.MICRO_GRID])
        if area.area_path in tallies
    ]
    if not sizes:
        return _("还没有户分到微网格")
    crowded = sum(size > BOUNDS.largest for size in sizes)
    values = {"count": len(sizes), "largest": max(sizes), "crowded": crowded, "limit": BOUNDS.largest}
    if crowded:
        return _("%(count)s 个微网格中 %(crowded)s 个超过 %(limit)s 户，最大 %(largest)s 户") % values
    return _("%(count)s 个微网格都不超过 %(limit)s 户，最大 %(largest)s 户") % values


@require_GET
def proposal(request: ScopedRequest, rebalancing_id: UUID) -> HttpResponse:
    """A proposal: how far it is, then what it would change, then what became of it."""
    found = access.rebalancing(request.scope, request.village, rebalancing_id)
    token = f"{found.state} {found.progress} {found.done}"
    if (same := live.unchanged(request, token)) is not None:
        return same
    context: dict[str, object] = {
        "rebalancing": found,
        "stage": STAGE[found.state],
        "token": token,
        "here": reverse("rebalancing_proposal", args=[found.pk]),
        "is_working": found.state == Stage.WORKING,
        "is_moving": found.state in adopting.UNDER_WAY,
        "is_undoing": found.state == Stage.UNDOING,
        "is_ready": found.state == Stage.READY,
        "is_applied": found.state == Stage.APPLIED,
        "answer": STAGE[found.state],
    }
    if found.state in adopting.UNDER_WAY:
        context["total"] = len((found.applied or {}).get("moved", ()))
    elif (answer := rebalancing.found_of(found)) is not None:
        context.update(_comparison(request, found, answer))
    template = "parts/proposal.html" if live.HEADER in request.headers else "proposal.html"
    return render(request, f"microgrids/{template}", context)


@require_POST
def stop(request: ScopedRequest, rebalancing_id: UUID) -> HttpResponse:
    """Give the work up."""
    found = access.rebalancing(request.scope, request.village, rebalancing_id)
    rebalancing.stop(rebalancing=found, by=request.account.pk, at=clock.now())
    notices.say(request, _("正在停止"))
    return HttpResponseRedirect(reverse("rebalancing_proposal", args=[found.pk]))


@require_POST
def apply(request: ScopedRequest, rebalancing_id: UUID) -> HttpResponse:
    """Move the ticked households."""
    found = access.rebalancing(request.scope, request.village, rebalancing_id)
    streams = request.POST.getlist("stream")
    homes = {UUID(text) for text in request.POST.getlist("home") if _is_id(text)}
    homes |= rebalancing.homes_of_streams(found, streams)
    chosen = None if request.POST.get("all") else homes
    try:
        done = adopting.apply(rebalancing=found, homes=chosen, by=request.account.pk, at=clock.now())
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
    else:
        if done.state == Stage.APPLIED:
            number, undo_url = adopting.moved(done), reverse("rebalancing_undo", args=[found.pk])
            words = ngettext("已移动 %(number)s 户", "已移动 %(number)s 户", number) % {"number": number}
            notices.say(request, words, undo_url=undo_url)
    return HttpResponseRedirect(reverse("rebalancing_proposal", args=[found.pk]))


@require_POST
def undo(request: ScopedRequest, rebalancing_id: UUID) -> HttpResponse:
    """Move everybody back."""
    found = access.rebalancing(request.scope, request.village, rebalancing_id)
    try:
        done = adopting.undo(rebalancing=found, by=request.account.pk, at=clock.now())
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
    else:
        if done.state == Stage.UNDONE:
            number = adopting.moved(done)
            words = ngettext("已撤销，%(number)s 户搬回原来的微网格", "已撤销，%(number)s 户搬回原来的微网格", number)
            notices.say(request, words % {"number": number})
    return HttpResponseRedirect(reverse("rebalancing_proposal", args=[found.pk]))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class MoveRow:
    """A household that would move."""

    home: Dwelling
    why: str


@dataclass(frozen=True)
class Stream:
    """Households that would go from one micro-grid to another."""

    key: str
    start_letter: str
    start: str
    end_letter: str
    end: str
    rows: Sequence[MoveRow]

    @property
    def why(self) -> str:
        """Each reason once."""
        return _("；").join(dict.fromkeys(row.why for row in self.rows))


def _comparison(request: ScopedRequest, row: Rebalancing, found: Found) -> dict[str, object]:
    village_id = request.village.pk
    homes = {home.id: home for home in neighbourhood.dwellings(village_id)}
    spots = queries.spots(village_id, list(homes.values()))
    names = territory.names(village_id)
    start_of = {move.home: move.start for move in found.moves}
    letters = _letters(found)
    today: dict[str, list[UUID]] = {path: [] for path in found.sizes_today}
    for grid in found.grids:
        for home in grid.homes:
            path = start_of.get(home, grid.was)
            today.setdefault(path, []).append(home)
    ends = sorted(range(len(found.grids)), key=lambda each: _order(letters[each]))
    before = [(letters[path], names.get(path, ""), today[path]) for path in today if path in letters]
    after = [(letters[each], found.grids[each].name, found.grids[each].homes) for each in ends]
    moved = set(start_of)
    streams = _streams(found, letters, names, homes)
    return {
        "found": found,
        "answer": _answer(row, found),
        "gap": _gap(found),
        "shorter": _shorter(found),
        "today_largest": max(found.sizes_today.values(), default=0),
        "before": draw(before, spots, moved),
        "after": draw(after, spots, moved),
        "with_dots": len(homes) <= SHOWN_DOTS,
        "sizes": _sizes(found, letters, names),
        **_listed(streams, len(moved), request.GET.get("stream", "")),
        "limit": BOUNDS.largest,
    }


def _listed(streams: list[Stream], moves: int, opened: str) -> dict[str, object]:
    """How the moves are listed: `home` by home, `stream` by stream, or, when these are too many, the largest streams.

    Args:
        opened: the key of a stream whose households are listed too.
    """
    ticked = "home" if moves <= TICKED_SINGLY else "stream" if len(streams) <= TICKED_STREAMS else ""
    shown = streams if ticked else sorted(streams, key=lambda each: -len(each.rows))[:SHOWN_STREAMS]
    return {"streams": shown, "ticked": ticked, "unlisted": len(streams) - len(shown), "opened": opened}


def _letters(found: Found) -> Mapping[str | int, str]:
    """What today's and the proposed micro-grids are called on the map: those carried on keep their letter."""
    letters: dict[str | int, str] = {path: letter(place) for place, path in enumerate(found.sizes_today)}
    following = len(letters)
    for number, grid in enumerate(found.grids):
        if grid.was in letters:
            letters[number] = letters[grid.was]
        else:
            letters[number] = letter(following)
            following += 1
    return letters


def _order(name: str) -> tuple[int, str]:
    return len(name), name


def _answer(row: Rebalancing, found: Found) -> str:
    if row.state == Stage.APPLIED:
        number = len((row.applied or {}).get("moved", ()))
        return ngettext("已采用，移动了 %(number)s 户", "已采用，移动了 %(number)s 户", number) % {"number": number}
    if row.state == Stage.UNDONE:
        return _("已撤销，各户回到原来的微网格")
    if not found.moves:
        return _("现在的划分已经合适，不用移动")
    values = {"moves": len(found.moves), "grids": len(found.grids), "largest": found.largest}
    return _("移动 %(moves)s 户，分成 %(grids)s 个微网格，最大 %(largest)s 户") % values


def _gap(found: Found) -> str:
    if found.gap < 0:
        return _("无法估计")
    return _("最多还能好 %(percent)s %%") % {"percent": f"{found.gap * 100:.1f}"}


def _shorter(found: Found) -> str:
    if not found.distance_today:
        return "—"
    change = 1 - found.distance / found.distance_today
    values = {"percent": f"{abs(change) * 100:.0f}"}
    return _("近 %(percent)s %%") % values if change >= 0 else _("远 %(percent)s %%") % values


def _sizes(
    found: Found, letters: Mapping[str | int, str], names: Mapping[str, str]
) -> list[tuple[str, str, int | None, int | None]]:
    """Letter, name, households today and as proposed, by letter."""
    proposed = {letters[number]: (grid.name, len(grid.homes)) for number, grid in enumerate(found.grids)}
    now = {letters[path]: (names.get(path, ""), size) for path, size in found.sizes_today.items()}
    rows = []
    for key in sorted({*proposed, *now}, key=_order):
        name = now[key][0] if key in now else proposed[key][0]
        rows.append((key, name, now[key][1] if key in now else None, proposed[key][1] if key in proposed else None))
    return rows


def _streams(
    found: Found, letters: Mapping[str | int, str], names: Mapping[str, str], homes: Mapping[UUID, Dwelling]
) -> list[Stream]:
    together: dict[tuple[str, int], list[Move]] = {}
    for move in found.moves:
        together.setdefault((move.start, move.end), []).append(move)
    streams = []
    for (start, end), moves in together.items():
        end_name, start_name = found.grids[end].name, names.get(start, "")
        values = {"was": start_name, "to": end_name, "size": found.sizes_today.get(start, 0)}
        rows = [MoveRow(homes[each.home], str(REASON[each.reason]) % values) for each in moves if each.home in homes]
        streams.append(Stream(f"{start}>{end}", letters.get(start, "–"), start_name, letters[end], end_name, rows))
    return sorted(streams, key=lambda each: (_order(each.start_letter), _order(each.end_letter)))
