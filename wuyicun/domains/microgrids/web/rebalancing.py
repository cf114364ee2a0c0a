"""重新划分: ask for a proposal, see it beside today's micro-grids, apply all or a part of it, take it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.microgrids import access, adopting, queries, rebalancing
from wuyicun.domains.microgrids.proposing import BOUNDS
from wuyicun.domains.microgrids.rules import Stage
from wuyicun.domains.microgrids.web.comparing import comparison
from wuyicun.domains.microgrids.web.forms import KEEP, KeepForm
from wuyicun.domains.microgrids.words import STAGE
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import live, notices


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
        context.update(comparison(found, answer, request.GET.get("stream", "")))
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
