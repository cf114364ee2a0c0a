"""首次登录纸条: shown once, printed from what the page sends back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from wuyicun.domains.territory import access, slips
from wuyicun.domains.territory.slips import Slip
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents import qr
from wuyicun.kernel.documents.cells import in_words
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.web import outside
from wuyicun.kernel.web.formatting import day_time_words
from wuyicun.kernel.web.responses import pdf


def show_slips(request: ScopedRequest, made: Sequence[Slip], at: datetime) -> HttpResponse:
    """The page that shows first passwords, once; nothing keeps it."""
    found = outside.address(request, reverse("account_login"))
    context = {
        "slips": made,
        "packed": slips.pack(made, by=request.account.pk, at=at),
        "address": found,
        "only_here": outside.only_here(request),
    }
    response = render(request, "territory/slips.html", context)
    patch_cache_control(response, no_store=True, private=True)
    return response


@sensitive_post_parameters()
@require_POST
def account_slips(request: ScopedRequest) -> HttpResponse:
    """The slips on A4, to cut apart."""
    access.staff(request.scope, request.village)
    at = clock.now()
    made = slips.unpack(request.POST.get("slips", ""), by=request.account.pk, at=at)
    found = outside.address(request, reverse("account_login"))
    data = {
        "made": {"by": request.account.name, "at": in_words(at)},
        "village": request.village.name,
        "address": found,
        "qr": qr.svg(found),
        "slips": [
            {
                "name": slip.name,
                "tasks": slip.tasks,
                "username": slip.username,
                "password": slip.password,
                "until": day_time_words(slip.until, at),
            }
            for slip in made
        ],
    }
    return pdf(typeset("slips", data, language=get_language() or "zh-hans"), _("首次登录纸条"))
