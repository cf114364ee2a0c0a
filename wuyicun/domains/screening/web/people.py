"""Somebody in a round: what was tried, what can be said of them, their number, and taking back what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.registry import access as registry_access
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.queries import Statement
from wuyicun.domains.screening import access, calling, queries, slips
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import Swab
from wuyicun.domains.screening.web.common import Head
from wuyicun.domains.screening.web.lines import lines
from wuyicun.domains.screening.words import (
    EXCUSE_REASONS,
    FLAGS,
    REFUSED_REASONS,
    RESULT_LOOKS,
    UNREACHABLE_REASONS,
    Look,
    Words,
    reason,
)
from wuyicun.domains.standing import queries as standing
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.writing import attempt, back_to, carried_record, make_record

LONG = timedelta(days=3650)
STATEMENTS: Mapping[str, tuple[Permission, Mapping[str, Words], Words]] = {
    "unreachable": (Permission.SAMPLE, UNREACHABLE_REASONS, gettext_lazy("联系不上")),
    "refused": (Permission.SAMPLE, REFUSED_REASONS, gettext_lazy("拒绝采样")),
    "excuse": (Permission.EXCUSE, EXCUSE_REASONS, gettext_lazy("暂免")),
}
UNTIL: Mapping[str, Words] = {
    "today": gettext_lazy("今天过完"),
    "tomorrow": gettext_lazy("明天过完"),
    "vaccine": gettext_lazy("两天后（打疫苗）"),
    "week": gettext_lazy("七天后"),
    "long": gettext_lazy("一直（搬离、已故）"),
    "other": gettext_lazy("另填时间"),
}


class SayForm(forms.Form):
    """Why nobody was sampled; for an excuse also until when."""

    reason = forms.ChoiceField(label=gettext_lazy("原因"), widget=forms.RadioSelect)
    span = forms.ChoiceField(label=gettext_lazy("到什么时候"), widget=forms.RadioSelect, choices=list(UNTIL.items()))
    until = forms.DateTimeField(
        label=gettext_lazy("另填时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, statement: str, now: datetime, **given: Any) -> None:
        super().__init__(use_required_attribute=False, **given)
        self.now = now
        self.fields["reason"] = forms.ChoiceField(
            label=gettext_lazy("原因"), widget=forms.RadioSelect, choices=list(STATEMENTS[statement][1].items())
        )
        if statement != "excuse":
            del self.fields["span"], self.fields["until"]
        self.order_fields(["reason", "span", "until", "note"])

    def clean(self) -> dict[str, Any]:
        """An end that is written out lies ahead."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("span") == "other" and (data.get("until") is None or data["until"] <= self.now):
            self.add_error("until", _("请填一个将来的时间"))
        return data

    def ends_at(self) -> datetime:
        """When the excuse ends."""
        today = timezone.localtime(self.now).date()
        match self.cleaned_data["span"]:
            case "today":
                return _end_of(today)
            case "tomorrow":
                return _end_of(today + timedelta(days=1))
            case "vaccine":
                whole_hour = self.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
                return whole_hour + timedelta(hours=profiles.shipped().parameters.vaccination_defers_hours)
            case "week":
                return _end_of(today + timedelta(days=7))
            case "long":
                return self.now + LONG
        until: datetime = self.cleaned_data["until"]
        return until


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@dataclass(frozen=True)
class Said:
    """A statement as the page shows it."""

    id: UUID
    at: datetime
    by: str
    what: Words
    reason: Words
    until: datetime | None
    note: str
    voided: bool


@dataclass(frozen=True)
class Taken:
    """A swab as the page shows it."""

    tube: str
    at: datetime
    by: str
    flag: Words
    retest: bool
    result: Look | None


@require_GET
def round_person(request: ScopedRequest, round_id: UUID, person_id: UUID) -> HttpResponse:
    """Somebody in a round."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    person = access.a_person(request.scope, village_id, person_id, Permission.VIEW_PEOPLE)
    line = lines(request, round_, [person_id], now).get(person_id)
    if line is None:
        raise Http404
    context = {
        "head": Head.of(round_),
        "line": line,
        "person": person,
        "said": _said(village_id, round_, person_id),
        "taken": _taken(village_id, round_, person_id),
        "here": request.get_full_path(),
        "held_until": _held_until(village_id, person_id, now),
        "has_slip": bool(slips.of_people(village_id, round_, [person_id])),
        "owes_retest": bool(queries.owes_retest(village_id, round_, [person_id])),
    }
    return render(request, "screening/person.html", context)


def _held_until(village_id: UUID, person_id: UUID, now: datetime) -> datetime | None:
    known = standing.standing(village_id, [person_id], now).get(person_id)
    return None if known is None else known.held_until


def _said(village_id: UUID, round_: Round, person_id: UUID) -> Sequence[Said]:
    statements = rolls.statements(village_id, round_.roll_id, [person_id])
    names = accounts.names_of([each.by for each in statements if each.by])
    return [_one_said(each, names) for each in statements]


def _one_said(each: Statement, names: Mapping[UUID, str]) -> Said:
    by = names.get(each.by, "") if each.by else ""
    what = STATEMENTS[each.statement][2]
    return Said(each.id, each.at, by, what, reason(each.reason), each.until, each.note, each.voided)


def _taken(village_id: UUID, round_: Round, person_id: UUID) -> Sequence[Taken]:
    found = [
        (swab, result)
        for of_round, swab, result, _at in queries.results_of(village_id, person_id)
        if of_round.pk == round_.pk
    ]
    live = {swab.id: swab for swab in _in_round(village_id, round_, [swab for swab, _result in found])}
    names = accounts.names_of([swab.by for swab, _result in found if swab.by])
    return [
        Taken(
            swab.tube,
            swab.at,
            names.get(swab.by, "") if swab.by else "",
            FLAGS.get(live[swab.id].flag, "") if swab.id in live else "",
            swab.retest,
            RESULT_LOOKS.get(result),
        )
        for swab, result in found
    ]


def _in_round(village_id: UUID, round_: Round, swabs: Sequence[Swab]) -> Sequence[Swab]:
    """The same swabs with the flags that the round gives them."""
    return [
        each
        for tube in sorted({swab.tube for swab in swabs})
        for each in queries.swabs(village_id, round_.pk, tube=tube)
    ]


@require_http_methods(["GET", "POST"])
def round_say(request: ScopedRequest, round_id: UUID, person_id: UUID, statement: str) -> HttpResponse:
    """Say that somebody could not be reached, refused or is excused; a dialog when the page's script asks for it."""
    if statement not in STATEMENTS:
        raise Http404
    village_id, now = request.village.pk, clock.now()
    permission = STATEMENTS[statement][0]
    round_ = access.a_round(request.scope, village_id, round_id, permission)
    person = access.a_person(request.scope, village_id, person_id, permission)
    if request.method == "GET":
        form = SayForm(statement, now, initial=_initial(statement, person))
    else:
        form = SayForm(statement, now, data=request.POST)
        if form.is_valid():
            return _say(request, round_, person, statement, form)
    line = lines(request, round_, [person_id], now).get(person_id)
    if line is None:
        raise Http404
    context = {
        "head": Head.of(round_),
        "line": line,
        "form": form,
        "title": STATEMENTS[statement][2],
        "record": carried_record(request) if request.method == "POST" else uuid7(),
        "next": request.GET.get("next", "") or request.POST.get("next", ""),
        "layout": "screening/parts/bare.html" if request.headers.get("HX-Request") else "base.html",
    }
    return render(request, "screening/say.html", context)


def _initial(statement: str, person: PersonBrief) -> Mapping[str, str]:
    if statement != "excuse":
        return {"reason": next(iter(STATEMENTS[statement][1]))}
    return {"reason": "infant" if "infant" in person.groups else "away", "span": "tomorrow"}


def _say(request: ScopedRequest, round_: Round, person: PersonBrief, statement: str, form: SayForm) -> HttpResponse:
    record, data = carried_record(request), form.cleaned_data
    told: dict[str, object] = {
        "round": round_.pk,
        "person": person.id,
        "reason": data["reason"],
        "note": data["note"],
    }
    told |= {"until": form.ends_at()} if statement == "excuse" else {"outcome": statement}

    def store() -> object:
        return make_record(request, "excuse" if statement == "excuse" else "outcome", told, record)

    words = {
        "unreachable": _("已记 %(name)s 联系不上"),
        "refused": _("已记 %(name)s 拒绝采样"),
        "excuse": _("已暂免 %(name)s"),
    }[statement]
    attempt(request, store, words % {"name": person.name}, undo_url=reverse("take_back", args=[round_.pk, record]))
    return back_to(request, reverse("round_person", args=[round_.pk, person.id]))


@require_POST
def round_phone(request: ScopedRequest, round_id: UUID, person_id: UUID) -> HttpResponse:
    """Show somebody's number because of the round: in the row that asked, else on the person's page."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.REVEAL)
    person = registry_access.person(request.scope, village_id, person_id, Permission.REVEAL)
    number = calling.reveal_phone(round_=round_, person=person, by=request.account.pk, at=now)
    return render(
        request,
        "screening/phone.html",
        {
            "head": Head.of(round_),
            "person": person,
            "number": number,
            "back": reverse("round_person", args=[round_.pk, person.pk]),
            "layout": "screening/parts/bare.html" if request.headers.get("HX-Request") else "base.html",
        },
    )


@require_POST
def take_back(request: ScopedRequest, round_id: UUID, record_id: UUID) -> HttpResponse:
    """Take back a record of this round: a statement, a swab, or something said of tubes."""
    village_id = request.village.pk
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_BOARD)
    access.may_take_back(request.scope, village_id, round_, record_id)
    why = request.POST.get("reason", "undo")

    def store() -> object:
        return make_record(request, "void", {"record": record_id, "reason": why})

    attempt(request, store, _("已撤销"))
    return back_to(request, reverse("round", args=[round_.pk]))
