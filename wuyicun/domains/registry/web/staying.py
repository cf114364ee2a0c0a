"""Where somebody belongs, leaving and coming back. What somebody else changed meanwhile is shown before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wuyicun.domains.registry import access, actions, dossier
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.labels import FIELD
from wuyicun.domains.registry.models import Household, Person
from wuyicun.domains.registry.web.common import fault, next_url
from wuyicun.domains.registry.web.editing import in_words
from wuyicun.domains.registry.web.forms import NUMBERS, HomeForm, LeftForm
from wuyicun.domains.registry.web.meanwhile import seen, shown_of_person
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices


@dataclass(frozen=True)
class News:
    """What somebody else has changed since the form was opened, and what stands there now."""

    label: Any
    now: Any


def news_of(person: Person, refusal: actions.ChangedMeanwhile) -> Sequence[News]:
    """What a refusal tells of; numbers stay masked."""
    changed = refusal.data["fields"]
    person.refresh_from_db()
    file, found = dossier.of_person(person), []
    for name in changed if isinstance(changed, list) else []:
        if name == "left_at":
            found.append(News(_("名册"), _("已不在名册里") if person.left_at else _("在名册里")))
        elif name in ("household_id", "area_path"):
            found.append(News(FIELD["household"], " ".join(filter(None, (file.brief.house, file.brief.area)))))
        else:
            now = getattr(file, name) if name in NUMBERS else getattr(person, name)
            found.append(News(FIELD[name], in_words(name, now)))
    return list(dict.fromkeys(found))


@require_http_methods(["GET", "POST"])
def person_left(request: ScopedRequest, person_id: UUID) -> HttpResponse:
    """Say that somebody has moved away or was entered by mistake."""
    person = access.person(request.scope, request.village.pk, person_id, Permission.EDIT_PEOPLE)
    form, news = LeftForm(request.POST or None), list[News]()
    here = reverse("person", args=[person.pk])
    if request.method == "POST" and form.is_valid():
        try:
            actions.mark_left(
                person=person,
                reason=form.cleaned_data["reason"],
                seen=seen(request),
                by=request.account.pk,
                at=clock.now(),
            )
        except actions.ChangedMeanwhile as refusal:
            news = [*news_of(person, refusal)]
        else:
            undo = reverse("person_returned", args=[person.pk])
            notices.say(request, _("%(name)s 已记为离开") % {"name": person.name}, undo_url=undo)
            return HttpResponseRedirect(next_url(request, here))
    context = {"form": form, "person": person, "seen": shown_of_person(person, ()), "news": news}
    return render(request, "registry/person_left.html", {**context, "back": next_url(request, here)})


@require_http_methods(["GET", "POST"])
def person_place(request: ScopedRequest, person_id: UUID) -> HttpResponse:
    """Move somebody to another household, or to a micro-grid without one."""
    scope, village = request.scope, request.village
    person = access.person(scope, village.pk, person_id, Permission.EDIT_PEOPLE)
    leaves = access.leaves(scope, village.pk, village.area_path, Permission.EDIT_PEOPLE)
    known = {"area": person.area_path, "number": person.household.number if person.household else ""}
    form, news = HomeForm(leaves, request.POST or None, initial=known), list[News]()
    here = reverse("person", args=[person.pk])
    if request.method == "POST" and form.is_valid():
        home = _home(request, form)
        if home is None:
            fault(form, "number", _("这个片区没有这个户号，请先添加这一户，或留空"))
        else:
            try:
                actions.place_person(
                    person=person, home=home, seen=seen(request), by=request.account.pk, at=clock.now()
                )
            except actions.ChangedMeanwhile as refusal:
                news = [*news_of(person, refusal)]
            else:
                notices.say(request, _("已保存"))
                return HttpResponseRedirect(here)
    context = {"form": form, "person": person, "seen": shown_of_person(person, ()), "news": news, "back": here}
    return render(request, "registry/person_place.html", context)


def _home(request: ScopedRequest, form: HomeForm) -> Household | Leaf | None:
    """The household that was named; without a number the micro-grid; None when there is no such household."""
    leaf = access.leaf(request.scope, request.village.pk, form.cleaned_data["area"])
    number = form.cleaned_data["number"].strip()
    if not number:
        return leaf
    try:
        return access.household_numbered(request.scope, request.village.pk, leaf.section_path, number)
    except NotYours:
        return None


@require_POST
def person_returned(request: ScopedRequest, person_id: UUID) -> HttpResponse:
    """Take back that somebody has left."""
    person = access.person(request.scope, request.village.pk, person_id, Permission.EDIT_PEOPLE)
    actions.mark_returned(person=person, by=request.account.pk, at=clock.now())
    notices.say(request, _("%(name)s 又在名册里了") % {"name": person.name})
    return HttpResponseRedirect(reverse("person", args=[person.pk]))
