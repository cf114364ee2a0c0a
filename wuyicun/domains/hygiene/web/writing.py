"""Writing a disinfection down, and taking a line back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from wuyicun.domains.hygiene import access
from wuyicun.domains.hygiene.queries import Owed
from wuyicun.domains.hygiene.rules import DISINFECTION, is_ahead, settles
from wuyicun.domains.hygiene.words import AGENTS, METHODS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.voids import VOID
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.formatting import day_time_words
from wuyicun.kernel.web.writing import attempt, carried_record, make_record

_MINUTES = "%Y-%m-%dT%H:%M"


class DisinfectionForm(forms.Form):
    """A line of the log: the columns of the ledger."""

    done_at = forms.DateTimeField(
        label=gettext_lazy("日期"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES),
        input_formats=[_MINUTES, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    point = forms.CharField(label=gettext_lazy("点位"), max_length=64)
    method = forms.ChoiceField(label=gettext_lazy("方式"), choices=list(METHODS.items()))
    agent = forms.CharField(
        label=gettext_lazy("用品"),
        max_length=64,
        widget=forms.TextInput(attrs={"list": "agents", "autocomplete": "off"}),
    )
    operator = forms.CharField(label=gettext_lazy("操作人员"), max_length=64)
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    def __init__(self, due: Owed | None, now: datetime, **given: Any) -> None:
        super().__init__(use_required_attribute=False, **given)
        self.due, self.now = due, now

    def clean_done_at(self) -> datetime:
        """Not in the future, and not before it was owed."""
        done_at: datetime = self.cleaned_data["done_at"]
        if is_ahead(done_at, self.now):
            raise forms.ValidationError(_("消杀时间在将来，请核对"))
        if self.due is not None and not settles(done_at, self.due.since):
            since = day_time_words(self.due.since, self.now)
            raise forms.ValidationError(_("这一处 %(since)s 才关闭，要填关闭以后的消杀") % {"since": since})
        return done_at


@require_http_methods(["GET", "POST"])
def disinfection_new(request: ScopedRequest) -> HttpResponse:
    """The form; `?due=` names what it settles, or what that is owed for."""
    if not request.scope.permits(Permission.DISINFECT):
        raise NotYours
    due, now = _due(request), clock.now()
    if request.method == "POST":
        form = DisinfectionForm(due, now, data=request.POST)
        if form.is_valid() and _write(request, form, due):
            return redirect("disinfections")
    else:
        initial = {"done_at": timezone.localtime(now), "operator": request.account.name, "method": "spray"}
        form = DisinfectionForm(due, now, initial={**initial, "point": due.point if due else ""})
    record = carried_record(request) if request.method == "POST" else uuid7()
    context = {"form": form, "due": due, "agents": AGENTS, "record": record}
    return render(request, "hygiene/disinfection_new.html", context)


def _due(request: ScopedRequest) -> Owed | None:
    asked = request.GET.get("due", "")
    if not asked:
        return None
    try:
        return access.a_due(request.scope, request.village.pk, UUID(asked))
    except ValueError:
        raise NotYours from None


def _write(request: ScopedRequest, form: DisinfectionForm, due: Owed | None) -> bool:
    record, data = carried_record(request), form.cleaned_data
    told = {**data, "due": due.id if due else None}

    def store() -> object:
        return make_record(request, DISINFECTION, told, record)

    undo_url = reverse("disinfection_take_back", args=[record])
    return attempt(request, store, _("%(point)s 的消杀已登记") % {"point": data["point"]}, undo_url=undo_url)


@require_POST
def take_back(request: ScopedRequest, disinfection_id: UUID) -> HttpResponse:
    """Take a line back; what it settled is owed again."""
    found = access.a_line(request.scope, request.village.pk, disinfection_id, request.village.area_path)

    def store() -> object:
        return make_record(request, VOID, {"record": found.id, "reason": "undo"})

    attempt(request, store, _("已撤销，台账里留有痕迹"))
    return redirect("disinfections")
