"""The door for laboratories' programs: results in JSON with a token; sending the same twice enters it once."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wuyicun.domains.laboratory import schemas, sending, tokens
from wuyicun.domains.laboratory.models import Line
from wuyicun.domains.laboratory.rules import Status
from wuyicun.kernel import clock
from wuyicun.kernel import scope as scopes
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

MOST_BYTES = 1_000_000
_OUTCOMES = {Status.ENTERED: "entered", Status.JOINED: "joined"}
_read = msgspec.json.Decoder(schemas.Sending).decode


@csrf_exempt  # a token is not sent by the browser on its own
@require_POST
def results(request: HttpRequest) -> HttpResponse:
    """Take results in."""
    at = clock.now()
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    sender = tokens.sender(token.strip(), at) if kind.lower() == "bearer" else None
    if sender is None:
        return _told(schemas.Refused("unknown_token"), 401)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return _told(schemas.Refused("too_large"), 413)
    try:
        sent = _read(request.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _told(schemas.Refused("unreadable"), 400)
    try:
        with scopes.enter(sender.scope):
            village = _village(sender.scope, sent.village)
            lines = sending.take_in(
                village=village, sending=sent, laboratory=sender.row.name, by=sender.account.pk, at=at
            )
            return _told(schemas.Taken([_line(line) for line in lines]))
    except Refusal as error:
        return _told(schemas.Refused(error.code), error.status)


def _village(scope: Scope, code: str) -> Village:
    """The village of this code, in all of which the account may enter results. Raises NotYours."""
    found = next((each for each in accounts.villages(scope.villages) if each.area_path == code), None)
    if found is None or not scope.permits(Permission.ENTER_RESULTS, found.area_path):
        raise NotYours
    return found


def _line(line: Line) -> schemas.Told:
    outcome = _OUTCOMES.get(Status(line.status), "queued")
    return schemas.Told(line.tube or line.code, outcome, line.cause, line.detail)  # type: ignore[arg-type]


def _told(answer: msgspec.Struct, status: int = 200) -> HttpResponse:
    return HttpResponse(
        msgspec.json.encode(answer),
        content_type="application/json",
        status=status,
        headers={"Cache-Control": "no-store"} | ({"WWW-Authenticate": "Bearer"} if status == 401 else {}),
    )


urlpatterns = [path("results", results, name="laboratory_results")]
