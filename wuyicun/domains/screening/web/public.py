"""Is a paper genuine? For anybody, without a log-in: nothing of a person, and not too often."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_http_methods

from wuyicun.domains.screening import codes, proving, queries, slips
from wuyicun.domains.screening.codes import Code
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.words import RESULT_LOOKS
from wuyicun.kernel import scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.web import limits

MOST, WITHIN_SECONDS = 60, 60
"""A whole office checks papers behind one address; somebody who guesses codes does not come far."""
MOST_BYTES = 40 * 2**20


@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Where a code is typed."""
    text = request.GET.get("code", "")
    code = codes.read(text)
    if code is not None:
        return redirect("check_code", code=text.strip())
    return _page(request, {"typed": text, "unreadable": bool(text.strip())})


@require_http_methods(["GET", "POST"])
def check_code(request: HttpRequest, code: str) -> HttpResponse:
    """What stands behind a code; with a file, whether it is the very one that was printed."""
    if not limits.allowed(request, "check", most=MOST, within_seconds=WITHIN_SECONDS):
        return _page(request, {"too_often": True}, status=429)
    asked = codes.read(code)
    village = accounts.village_at(asked.village_path) if asked else None
    if asked is None or village is None:
        return _page(request, {"typed": code, "unknown": True}, status=404)
    with scope.enter(scope.of_system([village.pk])), timezone.override(ZoneInfo(village.time_zone)):
        found = _proof(request, village, asked) if asked.kind == codes.PROOF else _slip(village, asked)
        if found is None:
            return _page(request, {"typed": code, "unknown": True}, status=404)
        return _page(request, {"village": village.name, "typed": code, **found})


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, "screening/public/check.html", context, status=status)
    patch_cache_control(response, no_store=True, private=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def _proof(request: HttpRequest, village: Village, code: Code) -> dict[str, Any] | None:
    printed = queries.proof(village.pk, str(code))
    if printed is None:
        return None
    latest: datetime = queries.proofs(village.pk, printed.round_id, 1)[0].made_at
    return {
        "proof": printed,
        "final": printed.data["state"] in (RoundState.CLOSED, RoundState.AMENDED),
        "later": latest if latest > printed.made_at else None,
        "file": _file(request, printed),
    }


def _slip(village: Village, code: Code) -> dict[str, Any] | None:
    checked = slips.checked(village.pk, code)
    if checked is None:
        return None
    look = RESULT_LOOKS[checked.slip.result] if checked.slip else None
    return {"slip": checked, "look": look}


def _file(request: HttpRequest, printed: queries.Printed) -> str:
    """'' when none was given, else 'same', 'other' or 'too_big'; it is read once and not kept."""
    given = request.FILES.get("file") if request.method == "POST" else None
    if given is None:
        return ""
    if given.size is None or given.size > MOST_BYTES:
        return "too_big"
    return "same" if proving.same_file(printed, given.chunks()) else "other"
