"""A worksite's roster on its page: taking workers on, their dormitory and job, letting them go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wuyicun.domains.registry import access, actions, search, worksites
from wuyicun.domains.registry.ledgers.definition import Condition, Operator
from wuyicun.domains.registry.models import Person, Place
from wuyicun.domains.registry.queries import brief
from wuyicun.domains.registry.rules import WITH_WORKERS
from wuyicun.domains.registry.web.common import cursor, ids_of
from wuyicun.domains.registry.web.forms import RegistryForm, label_of, text_field
from wuyicun.domains.registry.web.ledgers.controls import as_address, as_query
from wuyicun.domains.registry.web.people import person_line
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices

FOUND = 8
"""So many are shown of those whom a text finds."""


class WorkerForm(RegistryForm):
    """Where a worker sleeps, and what they do."""

    def __init__(self, place: Place, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        known = worksites.dormitories(place.village_id, place.pk)
        choices = [("", _("不住宿舍")), *((str(pk), name) for pk, name, _location in known)]
        self.fields["dormitory"] = forms.ChoiceField(label=label_of("dormitory"), choices=choices, required=False)
        self.fields["job"] = text_field("job", 32)


def roster_of(request: ScopedRequest, place: Place) -> dict[str, Any]:
    """What the page of a worksite shows besides; nothing of other places."""
    if place.kind not in WITH_WORKERS:
        return {}
    found = worksites.roster(request.scope, place)
    of_this = Condition("worksite", Operator.EQUALS, (place.name,))
    may_edit = request.scope.permits(Permission.EDIT_PEOPLE, place.area_path) and place.closed_at is None
    editing = cursor(request, "worker") if may_edit else None
    asked = request.GET.get("find", "") if may_edit else ""
    return {
        "roster": found,
        "workers": [
            (row, person_line(row.person), _form(place, row) if row.id == editing else None) for row in found.rows
        ],
        "dormitories": worksites.dormitories(place.village_id, place.pk),
        "firms": worksites.firms(request.scope, place.village_id) if may_edit else [],
        "find": asked,
        "candidates": _candidates(request, asked, {row.person.id for row in found.rows}) if asked else [],
        "ledger": reverse("ledger", args=["worksite-workers"]) + as_address(as_query([of_this])),
    }


def _form(place: Place, row: worksites.WorkerRow) -> WorkerForm:
    return WorkerForm(place, initial={"dormitory": str(row.dormitory_id or ""), "job": row.job})


def _candidates(request: ScopedRequest, text: str, there: set[UUID]) -> list[Any]:
    """People whom a text finds, who have not left and who are not on the roster."""
    scope, village_id = request.scope, request.village.pk
    hits = search.find(scope, village_id, text, limit=FOUND * 3).hits
    found = [hit.subject_id for hit in hits if hit.kind == search.PERSON]
    here = {*access.people(scope, village_id, found, Permission.VIEW_PEOPLE)} - there
    ids = [each for each in found if each in here][:FOUND]
    people = brief(village_id, ids)
    return [person_line(people[each]) for each in ids]


@require_POST
def take_on(request: ScopedRequest, place_id: UUID) -> HttpResponse:
    """Put somebody, or all of a workplace, on the roster."""
    place = access.place(request.scope, request.village.pk, place_id, Permission.EDIT_PEOPLE)
    scope, village_id, firm = request.scope, request.village.pk, request.POST.get("firm", "")
    people = [*worksites.people_of_firm(scope, village_id, firm)] if firm else []
    named = access.people(scope, village_id, list(ids_of(request.POST.getlist("person"))), Permission.EDIT_PEOPLE)
    people += Person.named(village_id, named)
    made = actions.take_on(place=place, people=people, by=request.account.pk, at=clock.now())
    words = ngettext("已列入 %(number)s 人", "已列入 %(number)s 人", len(made)) % {"number": len(made)}
    notices.say(request, words)
    return _back(place)


@require_POST
def worker_edit(request: ScopedRequest, worker_id: UUID) -> HttpResponse:
    """Say where a worker sleeps and what they do."""
    worker = access.worker(request.scope, request.village.pk, worker_id)
    form = WorkerForm(worker.place, request.POST)
    if form.is_valid():
        chosen = next(ids_of([form.cleaned_data["dormitory"]]), None)
        dormitory = access.place(request.scope, request.village.pk, chosen) if chosen else None
        job, by = form.cleaned_data["job"], request.account.pk
        actions.edit_worker(worker=worker, dormitory=dormitory, job=job, by=by, at=clock.now())
        notices.say(request, _("已保存"))
    return _back(worker.place)


@require_POST
def let_go(request: ScopedRequest, worker_id: UUID) -> HttpResponse:
    """Take somebody off the roster."""
    worker = access.worker(request.scope, request.village.pk, worker_id)
    actions.let_go(worker=worker, by=request.account.pk, at=clock.now())
    undo = reverse("worker_back", args=[worker.pk])
    notices.say(request, _("%(name)s 已移出花名册") % {"name": worker.person.name}, undo_url=undo)
    return _back(worker.place)


@require_POST
def take_back(request: ScopedRequest, worker_id: UUID) -> HttpResponse:
    """Take that back."""
    worker = access.worker(request.scope, request.village.pk, worker_id)
    actions.take_back(worker=worker, by=request.account.pk, at=clock.now())
    notices.say(request, _("%(name)s 又在花名册上了") % {"name": worker.person.name})
    return _back(worker.place)


def _back(place: Place) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('place', args=[place.pk])}#workers")
