"""Moving households between micro-grids, merging and retiring."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wuyicun.domains.microgrids import access, actions
from wuyicun.domains.registry import access as registry
from wuyicun.domains.registry import actions as registry_actions
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.queries import PersonRow
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices


@require_POST
def move(request: ScopedRequest, area_id: UUID) -> HttpResponse:
    """Move the ticked households and people of a micro-grid to another, or each where it was suggested."""
    area = access.leaf(request.scope, request.village, area_id, Permission.EDIT_PEOPLE)
    back = HttpResponseRedirect(reverse("micro_grid", args=[area.pk]))
    to = _households(request)
    people = _people(request)
    try:
        moved = actions.place_households(village_id=request.village.pk, to=to, by=request.account.pk, at=clock.now())
        for person, leaf in people:
            registry_actions.place_person(person=person, home=leaf, by=request.account.pk, at=clock.now())
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
        return back
    number = len(moved) + len(people)
    if not number:
        notices.say(request, _("没有选户，或没有选移到哪里"), level=messages.WARNING)
    else:
        words = ngettext("已移动 %(number)s 项", "已移动 %(number)s 项", number) % {"number": number}
        notices.say(request, words)
    return back


def _households(request: ScopedRequest) -> dict[UUID, Leaf]:
    village_id, found = request.village.pk, {}
    chosen = request.POST.get("to", "")
    for text in request.POST.getlist("household"):
        with suppress(ValueError):
            household = registry.household(request.scope, village_id, UUID(text), Permission.EDIT_PEOPLE)
            path = chosen or request.POST.get(f"suggested-{household.pk}", "")
            if path:
                found[household.pk] = registry.leaf(request.scope, village_id, path)
    return found


def _people(request: ScopedRequest) -> list[tuple[PersonRow, Leaf]]:
    village_id, chosen, found = request.village.pk, request.POST.get("to", ""), []
    if chosen:
        leaf = registry.leaf(request.scope, village_id, chosen)
        for text in request.POST.getlist("person"):
            with suppress(ValueError):
                person = registry.person(request.scope, village_id, UUID(text), Permission.EDIT_PEOPLE)
                if person.household_id is None:
                    found.append((person, leaf))
    return found


@require_POST
def merge(request: ScopedRequest, area_id: UUID) -> HttpResponse:
    """Merge a micro-grid into another and retire it."""
    area = access.micro_grid(request.scope, request.village, area_id)
    path = request.POST.get("into", "")
    if not path:
        notices.say(request, _("没有选并入哪里"), level=messages.WARNING)
        return HttpResponseRedirect(reverse("micro_grid", args=[area.pk]))
    into = registry.leaf(request.scope, request.village.pk, path, Permission.ARRANGE_GRIDS)
    into_area = access.micro_grid(request.scope, request.village, into.id)
    if into_area.pk == area.pk:
        raise NotYours
    try:
        actions.merge(
            village_id=request.village.pk, area_path=area.area_path, into=into, by=request.account.pk, at=clock.now()
        )
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
        return HttpResponseRedirect(reverse("micro_grid", args=[area.pk]))
    notices.say(request, _("%(name)s已并入%(into)s") % {"name": area.name, "into": into.name})
    return HttpResponseRedirect(reverse("micro_grid", args=[into.id]))


@require_POST
def retire(request: ScopedRequest, area_id: UUID) -> HttpResponse:
    """Retire an empty micro-grid; it can be taken back."""
    area = access.micro_grid(request.scope, request.village, area_id)
    try:
        actions.retire(
            village_id=request.village.pk,
            area_path=area.area_path,
            name=area.name,
            by=request.account.pk,
            at=clock.now(),
        )
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
        return HttpResponseRedirect(reverse("micro_grid", args=[area.pk]))
    undo = reverse("micro_grid_restore", args=[area.pk])
    notices.say(request, _("%(name)s已停用") % {"name": area.name}, undo_url=undo)
    return HttpResponseRedirect(reverse("micro_grids"))


@require_POST
def restore(request: ScopedRequest, area_id: UUID) -> HttpResponse:
    """Take back that a micro-grid was retired."""
    area = access.leaf(request.scope, request.village, area_id, Permission.ARRANGE_GRIDS)
    try:
        actions.restore(village_id=request.village.pk, area_path=area.area_path, by=request.account.pk, at=clock.now())
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
        return HttpResponseRedirect(reverse("micro_grid", args=[area.pk]))
    notices.say(request, _("%(name)s已恢复，岗位需要重新任命") % {"name": area.name})
    return HttpResponseRedirect(reverse("micro_grid", args=[area.pk]))
