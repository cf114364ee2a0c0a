"""A unit's page: who serves and served in it, its hours and who is on duty, what it can be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from wuyicun.domains.territory import access, duties, queries, units
from wuyicun.domains.territory.queries import UnitRow
from wuyicun.domains.territory.watches import Watch
from wuyicun.domains.territory.web import shown
from wuyicun.domains.territory.web.hours import days_words, gap_words, hours_words, weekdays
from wuyicun.domains.territory.words import UNIT_KINDS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import notices

_FIELDS = ("name", "phone", "help_with", "opens_at", "closes_at")


def _time(label: Any, *, required: bool) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=required, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )


class UnitChangeForm(forms.Form):
    """What of a unit is corrected."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=64)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32, required=False)
    help_with = forms.CharField(
        label=gettext_lazy("能办什么"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("需要它时可以请它做的事，例如：转诊、发热接诊"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    opens_at = _time(gettext_lazy("每天值班从"), required=False)
    closes_at = _time(gettext_lazy("到"), required=False)

    def clean(self) -> dict[str, Any]:
        """Hours have a beginning and an end."""
        data: dict[str, Any] = super().clean() or {}
        for one, other in (("opens_at", "closes_at"), ("closes_at", "opens_at")):
            if data.get(other) is not None and data.get(one) is None and one not in self.errors:
                self.add_error(one, _("从几点到几点，两个都要填；全天就填 00:00 到 00:00"))
        return data


class DutyForm(forms.Form):
    """Somebody on the weekly list."""

    days = forms.MultipleChoiceField(label=gettext_lazy("哪几天"), widget=forms.CheckboxSelectMultiple)
    from_time = _time(gettext_lazy("从"), required=True)
    until_time = _time(gettext_lazy("到（可到次日）"), required=True)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    phone = forms.CharField(
        label=gettext_lazy("值班电话"), max_length=32, required=False, help_text=gettext_lazy("留空就打单位的电话")
    )

    def __init__(self, data: object = None, *, names: Sequence[str] = (), watch: Watch | None = None) -> None:
        initial = {"from_time": watch.begins, "until_time": watch.ends} if watch else {}
        super().__init__(data, prefix="duty", initial=initial, use_required_attribute=False)  # type: ignore[arg-type]
        self.fields["days"].choices = weekdays()  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["list"] = "duty-names"
        self.names = names

    def clean_days(self) -> str:
        return "".join(sorted(set(self.cleaned_data["days"])))


@require_http_methods(["GET", "POST"])
def unit(request: ScopedRequest, unit_id: UUID) -> HttpResponse:
    """Its page; what is said of the unit itself is corrected here."""
    found = access.unit(request.scope, request.village, unit_id)
    form = _change_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            units.change(unit=found, **form.cleaned_data, by=request.account.pk, at=clock.now())
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            notices.say(request, _("已保存"))
            return redirect("unit", unit_id=found.pk)
    return _page(request, found, form=form)


@require_POST
def duty_add(request: ScopedRequest, unit_id: UUID) -> HttpResponse:
    """Put somebody on the weekly list."""
    found, now = access.unit(request.scope, request.village, unit_id), clock.now()
    form = DutyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, duty=request.POST)
    made = duties.put(unit=found, **form.cleaned_data, by=request.account.pk, at=now)
    words = _("%(name)s：%(days)s %(hours)s值班") % _duty_words(made)
    notices.say(request, words, undo_url=reverse("duty_off", args=[made.pk]))
    return redirect("unit", unit_id=found.pk)


@require_POST
def duty_off(request: ScopedRequest, duty_id: UUID) -> HttpResponse:
    """Take somebody off the list."""
    found = access.duty(request.scope, request.village, duty_id)
    duties.take_off(duty=found, by=request.account.pk, at=clock.now())
    words = _("%(name)s（%(days)s）不再值班") % _duty_words(found)
    notices.say(request, words, undo_url=reverse("duty_back", args=[found.pk]))
    return redirect("unit", unit_id=found.unit_id)


@require_POST
def duty_back(request: ScopedRequest, duty_id: UUID) -> HttpResponse:
    """Put them back."""
    found = access.duty(request.scope, request.village, duty_id)
    duties.put_back(duty=found, by=request.account.pk, at=clock.now())
    notices.say(request, _("%(name)s：%(days)s %(hours)s值班") % _duty_words(found))
    return redirect("unit", unit_id=found.unit_id)


@require_POST
def unit_end(request: ScopedRequest, unit_id: UUID) -> HttpResponse:
    """End a unit in which nobody serves any more."""
    found = access.unit(request.scope, request.village, unit_id)
    try:
        units.end(unit=found, by=request.account.pk, at=clock.now())
    except Refusal as refusal:
        notices.say(request, str(refusal), level=messages.ERROR)
        return redirect("unit", unit_id=found.pk)
    notices.say(request, _("已撤销 %(name)s，任职记录仍在") % {"name": found.name})
    return redirect("organisation")


def _page(
    request: ScopedRequest, found: UnitRow, *, form: UnitChangeForm | None = None, duty: object = None
) -> HttpResponse:
    now = clock.now()
    held = [each for each in queries.holders(found.village_id, now) if each.unit_id == found.pk]
    hours = duties.of_village(found.village_id, [found], now)[found.pk]
    context = {
        "unit": found,
        "kind": UNIT_KINDS[found.kind],
        "area": queries.names(found.village_id).get(found.area_path, ""),
        "form": form or _change_form(found),
        "duty_form": DutyForm(duty, names=sorted({each.name for each in held}), watch=hours.watch),
        "hours": hours_words(hours.watch.begins, hours.watch.ends) if hours.watch else "",
        "manned": hours,
        "duties": [(each, _duty_words(each), each in hours.now) for each in hours.duties],
        "gaps": [gap_words(gap) for gap in hours.gaps],
        "holders": [(each, shown.post_word(each)) for each in held],
        "former": [(each, shown.post_word(each)) for each in queries.former(found.village_id, now, unit_id=found.pk)],
        "appoint_url": shown.appoint_url(found.area_path, "member", found.pk),
    }
    return render(request, "territory/unit.html", context)


def _change_form(found: UnitRow, data: Any = None) -> UnitChangeForm:
    return UnitChangeForm(data, initial={name: getattr(found, name) for name in _FIELDS})


def _duty_words(duty: duties.DutyRow) -> dict[str, str]:
    return {
        "name": duty.name,
        "days": days_words(duty.days),
        "hours": hours_words(duty.from_time, duty.until_time),
    }
