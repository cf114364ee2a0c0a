"""任职到哪天: until when a post is held, said or taken back afterwards."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from wuyicun.domains.territory import access, actions
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import notices


def day_input() -> forms.DateInput:
    """A field for a day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def midnight(day: date) -> datetime:
    """When a day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date | None) -> datetime | None:
    """When the last day of a post is over; None when it has no end."""
    return None if day is None else midnight(day + timedelta(days=1))


class EndForm(forms.Form):
    """The last day of a post."""

    ends_on = forms.DateField(
        label=gettext_lazy("到哪天止"), required=False, widget=day_input(), help_text=gettext_lazy("不填就是一直任职")
    )

    def clean_ends_on(self) -> date | None:
        """Today at the earliest: what is over is ended, not given an end."""
        day: date | None = self.cleaned_data["ends_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("不能早于今天"))
        return day


@require_http_methods(["GET", "POST"])
def post_term(request: ScopedRequest, post_id: UUID) -> HttpResponse:
    """Until when somebody holds a post; who comes after can then be appointed."""
    post = access.post_to_end(request.scope, request.village, post_id)
    last = timezone.localdate(post.ends_at - timedelta(seconds=1)) if post.ends_at else None
    form = EndForm(request.POST or None, initial={"ends_on": last}, use_required_attribute=False)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_end(
                post=post, ends_at=end_of(form.cleaned_data["ends_on"]), by=request.account.pk, at=clock.now()
            )
        except Refusal as refusal:
            form.add_error("ends_on", str(refusal))
        else:
            notices.say(request, _("已保存"))
            return redirect("organisation")
    title = _("%(name)s任职到哪天") % {"name": post.holder_name}
    return render(request, "territory/form.html", {"form": form, "title": title})
