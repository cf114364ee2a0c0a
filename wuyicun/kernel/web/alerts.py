"""What is wrong right now, asked for again and again by pages that stay open."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.web.context import shell


@login_required
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """The lines that `base.html` shows on top, for whom there can be any."""
    if not shell(request)["frame"]["is_alerted"]:
        raise NotYours
    return render(request, "components/alerts.html")
