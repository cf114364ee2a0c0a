"""The page that loads the phone app, and the tray of records that were kept aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.fieldsync import access, actions, queries
from wuyicun.fieldsync.web import contents
from wuyicun.fieldsync.web.contents import Line
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.records import words
from wuyicun.kernel.records.kinds import Words
from wuyicun.kernel.records.models import Quarantined
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices

PAGE = 50


@dataclass(frozen=True)
class Item:
    """A record in the tray: why it lies there, its kind, what it says, and the names of who made it and who decided."""

    row: Quarantined
    why: Words
    kind: Words
    lines: Sequence[Line]
    by: str
    decider: str


@login_required
@require_GET
def field(request: HttpRequest) -> HttpResponse:
    """手机端: the shell of the phone app; everything else it gets from the API."""
    if not cast("ScopedRequest", request).scope.permits(Permission.SAMPLE):
        raise NotYours
    return render(request, "fieldsync/field.html")


@login_required
@require_GET
def tray(request: HttpRequest) -> HttpResponse:
    """待处理记录: what the phones sent and could not be taken in."""
    scoped = cast("ScopedRequest", request)
    village_id = access.tray(scoped.scope, scoped.village)
    decided = request.GET.get("decided") == "1"
    after = _uuid(request.GET.get("after"))
    rows = queries.tray(village_id, decided=decided, after=after, limit=PAGE + 1)
    names = accounts.names_of([each for row in rows for each in (row.by, row.decided_by) if each])
    told = contents.lines(village_id, [row.envelope for row in rows[:PAGE]], clock.now())
    items = [
        Item(
            row,
            words.of_code(row.code) or row.code,
            contents.title(row.envelope),
            lines,
            _name(names, row.by),
            _name(names, row.decided_by),
        )
        for row, lines in zip(rows, told, strict=False)
    ]
    following = str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    return render(request, "fieldsync/tray.html", {"items": items, "decided": decided, "next": following})


@login_required
@require_POST
def decide(request: HttpRequest, quarantined_id: UUID) -> HttpResponse:
    """Take a record in after all, or say why not."""
    scoped = cast("ScopedRequest", request)
    quarantined = access.quarantined(scoped.scope, scoped.village, quarantined_id)
    at = clock.now()
    if request.POST.get("decision") == "dismiss":
        actions.dismiss(quarantined=quarantined, reason=request.POST.get("reason", ""), by=scoped.account.pk, at=at)
        notices.say(request, _("已记下不予采用的原因，记录仍保存"))
        return redirect("tray")
    may = scoped.scope.may_in(scoped.village.area_path)
    outcome = actions.take_in(quarantined=quarantined, may=may, by=scoped.account.pk, at=at)
    if outcome.outcome == "quarantined":
        notices.say(
            request, _("还是不能采用：%(why)s") % {"why": words.of_code(outcome.code) or outcome.code}, level=30
        )
    else:
        notices.say(request, _("已采用"))
    return redirect("tray")


def _name(names: dict[UUID, str], account: UUID | None) -> str:
    return names.get(account, "") if account else ""


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


urlpatterns = [
    path("field/", field, name="field"),
    path("screening/tray/", tray, name="tray"),
    path("screening/tray/<uuid:quarantined_id>/", decide, name="tray_decide"),
]
