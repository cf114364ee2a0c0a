"""How often households are checked, and beginning at once instead of waiting for the job."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wuyicun.domains.verification import access, actions
from wuyicun.domains.verification.rules import MOST_DAYS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.writing import attempt, back_to


class EveryForm(forms.Form):
    """Every how many days; 0 for never."""

    every_days = forms.IntegerField(label=gettext_lazy("几天核对一遍"), min_value=0, max_value=MOST_DAYS)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["every_days"].widget.attrs |= {"class": "input input-number", "inputmode": "numeric"}


@require_POST
def every(request: ScopedRequest) -> HttpResponse:
    """Set every how many days each household is checked."""
    access.plan(request.scope, request.village.area_path)
    form = EveryForm(request.POST)
    days = form.cleaned_data["every_days"] if form.is_valid() else -1

    def save() -> None:
        actions.set_every_days(village_id=request.village.pk, every_days=days, by=request.account.pk, at=clock.now())

    said = _("已改为每 %(days)s 天核对一遍") % {"days": days} if days else _("本期结束后不再定期核对")
    attempt(request, save, said)
    return back_to(request, reverse("verification"))


@require_POST
def begin(request: ScopedRequest) -> HttpResponse:
    """Open the first period now."""
    access.plan(request.scope, request.village.area_path)

    village = request.village
    opened = actions.begin(village_id=village.pk, area_path=village.area_path, by=request.account.pk, at=clock.now())
    if opened is not None and opened.is_drawn:
        notices.say(request, _("已开始，每户都列进来了"))
    return back_to(request, reverse("verification"))
