"""实验室接口: the tokens that one has given to laboratories, and how their programs send results."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wuyicun.domains.laboratory import openapi, queries, tokens
from wuyicun.domains.laboratory.schemas import MOST
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.web import notices

DAYS = ((30, gettext_lazy("30 天")), (90, gettext_lazy("90 天")), (tokens.LONGEST_DAYS, gettext_lazy("一年")))


class TokenForm(forms.Form):
    """A new token."""

    use_required_attribute = False

    name = forms.CharField(
        label=gettext_lazy("给哪个实验室"), max_length=64, help_text=gettext_lazy("例如：县医院检验科")
    )
    days = forms.TypedChoiceField(label=gettext_lazy("有效期"), choices=DAYS, coerce=int, initial=90)


@never_cache
@require_http_methods(["GET", "POST"])
def tokens_page(request: ScopedRequest) -> HttpResponse:
    """One's own tokens; a new one is shown once, on the page that made it."""
    tokens.may_make(request.scope)
    at, made = clock.now(), ""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tokens.make(account_id=request.account.pk, at=at, **form.cleaned_data)
        form = TokenForm()
    rows = [
        (each, "revoked" if each.revoked_at else "ended" if each.ends_at <= at else "living")
        for each in queries.tokens_of(request.account.pk)
    ]
    context = {
        "form": form,
        "made": made,
        "rows": rows,
        "living": sum(state == "living" for _token, state in rows),
        "address": f"{request.scheme}://{request.get_host()}{openapi.PATH}",
        "village": request.village.area_path,
        "most": MOST,
    }
    return render(request, "laboratory/tokens.html", context)


@require_POST
def revoke(request: ScopedRequest, token_id: UUID) -> HttpResponse:
    """End one of one's own tokens, also for who may not make one any more."""
    token = tokens.one(request.account.pk, token_id)
    tokens.revoke(token=token, by=request.account.pk, at=clock.now())
    notices.say(request, _("已停用“%(name)s”") % {"name": token.name})
    return HttpResponseRedirect(reverse("laboratory_tokens"))


@require_GET
def document(request: ScopedRequest) -> HttpResponse:
    """The OpenAPI document."""
    tokens.may_make(request.scope)
    return HttpResponse(openapi.text(), content_type="application/json")
