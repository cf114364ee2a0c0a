"""数据接口: what other programs may read, the tokens of one's own with which they do, and what they have read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.registry.labels import REVEAL_REASON
from wuyicun.domains.registry.web.common import cursor
from wuyicun.interop import openapi, readings, tokens
from wuyicun.interop.lists import MOST
from wuyicun.interop.models import ReadToken
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.responses import path

DAYS = ((30, gettext_lazy("30 天")), (90, gettext_lazy("90 天")), (tokens.LONGEST_DAYS, gettext_lazy("一年")))
LISTS = {
    "people": gettext_lazy("人员"),
    "households": gettext_lazy("户"),
    "places": gettext_lazy("点位"),
    "areas": gettext_lazy("网格和微网格"),
}
MASKED = "masked"
NUMBERS = ((MASKED, gettext_lazy("遮住（138****5678）")), (gettext_lazy("完整"), list(REVEAL_REASON.items())))


class TokenForm(forms.Form):
    """A new token."""

    use_required_attribute = False

    name = forms.CharField(
        label=gettext_lazy("给哪个程序用"), max_length=64, help_text=gettext_lazy("例如：乡镇数据平台")
    )
    days = forms.TypedChoiceField(label=gettext_lazy("有效期"), choices=DAYS, coerce=int, initial=90)
    reason = forms.TypedChoiceField(
        label=gettext_lazy("身份证号和电话"),
        choices=NUMBERS,
        coerce=lambda code: "" if code == MASKED else code,
        initial=MASKED,
        help_text=gettext_lazy("要完整号码，就选它做什么用。用途会和每次读取一起记下。"),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def interface(request: ScopedRequest) -> HttpResponse:
    """What can be read and one's own tokens; a new one is shown once, on the page that made it."""
    tokens.may_read(request.scope)
    form = TokenForm(request.POST or None)
    at, made = clock.now(), ""
    if request.method == "POST" and form.is_valid():
        made = tokens.make(account_id=request.account.pk, by=request.account.pk, at=at, **form.cleaned_data)
        form = TokenForm()
    own = tokens.of_account(request.account.pk)
    read = readings.last_read([each.pk for each in own])
    rows = [_row(each, read, at) for each in own]
    context = {
        "form": form,
        "made": made,
        "rows": rows,
        "living": sum(row["state"] == "living" for row in rows),
        "lists": [(f"{openapi.BASE}{code}", word) for code, word in LISTS.items()],
        "base": f"{request.scheme}://{request.get_host()}",
        "village": request.village.pk,
        "most": MOST,
    }
    return render(request, "interop/interface.html", context)


def _row(token: ReadToken, read: Mapping[UUID, datetime], at: datetime) -> dict[str, object]:
    state = "revoked" if token.revoked_at else "ended" if token.ends_at <= at else "living"
    return {
        "token": token,
        "state": state,
        "read": read.get(token.pk),
        "reason": REVEAL_REASON.get(token.reason, ""),
    }


@require_POST
def revoke(request: ScopedRequest, token_id: UUID) -> HttpResponse:
    """End one of one's own tokens, also for who may not make one any more."""
    token = tokens.one(request.account.pk, token_id)
    tokens.revoke(token=token, by=request.account.pk, at=clock.now())
    notices.say(request, _("已停用“%(name)s”") % {"name": token.name})
    return HttpResponseRedirect(reverse("interface"))


@require_GET
def read(request: ScopedRequest) -> HttpResponse:
    """Which program read what, on which day, with whose token and why."""
    tokens.may_read(request.scope)
    page = readings.told(request.scope, request.village.pk, after=cursor(request))
    rows = [(each, LISTS[each.what], REVEAL_REASON.get(each.reason, "")) for each in page.rows]
    return render(request, "interop/read.html", {"rows": rows, "next": page.next})


@require_GET
def document(request: ScopedRequest) -> HttpResponse:
    """The OpenAPI document."""
    tokens.may_read(request.scope)
    return HttpResponse(openapi.text(), content_type="application/json")


urlpatterns = [
    path("interface/", interface, "interface"),
    path("interface/read/", read, "interface_read"),
    path("interface/openapi.json", document, "interface_document"),
    path("interface/<uuid:token_id>/revoke/", revoke, "interface_revoke"),
]
