"""Adding somebody, editing a part of a person's page in its place, showing a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from wuyicun.domains.registry import access, actions, dossier
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.dossier import PersonFile
from wuyicun.domains.registry.labels import FIELD, GROUP, ID_KIND, RESIDENCE, REVEAL_REASON, SEX, WHEREABOUTS
from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.domains.registry.rules import Group
from wuyicun.domains.registry.web.common import fault, ids_of, next_url, seen_at
from wuyicun.domains.registry.web.forms import (
    NUMBERS,
    PARTS,
    GroupsForm,
    NewPersonForm,
    RegistryForm,
    RevealForm,
    StayForm,
    part_form,
    said,
)
from wuyicun.domains.registry.web.meanwhile import Difference, Stale, brought_up, decided, seen
from wuyicun.domains.registry.web.people import Editing, person_page
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices

FIELD_OF: dict[type[Refusal], str] = {
    actions.IdNotRead: "id_number",
    actions.IdHeld: "id_number",
    actions.IdDisputed: "id_number",
    actions.PhoneNotRead: "phone",
    actions.AlreadyInHousehold: "name",
}
_REFUSED: tuple[type[Refusal], ...] = tuple(FIELD_OF)


@require_http_methods(["GET", "POST"])
def person_add(request: ScopedRequest) -> HttpResponse:
    """Add somebody to a household (`?household=`), or an outside worker or visitor to a micro-grid or 未入网; to the
    roster of a worksite too (`?worksite=`)."""
    scope, village = request.scope, request.village
    household, worksite = _household(request), _worksite(request)
    leaves = None if household else access.leaves(scope, village.pk, village.area_path, Permission.EDIT_PEOPLE)
    if leaves is not None and not leaves:
        raise NotYours
    outside = {"residence": "outside", "area": leaves[-1].area_path} if leaves else {}
    form = NewPersonForm(leaves, request.POST or None, initial={"id_kind": "resident", "sex": "unknown", **outside})
    known: Person | None = None
    if request.method == "POST" and form.is_valid():
        home: Household | Leaf = household or access.leaf(scope, village.pk, form.cleaned_data["area"])
        try:
            person = _add(request, home, worksite, form.newcomer())
        except _REFUSED as refusal:
            fault(form, FIELD_OF[type(refusal)], str(refusal))
            known = _known_holder(request, refusal)
        else:
            notices.say(request, _("已添加%(name)s，正在进行的检测会自动把人列进去") % {"name": person.name})
            to = _back(household, worksite) or reverse("person", args=[person.pk])
            return HttpResponseRedirect(next_url(request, to))
    back = _back(household, worksite) or reverse("people")
    context = {
        "form": form,
        "worksite": worksite,
        "household": dossier.of_household(household).row if household else None,
        "known": known,
        "back": next_url(request, back),
    }
    return render(request, "registry/person_add.html", context)


def _add(request: ScopedRequest, home: Household | Leaf, worksite: Place | None, newcomer: actions.Newcomer) -> Person:
    by, at = request.account.pk, clock.now()
    if worksite is not None:
        return actions.take_on_newcomer(place=worksite, home=home, newcomer=newcomer, by=by, at=at)
    return actions.add_person(village_id=request.village.pk, home=home, newcomer=newcomer, by=by, at=at)


def _back(household: Household | None, worksite: Place | None) -> str:
    """The page from which somebody is added, '' for the list."""
    if household is not None:
        return reverse("household", args=[household.pk])
    return reverse("place", args=[worksite.pk]) if worksite is not None else ""


def _worksite(request: ScopedRequest) -> Place | None:
    asked = next(ids_of([request.GET.get("worksite", "")]), None)
    return access.place(request.scope, request.village.pk, asked, Permission.EDIT_PEOPLE) if asked else None


def _household(request: ScopedRequest) -> Household | None:
    asked = request.GET.get("household", "")
    if not asked:
        return None
    try:
        return access.household(request.scope, request.village.pk, UUID(asked), Permission.EDIT_PEOPLE)
    except ValueError as garbled:
        raise NotYours from garbled


def _known_holder(request: ScopedRequest, refusal: Refusal) -> Person | None:
    """Who holds the number already, if the asker may see them."""
    holder = refusal.data.get("person_id")
    if not isinstance(holder, UUID):
        return None
    try:
        return access.person(request.scope, request.village.pk, holder)
    except NotYours:
        return None


@require_http_methods(["GET", "POST"])
def person_edit(request: ScopedRequest, person_id: UUID) -> HttpResponse:
    """Save a part of a person's page; what somebody else wrote meanwhile is shown beside it, not overwritten."""
    person = access.person(request.scope, request.village.pk, person_id, Permission.EDIT_PEOPLE)
    part = request.POST.get("part", "identity")
    here = reverse("person", args=[person.pk])
    if request.method == "GET" or part not in PARTS:
        return HttpResponseRedirect(f"{here}?edit=identity#identity")
    file = dossier.of_person(person)
    now = _now(part, file)
    data = decided(request.POST, now)
    form, shown = part_form(part, file, data), request.POST.get("seen", "")
    stale: Stale = ()
    if form.is_valid():
        try:
            _save(request, person, part, form)
        except actions.ChangedMeanwhile as refusal:
            person.refresh_from_db()
            file = dossier.of_person(person)
            now = _now(part, file)
            stale = _differences(file, form, refusal)
            form, shown = part_form(part, file, brought_up(data, now, _mine(refusal))), ""
            fault(form, "", str(refusal))
        except _REFUSED as refusal:
            fault(form, FIELD_OF[type(refusal)], str(refusal))
        else:
            notices.say(request, _("已保存"))
            return HttpResponseRedirect(next_url(request, f"{here}#{part}"))
    return person_page(request, person, file, Editing(part, form, stale, shown))


def _save(request: ScopedRequest, person: Person, part: str, form: RegistryForm) -> None:
    by, at = request.account.pk, clock.now()
    last, shown = seen_at(request) or person.updated_at, seen(request)
    if isinstance(form, StayForm) and part == "stay":
        actions.set_whereabouts(people=[person], stay=form.stay(), seen_at=last, seen=shown, by=by, at=at)
    elif isinstance(form, GroupsForm) and part == "groups":
        groups = [Group(code) for code in form.cleaned_data["groups"]]
        actions.set_groups(person=person, groups=groups, seen_at=last, seen=shown, by=by, at=at)
    else:
        actions.edit_person(person=person, values=said(form), seen_at=last, seen=shown, by=by, at=at)


def _now(part: str, file: PersonFile) -> dict[str, Any]:
    """What stands in the fields of a part."""
    form = part_form(part, file)
    return {name: form.initial.get(name) for name in form.fields if not name.startswith("no_")}


def _mine(refusal: actions.ChangedMeanwhile) -> Sequence[str]:
    mine = refusal.data["mine"]
    return [str(name) for name in mine] if isinstance(mine, list) else []


def _differences(file: PersonFile, form: RegistryForm, refusal: actions.ChangedMeanwhile) -> Stale:
    """What stands there now and what was typed, where both have changed it; numbers that stand there stay masked."""
    now, both = part_form(form.data.get("part", ""), file).initial, refusal.data["fields"]
    rows = []
    for name, typed in said(form).items():
        if isinstance(both, list) and name in both:
            theirs = getattr(file, name) if name in NUMBERS else now.get(name)
            rows.append(Difference(name, FIELD[name], in_words(name, theirs), in_words(name, typed)))
    return rows


def in_words(name: str, value: Any) -> Any:
    """A value as a comparison shows it."""
    words = {"sex": SEX, "id_kind": ID_KIND, "residence": RESIDENCE, "whereabouts": WHEREABOUTS}.get(name)
    if words is not None:
        return words.get(value, "")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(str(GROUP[code]) for code in value)
    return value or _("（空）")


@never_cache
@require_POST
def reveal(request: ScopedRequest, person_id: UUID, number: str) -> HttpResponse:
    """Show a number in clear, with the reason, in the place that asked."""
    if number not in NUMBERS:
        raise Http404
    person = access.person(request.scope, request.village.pk, person_id, Permission.REVEAL)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("person", args=[person.pk]))
    reason = form.cleaned_data["reason"]
    clear = actions.reveal(person=person, number=number, reason=reason, by=request.account.pk, at=clock.now())
    context = {
        "name": person.name,
        "label": FIELD[number],
        "clear": clear,
        "unread": bool(clear) and getattr(person, number) is None,
        "callable": number == "phone",
        "reason": REVEAL_REASON[reason],
        "back": reverse("person", args=[person.pk]),
        "layout": "registry/parts/bare.html" if request.headers.get("HX-Request") else "base.html",
    }
    return render(request, "registry/reveal.html", context)
