"""点位: shops, toilets, checkpoints and what else is looked after, as a list; a contact's phone in clear."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access, actions, listing
from wuyicun.domains.registry.labels import FIELD, PLACE_KIND, REVEAL_REASON
from wuyicun.domains.registry.web.common import Chip, area_chips, cursor, with_query
from wuyicun.domains.registry.web.forms import RevealForm
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission


@require_GET
def places(request: ScopedRequest) -> HttpResponse:
    """The list."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    query = {name: request.GET[name] for name in ("kind", "area", "closed") if request.GET.get(name)}
    kind = query["kind"] if query.get("kind") in PLACE_KIND else ""
    page = listing.places(
        request.scope,
        request.village.pk,
        kind=kind,
        area_path=query.get("area", ""),
        closed="closed" in query,
        after=cursor(request),
    )
    kinds = [Chip(_("全部"), with_query(query, kind=""), not kind)]
    kinds += [Chip(word, with_query(query, kind=code), code == kind) for code, word in PLACE_KIND.items()]
    context = {
        "rows": [(row, PLACE_KIND.get(row.kind, "")) for row in page.rows],
        "next": page.next,
        "areas": area_chips(request, query, Permission.VIEW_PEOPLE),
        "kinds": kinds,
        "closed": Chip(_("已关闭的"), with_query(query, closed="" if "closed" in query else "1"), "closed" in query),
        "filtered": bool(query),
        "may_reveal": request.scope.permits(Permission.REVEAL),
        "may_edit": request.scope.permits(Permission.EDIT_PEOPLE),
        "may_print": request.scope.permits(Permission.PRINT_CARDS),
        "may_import": request.scope.permits(Permission.IMPORT_ROSTER),
        "reasons": list(REVEAL_REASON.items()),
    }
    return render(request, "registry/places.html", context)


@never_cache
@require_POST
def place_reveal(request: ScopedRequest, place_id: UUID) -> HttpResponse:
    """Show the contact's phone, or the liaison's (`?of=liaison`), in clear, with the reason, where it was asked."""
    place = access.place(request.scope, request.village.pk, place_id, Permission.REVEAL)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("place", args=[place.pk]))
    reason = form.cleaned_data["reason"]
    of_liaison = request.GET.get("of") == "liaison"
    number, name = ("liaison_phone", place.liaison_name) if of_liaison else ("phone", place.contact_name)
    clear = actions.reveal_contact(place=place, number=number, reason=reason, by=request.account.pk, at=clock.now())
    context = {
        "name": f"{place.name} {name}",
        "label": FIELD[number],
        "clear": clear,
        "callable": True,
        "reason": REVEAL_REASON[reason],
        "back": reverse("place", args=[place.pk]),
        "layout": "registry/parts/bare.html" if request.headers.get("HX-Request") else "base.html",
    }
    return render(request, "registry/reveal.html", context)
