"""Making a ledger of one's own, changing, sharing and retiring it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wuyicun.domains.registry import access
from wuyicun.domains.registry.ledgers import lines, making, shelf
from wuyicun.domains.registry.ledgers.definition import Column, Condition, Paper, faults
from wuyicun.domains.registry.ledgers.lines import Wanted
from wuyicun.domains.registry.ledgers.making import LedgerChanged, LedgerFaulty
from wuyicun.domains.registry.ledgers.shelf import Ledger
from wuyicun.domains.registry.ledgers.subjects import LISTED, listed
from wuyicun.domains.registry.web.common import today
from wuyicun.domains.registry.web.ledgers import asking, controls, drafts
from wuyicun.domains.registry.web.ledgers.drafts import Draft
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices

PREVIEWED = 8


@require_http_methods(["GET", "POST"])
def ledger_new(request: ScopedRequest) -> HttpResponse:
    """A ledger of one's own, blank or made after another."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    if request.method != "POST":
        return _page(request, _begun(request), None)
    draft = drafts.read(request.POST)
    if request.POST.get("do") != "save":
        return _page(request, draft, None)
    try:
        made = making.make(
            village_id=request.village.pk,
            title=draft.title,
            about=draft.about,
            definition=draft.definition,
            copied_from=draft.source,
            by=request.account.pk,
            at=clock.now(),
        )
    except LedgerFaulty as refusal:
        return _page(request, draft, None, str(refusal))
    notices.say(request, _("存好了，在“台账”里随时打开"))
    return HttpResponseRedirect(reverse("ledger", args=[made.pk]))


@require_http_methods(["GET", "POST"])
def ledger_edit(request: ScopedRequest, ledger_id: UUID) -> HttpResponse:
    """Change one's own ledger, or a shared one as who exports for its area."""
    ledger = shelf.to_change(request.scope, request.village.pk, str(ledger_id))
    if request.method != "POST":
        further = _further(request, ledger)
        return _page(request, drafts.of_ledger(ledger, further, title=str(ledger.title)), ledger)
    draft = drafts.read(request.POST)
    if request.POST.get("do") != "save":
        return _page(request, draft, ledger)
    try:
        making.change(
            village_id=request.village.pk,
            ledger_id=ledger_id,
            title=draft.title,
            about=draft.about,
            definition=draft.definition,
            seen_at=_moment(draft.seen_at),
            by=request.account.pk,
            at=clock.now(),
        )
    except (LedgerFaulty, LedgerChanged) as refusal:
        return _page(request, draft, ledger, str(refusal))
    notices.say(request, _("改好了"))
    return HttpResponseRedirect(reverse("ledger", args=[ledger_id]))


@require_POST
def ledger_share(request: ScopedRequest, ledger_id: UUID) -> HttpResponse:
    """Let those who work in an area use it, or nobody else."""
    shelf.to_change(request.scope, request.village.pk, str(ledger_id))
    path = request.POST.get("area", "")
    if path and path not in {each for each, _name in asking.areas_to_share(request)}:
        raise NotYours
    making.share(
        village_id=request.village.pk, ledger_id=ledger_id, area_path=path, by=request.account.pk, at=clock.now()
    )
    notices.say(request, _("已共用，他们在“台账”里看得到") if path else _("现在只有自己看得到"))
    return HttpResponseRedirect(reverse("ledger", args=[ledger_id]))


@require_POST
def ledger_retire(request: ScopedRequest, ledger_id: UUID) -> HttpResponse:
    """Put it away; the toast brings it back."""
    shelf.to_change(request.scope, request.village.pk, str(ledger_id))
    making.retire(village_id=request.village.pk, ledger_id=ledger_id, by=request.account.pk, at=clock.now())
    notices.say(request, _("已停用"), undo_url=reverse("ledger_take_back", args=[ledger_id]))
    return HttpResponseRedirect(reverse("ledgers"))


@require_POST
def ledger_take_back(request: ScopedRequest, ledger_id: UUID) -> HttpResponse:
    """Use a ledger again that was put away."""
    if str(ledger_id) not in {each.code for each in shelf.retired(request.scope, request.village.pk)}:
        raise NotYours
    making.take_back(village_id=request.village.pk, ledger_id=ledger_id, by=request.account.pk, at=clock.now())
    notices.say(request, _("已重新启用"))
    return HttpResponseRedirect(reverse("ledgers"))


def _begun(request: ScopedRequest) -> Draft:
    source = request.GET.get("from", "")
    if not source:
        return drafts.blank(drafts.subject_of(request.GET.get("subject", "")))
    ledger = shelf.find(request.scope, request.village.pk, source)
    title = _("%(title)s（我的）") % {"title": ledger.title}
    return drafts.of_ledger(ledger, _further(request, ledger), title=title[: making.LONGEST_TITLE])


def _further(request: ScopedRequest, ledger: Ledger) -> tuple[Condition, ...]:
    known = listed(ledger.definition)
    return controls.usable(controls.read(request.GET, known), known)


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _page(request: ScopedRequest, draft: Draft, ledger: Ledger | None, refusal: str = "") -> HttpResponse:
    areas, known = asking.areas_to_choose(request), listed(draft.definition)
    common, more = drafts.conditions(draft, areas)
    context = {
        "draft": draft,
        "ledger": ledger,
        "refusal": refusal,
        "common": common,
        "more": more,
        "columns": drafts.choices(draft),
        "orders": [(each.code, each.words, each.code == draft.definition.order) for each in known.orders],
        "papers": [(each.value, each.value.upper(), each is draft.definition.paper) for each in Paper],
        "signatures": "、".join(map(_, draft.definition.signatures)),
        "subjects": [(each.subject.value, each.words, each is known) for each in LISTED.values()],
        **_preview(request, draft),
    }
    return render(request, "registry/ledger_edit.html", context, status=422 if refusal else 200)


def _preview(request: ScopedRequest, draft: Draft) -> dict[str, object]:
    """The first lines and how many there are; none as long as a condition makes no sense."""
    known = listed(draft.definition)
    wrong = set(faults(draft.definition, known.known)) - {"no_column"}
    if wrong:
        return {"wrong": [making.FAULT_WORDS[code] for code in sorted(wrong)]}
    wanted = Wanted(draft.definition, today())
    shown = wanted.with_columns(draft.definition.columns or (Column(known.shown_first),))
    found = lines.page(request.scope, request.village.pk, shown, limit=PREVIEWED)
    number = lines.count(request.scope, request.village.pk, wanted)
    return {
        "counted": asking.counted(known.unit, number),
        "headings": [shelf.heading(shown.definition, each) for each in shown.definition.columns],
        "rows": found.rows,
        "is_long": found.next is not None,
    }
