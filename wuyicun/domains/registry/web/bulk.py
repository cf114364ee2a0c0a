"""批量更改: whom (ticked, or all that a list or ledger shows), what, a look at what it would do; then how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access, actions, bulks, listing
from wuyicun.domains.registry.labels import GROUP, WHEREABOUTS
from wuyicun.domains.registry.ledgers import lines, shelf
from wuyicun.domains.registry.ledgers.definition import Subject
from wuyicun.domains.registry.models import BulkChange
from wuyicun.domains.registry.queries import brief
from wuyicun.domains.registry.rules import BulkState, Whereabouts, is_away
from wuyicun.domains.registry.web.common import ids_of, next_url
from wuyicun.domains.registry.web.ledgers.asking import wanted_of
from wuyicun.domains.registry.web.people import asked_of, person_line
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import live, notices

SHOWN = 20
_LONGEST = 64


@dataclass(frozen=True)
class Chosen:
    """Whom it is about, and how a form says so again.

    Attributes:
        fields: names and values of hidden fields.
    """

    people: Sequence[UUID]
    fields: Sequence[tuple[str, str]]


def _chosen(request: ScopedRequest) -> Chosen:
    scope, village_id, data = request.scope, request.village.pk, request.POST
    every, asked = data.get("every", ""), QueryDict(data.get("asked", ""))
    if not every:
        ticked = list(dict.fromkeys(ids_of(data.getlist("person"))))[: actions.MOST]
        mine = access.people(scope, village_id, ticked, Permission.EDIT_PEOPLE)
        return Chosen(mine, [("person", str(each)) for each in mine])
    access.held(scope, Permission.EDIT_PEOPLE)
    if every == "people":
        found = listing.ids_of_people(scope, village_id, replace(asked_of(asked), left=False), Permission.EDIT_PEOPLE)
    else:
        ledger = shelf.find(scope, village_id, every)
        if ledger.definition.subject != Subject.PERSON:
            raise NotYours
        found = lines.ids(scope, village_id, wanted_of(ledger, asked), Permission.EDIT_PEOPLE)
    return Chosen(found, [("every", every), ("asked", asked.urlencode())])


def _change(data: QueryDict) -> actions.Change:
    """What shall be said; what is no word of ours says nothing."""
    whereabouts, group, code = (data.get(name, "") for name in ("whereabouts", "group", "code"))
    stay = None
    if whereabouts in WHEREABOUTS:
        text = data.get("whereabouts_text", "").replace("\x00", "").strip()[:_LONGEST]
        since, back = (_day(data.get(name, "")) for name in ("whereabouts_since", "expected_return"))
        stay = actions.Stay(whereabouts, text, since, back if back is None or since is None or back >= since else None)
    join, leave = (group if group in GROUP else ""), (group[1:] if group[:1] == "-" and group[1:] in GROUP else "")
    return actions.Change(stay, join, leave, {"yes": True, "no": False}.get(code))


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


@require_POST
def people_bulk(request: ScopedRequest) -> HttpResponse:
    """What it would do, before it is done."""
    chosen, change = _chosen(request), _change(request.POST)
    return _nothing(request, chosen, change) or _preview(request, chosen, change)


def _nothing(request: ScopedRequest, chosen: Chosen, change: actions.Change) -> HttpResponse | None:
    """Back to the list, where there is nobody or nothing to change."""
    if chosen.people and change != actions.Change():
        return None
    words = _("请先选要改成什么") if chosen.people else _("没有选中能改的人")
    notices.say(request, words, level=messages.WARNING)
    return HttpResponseRedirect(next_url(request, reverse("people")))


def _preview(
    request: ScopedRequest, chosen: Chosen, change: actions.Change, refusal: Refusal | str = "", status: int = 200
) -> HttpResponse:
    names = ("whereabouts", "group", "code")
    briefs = brief(request.village.pk, list(chosen.people)[:SHOWN])
    context = {
        "total": len(chosen.people),
        "most": actions.MOST,
        "effects": bulks.effects(request.village.pk, chosen.people, change),
        "away": change.stay is not None and is_away(Whereabouts(change.stay.whereabouts)),
        "stay": change.stay,
        "fields": [*chosen.fields, *((name, request.POST.get(name, "")) for name in names)],
        "lines": [person_line(each) for each in briefs.values()],
        "more": max(len(chosen.people) - SHOWN, 0),
        "next": next_url(request, reverse("people")),
        "refusal": refusal,
    }
    return render(request, "registry/bulk_preview.html", context, status=status)


@require_POST
def bulk_do(request: ScopedRequest) -> HttpResponse:
    """Do what was shown; when somebody came or went meanwhile it is shown again first."""
    chosen, change = _chosen(request), _change(request.POST)
    if (nothing := _nothing(request, chosen, change)) is not None:
        return nothing
    if request.POST.get("count") != str(len(chosen.people)):
        return _preview(request, chosen, change, _("这段时间里人数变了，请再看一眼"), 409)
    try:
        bulk = actions.begin_bulk(
            village_id=request.village.pk, change=change, people=chosen.people, by=request.account.pk, at=clock.now()
        )
    except Refusal as refusal:
        return _preview(request, chosen, change, refusal, refusal.status)
    bulk.refresh_from_db()
    if bulk.state != BulkState.DONE:
        return HttpResponseRedirect(reverse("bulk", args=[bulk.pk]))
    words = ngettext("已更改 %(count)s 人", "已更改 %(count)s 人", bulk.changed) % {"count": bulk.changed}
    notices.say(request, words, undo_url=reverse("bulk_undo", args=[bulk.pk]))
    return HttpResponseRedirect(next_url(request, reverse("people")))


def _bulk(request: ScopedRequest, bulk_id: UUID) -> BulkChange:
    return access.bulk_change(request.scope, request.village, bulk_id, request.account.pk)


@never_cache
@require_GET
def bulk_changes(request: ScopedRequest) -> HttpResponse:
    """The latest changes of many: one's own, or all for who may edit the whole village."""
    access.held(request.scope, Permission.EDIT_PEOPLE)
    whole = request.scope.permits(Permission.EDIT_PEOPLE, request.village.area_path)
    made = bulks.latest(request.village.pk, by=None if whole else request.account.pk)
    return render(request, "registry/bulk_changes.html", {"made": made})


@never_cache
@require_GET
def bulk(request: ScopedRequest, bulk_id: UUID) -> HttpResponse:
    """How far it is, and what came of it."""
    return render(request, "registry/bulk.html", _told(_bulk(request, bulk_id)))


@never_cache
@require_GET
def bulk_progress(request: ScopedRequest, bulk_id: UUID) -> HttpResponse:
    """Asked every two seconds while it is under way."""
    found = _bulk(request, bulk_id)
    context = _told(found)
    if found.state in (BulkState.WORKING, BulkState.UNDOING):
        return live.unchanged(request, context["token"]) or render(request, "registry/parts/bulk_working.html", context)
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    return response


def _told(found: BulkChange) -> dict[str, Any]:
    undoing = found.state == BulkState.UNDOING
    return {
        "each": bulks.tell([found])[0],
        "live_url": reverse("bulk_progress", args=[found.pk]),
        "token": f"{found.state} {found.done}",
        "undoing": undoing,
        "of": found.changed if undoing else found.total,
    }


@require_POST
def bulk_undo(request: ScopedRequest, bulk_id: UUID) -> HttpResponse:
    """Take it back; who was changed otherwise since is left alone, and counted."""
    found = _bulk(request, bulk_id)
    actions.undo_bulk(bulk=found, by=request.account.pk, at=clock.now())
    return HttpResponseRedirect(reverse("bulk", args=[found.pk]))
