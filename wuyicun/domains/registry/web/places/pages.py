"""A place's page, edited in its place; new places; closing one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.registry import access, actions, cards, dossier, tokens
from wuyicun.domains.registry.labels import PLACE_KIND, REVEAL_REASON
from wuyicun.domains.registry.models import Place
from wuyicun.domains.registry.web.common import fault, ids_of, next_url, seen_at
from wuyicun.domains.registry.web.meanwhile import (
    Difference,
    Stale,
    brought_up,
    decided,
    named_by_forms,
    seen,
    shown_of_place,
)
from wuyicun.domains.registry.web.panels import place_panels
from wuyicun.domains.registry.web.people import happenings
from wuyicun.domains.registry.web.places.forms import NUMBERS, PlaceForm, known
from wuyicun.domains.registry.web.places.worksites import roster_of
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.formatting import masked_phone


@require_GET
def place(request: ScopedRequest, place_id: UUID) -> HttpResponse:
    """The place; `?edit=place` shows its fields as a form."""
    found = access.place(request.scope, request.village.pk, place_id)
    may_edit = request.scope.permits(Permission.EDIT_PEOPLE, found.area_path) and found.closed_at is None
    return _page(request, found, _form(request, found) if may_edit and request.GET.get("edit") == "place" else None)


def _form(request: ScopedRequest, found: Place, data: Any = None) -> PlaceForm:
    sites = access.sites(request.scope, request.village.pk)
    return PlaceForm(sites, data, place=found, initial=known(found))


def _page(
    request: ScopedRequest, found: Place, form: PlaceForm | None, stale: Stale = (), seen_first: str = ""
) -> HttpResponse:
    file = dossier.of_place(found)
    context = {
        "place": found,
        "file": file,
        "kind": PLACE_KIND.get(found.kind, ""),
        "liaison_phone": masked_phone(found.liaison_phone) if found.liaison_phone else "",
        "whole": found.part_of if found.part_of_id else None,
        "seen_at": found.updated_at.isoformat() if found.updated_at else "",
        "seen": seen_first or shown_of_place(found),
        "form": form,
        "stale": stale,
        "history": happenings(file.history),
        "panels": place_panels(request, found.pk),
        "may_edit": request.scope.permits(Permission.EDIT_PEOPLE, found.area_path),
        "may_print": request.scope.permits(Permission.PRINT_CARDS, found.area_path),
        "may_reveal": request.scope.permits(Permission.REVEAL, found.area_path),
        "reasons": list(REVEAL_REASON.items()),
        "card_made_at": cards.living_card(request.village.pk, tokens.PLACE, found.pk),
        "here": reverse("place", args=[found.pk]),
        **roster_of(request, found),
    }
    return render(request, "registry/place.html", context)


@require_http_methods(["GET", "POST"])
def place_edit(request: ScopedRequest, place_id: UUID) -> HttpResponse:
    """Save a place's fields; what somebody else wrote meanwhile is shown beside it, not overwritten."""
    found = access.place(request.scope, request.village.pk, place_id, Permission.EDIT_PEOPLE)
    here = reverse("place", args=[found.pk])
    if request.method == "GET":
        return HttpResponseRedirect(f"{here}?edit=place#place")
    now = _now(found)
    data, shown = decided(request.POST, now), request.POST.get("seen", "")
    form = _form(request, found, data)
    stale: Stale = ()
    if form.is_valid():
        try:
            actions.edit_place(
                place=found,
                values=form.values(),
                site=access.site(request.scope, request.village.pk, form.cleaned_data["area"]),
                seen_at=seen_at(request),
                seen=seen(request),
                by=request.account.pk,
                at=clock.now(),
            )
        except (actions.PlaceNameTaken, actions.PhoneNotRead) as refusal:
            fault(form, str(refusal.data.get("field", "name")), str(refusal))
        except actions.ChangedMeanwhile as refusal:
            found.refresh_from_db()
            now = _now(found)
            stale = _differences(form, found, named_by_forms(refusal.data["fields"]))
            form, shown = _form(request, found, brought_up(data, now, named_by_forms(refusal.data["mine"]))), ""
            fault(form, "", str(refusal))
        else:
            notices.say(request, _("已保存"))
            return HttpResponseRedirect(next_url(request, here))
    return _page(request, found, form, stale, shown)


def _now(found: Place) -> dict[str, str]:
    """What stands in the fields; a number is never shown there."""
    return {**known(found), **dict.fromkeys(NUMBERS, "")}


def _differences(form: PlaceForm, found: Place, both: list[str]) -> Stale:
    """What stands there now and what was typed, where both have changed it; a phone that stands there stays masked."""
    areas = dict(form.fields["area"].choices)  # type: ignore[attr-defined]
    words = {"area": areas, "kind": PLACE_KIND}
    typed, now = {**form.values(), "area": form.cleaned_data["area"]}, known(found)
    rows = []
    now |= {name: masked_phone(number) if (number := getattr(found, name)) else "" for name in NUMBERS}
    for name in both:
        shown = [words.get(name, {}).get(value, value) for value in (now[name], typed[name])]
        rows.append(Difference(name, form.fields[name].label, *shown))
    return rows


@require_http_methods(["GET", "POST"])
def place_add(request: ScopedRequest) -> HttpResponse:
    """A new place in an area."""
    scope, village = request.scope, request.village
    sites = access.sites(scope, village.pk)
    if not sites:
        raise NotYours
    asked = {name: request.GET.get(name, "") for name in ("area", "kind")}
    worksite = next(ids_of([request.GET.get("part_of", "")]), None)
    part_of = access.place(scope, village.pk, worksite, Permission.EDIT_PEOPLE) if worksite else None
    form = PlaceForm(sites, request.POST or None, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_place(
                village_id=village.pk,
                site=access.site(scope, village.pk, form.cleaned_data["area"]),
                values=form.values(),
                part_of=part_of,
                by=request.account.pk,
                at=clock.now(),
            )
        except (actions.PlaceNameTaken, actions.PhoneNotRead) as refusal:
            fault(form, str(refusal.data.get("field", "name")), str(refusal))
        else:
            notices.say(request, _("已添加%(name)s") % {"name": made.name})
            return HttpResponseRedirect(reverse("place", args=[part_of.pk if part_of else made.pk]))
    back = reverse("place", args=[part_of.pk]) if part_of else reverse("places")
    return render(request, "registry/place_add.html", {"form": form, "part_of": part_of, "back": back})


@require_POST
def place_close(request: ScopedRequest, place_id: UUID) -> HttpResponse:
    """The place is no more."""
    found = access.place(request.scope, request.village.pk, place_id, Permission.EDIT_PEOPLE)
    actions.close_place(place=found, by=request.account.pk, at=clock.now())
    undo = reverse("place_reopen", args=[found.pk])
    notices.say(request, _("%(name)s 已关闭，不再列出") % {"name": found.name}, undo_url=undo)
    return HttpResponseRedirect(reverse("place", args=[found.pk]))


@require_POST
def place_reopen(request: ScopedRequest, place_id: UUID) -> HttpResponse:
    """Take back that it was closed."""
    found = access.place(request.scope, request.village.pk, place_id, Permission.EDIT_PEOPLE)
    actions.reopen_place(place=found, by=request.account.pk, at=clock.now())
    notices.say(request, _("%(name)s 又列出来了") % {"name": found.name})
    return HttpResponseRedirect(reverse("place", args=[found.pk]))
