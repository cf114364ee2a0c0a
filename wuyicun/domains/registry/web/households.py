"""一户: a household, its people as rows, edited in place; and new households."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from wuyicun.domains.registry import access, actions, cards, dossier, tokens
from wuyicun.domains.registry.labels import PROBLEM, RESIDENCE
from wuyicun.domains.registry.models import Household, Person
from wuyicun.domains.registry.web.common import cursor, fault, next_url, seen_at
from wuyicun.domains.registry.web.forms import GroupsForm, HouseholdForm, StayForm
from wuyicun.domains.registry.web.meanwhile import (
    Difference,
    Stale,
    brought_up,
    decided,
    named_by_forms,
    seen,
    shown_of_household,
    shown_of_person,
)
from wuyicun.domains.registry.web.panels import household_panels
from wuyicun.domains.registry.web.people import happenings, person_line
from wuyicun.domains.territory import hubs
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices


@require_GET
def household(request: ScopedRequest, household_id: UUID) -> HttpResponse:
    """The household; `?edit=house` shows its fields as a form, `?stay=` and `?groups=` a member's."""
    found = access.household(request.scope, request.village.pk, household_id)
    form = None
    if request.GET.get("edit") == "house" and request.scope.permits(Permission.EDIT_PEOPLE, found.area_path):
        form = _form(request, found)
    return _page(request, found, form)


def _form(request: ScopedRequest, found: Household, data: Any = None) -> HouseholdForm:
    leaves = access.leaves(request.scope, request.village.pk, request.village.area_path, Permission.EDIT_PEOPLE)
    return HouseholdForm(leaves, data, initial=_known(found))


def _known(found: Household) -> dict[str, str]:
    return {"number": found.number, "address": found.address, "head_name": found.head_name, "area": found.area_path}


def _page(
    request: ScopedRequest, found: Household, form: HouseholdForm | None, stale: Stale = (), seen_first: str = ""
) -> HttpResponse:
    file = dossier.of_household(found)
    may_edit = request.scope.permits(Permission.EDIT_PEOPLE, found.area_path)
    context = {
        "household": found,
        "file": file,
        "seen_at": found.updated_at.isoformat() if found.updated_at else "",
        "seen": seen_first or shown_of_household(found),
        "lines": _lines(request, file, may_edit=may_edit),
        "history": happenings(file.history),
        "former": [person_line(each) for each in file.former],
        "form": form,
        "stale": stale,
        "may_edit": may_edit,
        "may_print": request.scope.permits(Permission.PRINT_CARDS, found.area_path),
        "hub": hubs.of_household(request.village.pk, found.pk),
        "may_name_hubs": request.scope.permits(Permission.MANAGE_POSTS, request.village.area_path),
        "panels": household_panels(request, found.pk),
        "next": next_url(request, ""),
        "card_made_at": cards.living_card(request.village.pk, tokens.HOUSEHOLD, found.pk),
        "here": reverse("household", args=[found.pk]),
    }
    return render(request, "registry/household.html", context)


def _lines(request: ScopedRequest, file: dossier.HouseholdFile, *, may_edit: bool) -> list[dict[str, Any]]:
    """The members; the one whose whereabouts or groups are being changed with the form for it."""
    stay, groups = (cursor(request, name) if may_edit else None for name in ("stay", "groups"))
    members = file.row.members
    people = Person.named(request.village.pk, [each.id for each in members if each.id in (stay, groups)])
    shown = {person.pk: person for person in people}
    lines = []
    for each in members:
        detail = file.details[each.id]
        known = {
            "whereabouts": each.whereabouts,
            "whereabouts_text": detail.whereabouts_text,
            "whereabouts_since": detail.whereabouts_since,
            "expected_return": detail.expected_return,
        }
        line = {
            "line": person_line(each),
            "detail": detail,
            "residence": RESIDENCE.get(detail.residence, ""),
            "problems": [PROBLEM[code] for code in detail.problems if code in PROBLEM],
            "seen": shown_of_person(shown[each.id], each.groups) if each.id in shown else "",
            "stay": StayForm(initial=known) if each.id == stay else None,
            "groups": GroupsForm(initial={"groups": list(each.groups)}) if each.id == groups else None,
        }
        lines.append(line)
    return lines


@require_http_methods(["GET", "POST"])
def household_edit(request: ScopedRequest, household_id: UUID) -> HttpResponse:
    """Save a household's fields; what somebody else wrote meanwhile is shown beside it, not overwritten."""
    found = access.household(request.scope, request.village.pk, household_id, Permission.EDIT_PEOPLE)
    here = reverse("household", args=[found.pk])
    if request.method == "GET":
        return HttpResponseRedirect(f"{here}?edit=house#house")
    now = _known(found)
    data, shown = decided(request.POST, now), request.POST.get("seen", "")
    form = _form(request, found, data)
    stale: Stale = ()
    if form.is_valid():
        try:
            actions.edit_household(
                household=found,
                values=form.values(),
                leaf=access.leaf(request.scope, request.village.pk, form.cleaned_data["area"]),
                seen_at=seen_at(request),
                seen=seen(request),
                by=request.account.pk,
                at=clock.now(),
            )
        except actions.NumberTaken as refusal:
            fault(form, "number", str(refusal))
        except actions.ChangedMeanwhile as refusal:
            found.refresh_from_db()
            now = _known(found)
            both, mine = (named_by_forms(refusal.data[which]) for which in ("fields", "mine"))
            areas = dict(form.fields["area"].choices)  # type: ignore[attr-defined]
            typed = form.cleaned_data
            stale = [
                Difference(name, form.fields[name].label, areas.get(now[name], now[name]), areas.get(said, said))
                for name, said in typed.items()
                if name in both
            ]
            form, shown = _form(request, found, brought_up(data, now, mine)), ""
            fault(form, "", str(refusal))
        else:
            notices.say(request, _("已保存"))
            return HttpResponseRedirect(next_url(request, here))
    return _page(request, found, form, stale, shown)


@require_http_methods(["GET", "POST"])
def household_add(request: ScopedRequest) -> HttpResponse:
    """A new household in a micro-grid."""
    scope, village = request.scope, request.village
    leaves = access.leaves(scope, village.pk, village.area_path, Permission.EDIT_PEOPLE)
    if not leaves:
        raise NotYours
    form = HouseholdForm(leaves, request.POST or None, initial={"area": request.GET.get("area", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_household(
                village_id=village.pk,
                leaf=access.leaf(scope, village.pk, form.cleaned_data["area"]),
                **form.values(),
                by=request.account.pk,
                at=clock.now(),
            )
        except actions.NumberTaken as refusal:
            fault(form, "number", str(refusal))
        else:
            notices.say(request, _("已添加一户，接着添加人员"))
            return HttpResponseRedirect(reverse("household", args=[made.pk]))
    return render(request, "registry/household_add.html", {"form": form, "back": reverse("people")})
