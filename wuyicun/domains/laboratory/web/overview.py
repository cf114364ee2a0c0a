"""实验室结果: what must be looked at, what came, and the ways in which results come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect
from django_htmx.http import HttpResponseClientRedirect

from wuyicun.domains.laboratory import access, deliveries, queries, words
from wuyicun.domains.laboratory.rules import Cause
from wuyicun.domains.registry.importing.reading import FileRefused
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.domains.screening.web.common import Figure, Head, powers_in
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import notices, uploads
from wuyicun.kernel.web.uploads import NoFile, TooLarge


def laboratory(request: ScopedRequest, round_id: UUID) -> HttpResponseBase:
    """The page of a round, and the upload. Too large a body is refused unread, so before its token is looked for."""
    round_ = access.a_round(request.scope, request.village.pk, round_id)
    if request.method == "POST":
        try:
            uploads.refuse_unread(request)
        except TooLarge as refusal:
            return _page(request, round_, refusal)
    return _laboratory(request, round_)


@csrf_protect
def _laboratory(request: ScopedRequest, round_: RoundRow) -> HttpResponse:
    if request.method != "POST":
        return _page(request, round_)
    try:
        file = uploads.given(request)
        delivery, is_new = deliveries.take_in_file(
            village=request.village,
            round_id=round_.pk,
            laboratory=request.POST.get("laboratory", ""),
            file_name=file.name or "",
            content=file.chunks(),
            by=request.account.pk,
            at=clock.now(),
        )
    except (NoFile, FileRefused) as refusal:
        return _page(request, round_, refusal)
    if not is_new:
        notices.say(request, _("这个文件已经传过，这就是那一批。"))
    address = reverse("laboratory_delivery", args=[delivery.pk])
    return HttpResponseClientRedirect(address) if _by_htmx(request) else HttpResponseRedirect(address)


def _by_htmx(request: ScopedRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _page(request: ScopedRequest, round_: RoundRow, refusal: Refusal | None = None) -> HttpResponse:
    village_id = request.village.pk
    counts = queries.open_counts(village_id, round_.pk, clock.now())
    rows = queries.deliveries(village_id, round_.pk)
    names = accounts.names_of([row.made_by for row in rows if row.made_by])
    context: dict[str, Any] = {
        "head": Head.of(round_),
        "answer": _answer(counts),
        "queues": queues_of(round_.pk, counts),
        "deliveries": [
            {
                "row": row,
                "state": words.STATES[row.state],
                "source": words.SOURCES[row.source],
                "by": names.get(row.made_by, "") if row.made_by else "",
                "entered": row.counts.get("statuses", {}).get("entered", 0),
                "looked": sum(row.counts.get("causes", {}).values()),
            }
            for row in rows
        ],
        "laboratories": sorted({row.laboratory for row in rows if row.laboratory}),
        "refusal": refusal,
        "may": powers_in(request, round_.area_path),
    }
    # htmx shows no page with a status of refusal.
    status = refusal.status if refusal is not None and not _by_htmx(request) else 200
    return render(request, "laboratory/overview.html", context, status=status)


def queues_of(round_id: UUID, counts: Mapping[Cause, int]) -> list[Figure]:
    """Each queue with what stands in it."""
    return [
        Figure(
            count,
            words.CAUSES[cause],
            reverse("laboratory_queue", args=[round_id, cause]),
            words.TONES[cause] if count else "",
        )
        for cause, count in counts.items()
    ]


def _answer(counts: Mapping[Cause, int]) -> tuple[str, str]:
    number = sum(counts.values())
    if not number:
        return _("没有要处理的结果"), "done"
    said = ngettext("有 %(count)s 条结果要处理", "有 %(count)s 条结果要处理", number) % {"count": number}
    urgent = any(count for cause, count in counts.items() if words.TONES[cause] == "late")
    return said, "late" if urgent else "owed"
