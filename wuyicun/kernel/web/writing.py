"""Pages that write: the record that a form carries, a refusal said on the next page, the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Outcome
from wuyicun.kernel.records.office import submit
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.responses import ours


def carried_record(request: HttpRequest) -> UUID:
    """The id that the form gave the record it makes; a new one when it carries none that can be read."""
    try:
        return UUID(request.POST.get("record", ""))
    except ValueError:
        return uuid7()


def make_record(
    request: ScopedRequest, kind: str, data: Mapping[str, object], record_id: UUID | None = None
) -> Outcome:
    """Make one record in the name of who asks, with what they may do in the village that the page is of.

    Args:
        record_id: which the form carried, where it was read already.

    Raises:
        NotTaken: the record would have been quarantined.
    """
    return submit(
        village_id=request.village.pk,
        by=request.account.pk,
        may=request.scope.may_in(request.village.area_path),
        kind=kind,
        data=data,
        at=clock.now(),
        record_id=record_id or carried_record(request),
    )


def attempt(request: HttpRequest, do: Callable[[], object], said: str, *, undo_url: str = "") -> bool:
    """Do it and say so; a refusal is said on the next page instead, and nothing was changed."""
    try:
        do()
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        notices.say(request, str(refusal), level=messages.ERROR)
        return False
    notices.say(request, said, undo_url=undo_url)
    return True


def back_to(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Go to the page that the form names as `next`, or that it stood on, if it is one of ours."""
    return HttpResponseRedirect(
        ours(request, request.POST.get("next", "") or request.headers.get("Referer", ""), otherwise)
    )
