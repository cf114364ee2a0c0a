"""A micro-grid's own page: its households and groups, what is open, who works there, its chat group, its history."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.microgrids import access, actions, queries
from wuyicun.domains.microgrids.queries import Line
from wuyicun.domains.microgrids.rules import WARN_ABOVE
from wuyicun.domains.microgrids.web.forms import ChatGroupForm
from wuyicun.domains.microgrids.words import HAPPENED
from wuyicun.domains.registry import access as registry_access
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.labels import GROUP, GROUP_ICON
from wuyicun.domains.registry.neighbourhood import Tally
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.queries import AreaRow, Holder
from wuyicun.domains.territory.rules import UNPLACED_CODE, Level, Rank
from wuyicun.domains.territory.words import RANKS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents import qr
from wuyicun.kernel.roles import ROLES, Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.area_cards import cards

WORKERS = ("micro_grid_leader", "grid_leader", "grid_worker")
ALONE = 200
"""People without a household that the page lists at most."""


@dataclass(frozen=True)
class Worker:
    """Somebody who holds a post here or in the section."""

    name: str
    role: str | Promise
    where: str


@require_GET
def page(request: ScopedRequest, area_id: UUID) -> HttpResponse:
    """The micro-grid, or 未入网."""
    return _page(request, access.leaf(request.scope, request.village, area_id), None)


@require_POST
def chat_group(request: ScopedRequest, area_id: UUID) -> HttpResponse:
    """Set the link of the chat group."""
    area = access.leaf(request.scope, request.village, area_id, Permission.EDIT_PEOPLE)
    form = ChatGroupForm(request.POST)
    if not form.is_valid():
        return _page(request, area, form)
    actions.set_chat_group(
        village_id=request.village.pk,
        area_id=area.pk,
        name=form.cleaned_data["name"],
        link=form.cleaned_data["link"],
        by=request.account.pk,
        at=clock.now(),
    )
    notices.say(request, _("已保存"))
    return HttpResponseRedirect(reverse("micro_grid", args=[area.pk]))


def _page(request: ScopedRequest, area: AreaRow, form: ChatGroupForm | None) -> HttpResponse:
    village_id, is_unplaced = request.village.pk, area.level == Level.UNPLACED
    tally = neighbourhood.tallies(village_id).get(area.area_path, Tally(0, 0))
    homes = neighbourhood.dwellings(village_id, area.area_path)
    briefs = registry.household_briefs(village_id, [home.id for home in homes])
    alone = neighbourhood.alone_in(village_id, area.area_path, ALONE)
    may_edit = request.scope.permits(Permission.EDIT_PEOPLE, area.area_path) and area.retired_at is None
    group = queries.chat_group(village_id, area.pk)
    suggested = queries.nearest_leaves(village_id, homes, area.area_path) if is_unplaced and may_edit else {}
    known = {"name": group.name, "link": group.link} if group else {}
    editing = may_edit and (form is not None or "chat" in request.GET)
    targets = _targets(request, area) if may_edit else []
    context = {
        "area": area,
        "section": territory.names(village_id).get(area.area_path[:-2], ""),
        "is_unplaced": is_unplaced,
        "tally": tally,
        "is_crowded": not is_unplaced and tally.households > WARN_ABOVE,
        "answer": _answer(area, tally, is_unplaced=is_unplaced),
        "households": [(briefs[home.id], suggested.get(home.id, "")) for home in homes],
        "people": list(registry.brief(village_id, alone).values()),
        "groups": _groups(village_id, area.area_path),
        "cards": cards(request.scope, village_id, area.area_path),
        "workers": _workers(village_id, area),
        "group": group,
        "group_code": mark_safe(qr.svg(group.link)) if group else "",  # noqa: S308  made of modules only
        "form": (form or ChatGroupForm(initial=known)) if editing else None,
        "history": _history(village_id, area.area_path),
        "targets": targets,
        "mergers": [each for each in targets if not each[0].endswith(UNPLACED_CODE)],
        "may_edit": may_edit,
        "may_arrange": not is_unplaced and request.scope.permits(Permission.ARRANGE_GRIDS, area.area_path),
    }
    return render(request, "microgrids/page.html", context)


def _answer(area: AreaRow, tally: Tally, *, is_unplaced: bool) -> str:
    values = {"households": tally.households, "people": tally.people}
    if area.retired_at is not None:
        return _("这个微网格已停用")
    if is_unplaced:
        if not tally.households and not tally.people:
            return _("没有未入网的人和户")
        if not tally.households:
            return _("还有 %(people)s 人没有微网格") % values
        return _("还有 %(households)s 户、%(people)s 人没有微网格") % values
    return _("%(households)s 户，%(people)s 人") % values


def _groups(village_id: UUID, area_path: str) -> list[tuple[str | Promise, str, int, str]]:
    counts = neighbourhood.groups_in(village_id, area_path)
    return [
        (word, GROUP_ICON[code], counts[code], f"{reverse('people')}?area={area_path}&group={code}")
        for code, word in GROUP.items()
        if code in counts
    ]


def _workers(village_id: UUID, area: AreaRow) -> list[Worker]:
    """Who leads the micro-grid and who works in its section, the nearest first."""
    holders = [
        holder
        for holder in territory.holders(village_id, clock.now())
        if area.area_path.startswith(holder.area_path) and len(area.area_path) - len(holder.area_path) <= 2
    ]
    holders.sort(key=lambda each: -len(each.area_path))
    return [Worker(each.name, _post(each), each.area) for each in holders if each.role in WORKERS]


def _post(holder: Holder) -> str:
    """微网格长, or 微网格长（副职）."""
    name = str(ROLES[holder.role].name)
    return (
        _("%(post)s（%(rank)s）") % {"post": name, "rank": RANKS[holder.rank]} if holder.rank == Rank.DEPUTY else name
    )


def _history(village_id: UUID, area_path: str) -> list[tuple[Line, str, str]]:
    lines = queries.history(village_id, area_path)
    names = accounts.names_of([line.by for line in lines if line.by])
    return [
        (
            line,
            str(HAPPENED[line.kind]) % {"other": line.other, "count": line.households},
            names.get(line.by, "") if line.by else "",
        )
        for line in lines
    ]


def _targets(request: ScopedRequest, area: AreaRow) -> list[tuple[str, str]]:
    leaves = registry_access.leaves(
        request.scope, request.village.pk, request.village.area_path, Permission.EDIT_PEOPLE
    )
    return [
        (leaf.area_path, f"{leaf.section} {leaf.name}" if leaf.section != request.village.name else leaf.name)
        for leaf in leaves
        if leaf.id != area.pk
    ]
