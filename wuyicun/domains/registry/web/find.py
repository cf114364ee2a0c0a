"""找人找户: one box for everything."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from wuyicun.domains.registry import access, listing, search
from wuyicun.domains.registry.labels import PLACE_KIND
from wuyicun.domains.registry.queries import brief
from wuyicun.domains.registry.web.people import person_line
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission

MOST_SHOWN = 30
LONGEST = 64


@never_cache
@require_GET
def find(request: ScopedRequest) -> HttpResponse:
    """What was found; the only thing that fits a card or a number opens at once."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    text = request.GET.get("q", "").strip()[:LONGEST]
    found = search.find(request.scope, request.village.pk, text, limit=MOST_SHOWN)
    if len(found.hits) == 1 and found.hits[0].rank == 0:
        only = found.hits[0]
        name = {search.PERSON: "person", search.HOUSEHOLD: "household"}.get(only.kind)
        if name is not None:
            return HttpResponseRedirect(reverse(name, args=[only.subject_id]))
    context = {
        "find_text": text,
        "hits": _shown(request.village.pk, found),
        "truncated": found.truncated,
        "most": MOST_SHOWN,
        "may_edit": request.scope.permits(Permission.EDIT_PEOPLE),
    }
    return render(request, "registry/find.html", context)


def _shown(village_id: UUID, found: search.Found) -> list[dict[str, object]]:
    def of(kind: str) -> list[UUID]:
        return [hit.subject_id for hit in found.hits if hit.kind == kind]

    people = brief(village_id, of(search.PERSON))
    houses = listing.households_in_brief(village_id, of(search.HOUSEHOLD))
    places = listing.places_in_brief(village_id, of(search.PLACE))
    shown: list[dict[str, object]] = []
    for hit in found.hits:
        if hit.subject_id in people:
            shown.append({"person": person_line(people[hit.subject_id])})
        elif hit.subject_id in houses:
            shown.append({"house": houses[hit.subject_id]})
        elif hit.subject_id in places:
            place = places[hit.subject_id]
            shown.append({"place": place, "kind": PLACE_KIND.get(place.kind, "")})
    return shown
