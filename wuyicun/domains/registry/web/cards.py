"""二维码卡: chosen by area or household, printed on A4, replaced when lost."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access, cards, counts, dossier, tokens
from wuyicun.domains.registry.cards import Wanted
from wuyicun.domains.registry.web.common import ids_of, next_url
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.cells import in_words
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.responses import pdf

BADGES = "badges"
LETTERS = {
    BADGES: frozenset({tokens.PERSON}),
    "both": frozenset({tokens.PERSON, tokens.HOUSEHOLD}),
    "people": frozenset({tokens.PERSON}),
    "households": frozenset({tokens.HOUSEHOLD}),
    "places": frozenset({tokens.PLACE}),
}


@require_GET
def cards_(request: ScopedRequest) -> HttpResponse:
    """Choose whose cards: an area, the household of `?household=` or the place of `?place=`."""
    access.held(request.scope, Permission.PRINT_CARDS)
    household, place = (next(ids_of([request.GET.get(name, "")]), None) for name in ("household", "place"))
    context = {
        "areas": _areas(request),
        "household": dossier.of_household(
            access.household(request.scope, request.village.pk, household, Permission.PRINT_CARDS)
        ).row
        if household
        else None,
        "place": access.place(request.scope, request.village.pk, place, Permission.PRINT_CARDS) if place else None,
        "area": request.GET.get("area", ""),
        "most": cards.MOST,
        "without_code": counts.without_code(request.scope, request.village.pk, permission=Permission.PRINT_CARDS),
        "kind": request.GET.get("kind", "both"),
    }
    return render(request, "registry/cards.html", context)


def _areas(request: ScopedRequest) -> list[tuple[str, str, bool]]:
    """Path, name, and whether it lies in the grid before it; only what may be printed as a whole."""
    return [
        (area.area_path, area.name, area.level == Level.MICRO_GRID)
        for area in territory.areas(request.village.pk)
        if request.scope.permits(Permission.PRINT_CARDS, area.area_path)
    ]


@require_POST
def cards_pdf(request: ScopedRequest) -> HttpResponse:
    """The cards, ten on a sheet, or the badges, nine."""
    access.held(request.scope, Permission.PRINT_CARDS)
    household, place = (next(ids_of([request.POST.get(name, "")]), None) for name in ("household", "place"))
    at = clock.now()
    kind = request.POST.get("kind", "")
    letters = LETTERS.get(kind, LETTERS["both"])
    wanted = Wanted(letters, request.POST.get("area", ""), household, place, kind == BADGES)
    try:
        made = cards.to_print(
            scope=request.scope, village_id=request.village.pk, wanted=wanted, by=request.account.pk, at=at
        )
    except cards.TooManyCards as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
        return HttpResponseRedirect(reverse("cards"))
    data = {
        "made": {"by": request.account.name, "at": in_words(at)},
        "village": request.village.name,
        "cards": made,
    }
    template, name = ("badges", _("采样胸牌")) if wanted.without_code else ("cards", _("采样登记卡"))
    return pdf(typeset(template, data, language=get_language() or "zh-hans"), name)


@require_POST
def card_lost(request: ScopedRequest, letter: str, subject_id: UUID) -> HttpResponse:
    """The card is lost: it counts no more, and the next print is another."""
    scope, village_id = request.scope, request.village.pk
    if letter == tokens.PERSON:
        access.person(scope, village_id, subject_id, Permission.PRINT_CARDS)
        back = reverse("person", args=[subject_id])
    else:
        access.household(scope, village_id, subject_id, Permission.PRINT_CARDS)
        back = reverse("household", args=[subject_id])
    cards.report_lost(
        village_id=village_id, letter=letter, subject_id=subject_id, by=request.account.pk, at=clock.now()
    )
    notices.say(request, _("旧卡已作废，再打印就是新卡"))
    return HttpResponseRedirect(next_url(request, back))


@require_POST
def place_card_lost(request: ScopedRequest, place_id: UUID) -> HttpResponse:
    """Likewise the code that hangs at a place."""
    found = access.place(request.scope, request.village.pk, place_id, Permission.PRINT_CARDS)
    cards.report_lost(
        village_id=found.village_id, letter=tokens.PLACE, subject_id=found.pk, by=request.account.pk, at=clock.now()
    )
    notices.say(request, _("旧卡已作废，再打印就是新卡"))
    return HttpResponseRedirect(reverse("place", args=[found.pk]))
