"""等候区: what who stands at the entrance presses with a thumb - let in, how many queue, who was stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry import search
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Station
from wuyicun.domains.screening.queries import Flow, StoppedView
from wuyicun.domains.screening.rules import FEVER_FROM, PASSED, QUEUE, STOPPED, RoundState, Stopped
from wuyicun.domains.screening.web.common import Head, time_words
from wuyicun.domains.screening.web.stations import fixed
from wuyicun.domains.screening.words import SENT_WORDS, STOPPED_WORDS, Words
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.voids import VOID
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.writing import attempt, carried_record, make_record

LET_IN = (1, 2, 5)
STEPS = (-5, -1, 1, 5)
MOST_QUEUE, MOST_FOUND = 5000, 20


class StoppedForm(forms.Form):
    """Somebody who is not let in."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    found = forms.ChoiceField(label=gettext_lazy("拦下的原因"), choices=list(STOPPED_WORDS.items()))
    temperature = forms.FloatField(
        label=gettext_lazy("体温"),
        min_value=30,
        max_value=45,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )
    sent = forms.ChoiceField(label=gettext_lazy("去了哪里"), choices=list(SENT_WORDS.items()))
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, use_required_attribute=False)

    def clean(self) -> dict[str, Any]:
        """A fever has a temperature."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("found") == Stopped.FEVER and "temperature" in data and (data["temperature"] or 0) < FEVER_FROM:
            self.add_error("temperature", _("发热请填体温，%(from)s ℃ 起算") % {"from": FEVER_FROM})
        return data


@dataclass(frozen=True)
class StoppedLine:
    """Somebody who was stopped, as the list shows them."""

    told: StoppedView
    name: str
    url: str
    found: Words
    sent: Words
    by: str


@require_GET
def waiting(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """The page of who stands at the entrance."""
    return _page(request, fixed(request, station_id, Permission.SAMPLE), StoppedForm())


def _page(request: ScopedRequest, found: Station, form: StoppedForm) -> HttpResponse:
    village_id, now = request.village.pk, clock.now()
    flow = queries.flows(village_id, found.round_id, now).get(found.pk, Flow())
    said, tone = _sentence(flow)
    context = {
        "head": Head.of(found.round),
        "station": found,
        "flow": flow,
        "queue_at": time_words(flow.queue_at, now) if flow.queue_at else "",
        "sentence": said,
        "tone": tone,
        "let_in": [(number, uuid7()) for number in LET_IN],
        "steps": [(step, max(0, (flow.queue or 0) + step), uuid7()) for step in STEPS],
        "most": MOST_QUEUE,
        "form": form,
        "record": carried_record(request) if form.is_bound else uuid7(),
        "again": uuid7(),
        "stopped": _stopped(request, found),
        "is_open": found.round.state == RoundState.OPEN,
    }
    return render(request, "screening/waiting.html", context)


def _sentence(flow: Flow) -> tuple[str, str]:
    if not flow.queue:
        return _("没有人排队") if flow.queue == 0 else _("还没有登记排队人数"), ""
    if flow.wait is None:
        return _("%(queue)s 人在排队") % {"queue": flow.queue}, "owed"
    return _("%(queue)s 人在排队，按现在的速度要等 %(wait)s 分") % {"queue": flow.queue, "wait": flow.wait}, "owed"


def _stopped(request: ScopedRequest, found: Station) -> Sequence[StoppedLine]:
    told = queries.stopped(request.village.pk, found.round_id, found.pk)
    people = registry.brief(request.village.pk, {each.person_id for each in told if each.person_id})
    names = accounts.names_of([each.by for each in told if each.by])
    lines = []
    for each in told:
        person = people.get(each.person_id) if each.person_id else None
        lines.append(
            StoppedLine(
                each,
                person.name if person else each.name,
                reverse("round_person", args=[found.round_id, person.id]) if _sees(request, person) and person else "",
                STOPPED_WORDS.get(each.found, ""),
                SENT_WORDS.get(each.sent, ""),
                names.get(each.by, "") if each.by else "",
            )
        )
    return lines


def _sees(request: ScopedRequest, person: PersonBrief | None) -> bool:
    return person is not None and request.scope.permits(Permission.VIEW_PEOPLE, person.area_path)


@require_POST
def waiting_passed(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """So many were let in."""
    found = fixed(request, station_id, Permission.SAMPLE)
    people = _number(request, 200)
    _store(request, found, PASSED, {"people": people}, _("放行 %(people)s 人") % {"people": people})
    return redirect("waiting", station_id=found.pk)


@require_POST
def waiting_queue(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """So many queue."""
    found = fixed(request, station_id, Permission.SAMPLE)
    people = _number(request, MOST_QUEUE)
    _store(request, found, QUEUE, {"people": people}, _("排队 %(people)s 人") % {"people": people})
    return redirect("waiting", station_id=found.pk)


def _number(request: ScopedRequest, most: int) -> int:
    text = request.POST.get("people", "")
    return min(int(text), most) if text.isascii() and text.isdecimal() else 0


@require_POST
def waiting_stopped(request: ScopedRequest, station_id: UUID) -> HttpResponse:
    """Somebody is not let in: who, why, where to."""
    found = fixed(request, station_id, Permission.SAMPLE)
    form = StoppedForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    data = form.cleaned_data
    person = _on_the_roster(request, data["name"].strip())
    told = {**data, "person": person, "name": "" if person else data["name"].strip()}
    said = _("%(name)s 已登记：%(sent)s") % {"name": data["name"], "sent": SENT_WORDS[data["sent"]]}
    _store(request, found, STOPPED, told, said)
    return redirect("waiting", station_id=found.pk)


def _on_the_roster(request: ScopedRequest, name: str) -> UUID | None:
    """The only one of the village who is called so; None for a stranger, and where it might be another."""
    ids = search.people(request.village.pk, name, limit=MOST_FOUND)
    called = [person for person in registry.brief(request.village.pk, ids).values() if person.name == name]
    return called[0].id if len(called) == 1 else None


@require_POST
def waiting_take_back(request: ScopedRequest, station_id: UUID, said_id: UUID) -> HttpResponse:
    """Take back what was said at this station."""
    found = fixed(request, station_id, Permission.SAMPLE)
    if not queries.record_of_station(request.village.pk, found.pk, said_id):
        raise NotYours

    def store() -> object:
        return make_record(request, VOID, {"record": said_id, "reason": "undo"})

    attempt(request, store, _("已撤销"))
    return redirect("waiting", station_id=found.pk)


def _store(request: ScopedRequest, found: Station, kind: str, data: Mapping[str, object], said: str) -> None:
    record = carried_record(request)

    def store() -> object:
        return make_record(request, kind, {"round": found.round_id, "station": found.pk, **data}, record)

    attempt(request, store, said, undo_url=reverse("waiting_take_back", args=[found.pk, record]))
