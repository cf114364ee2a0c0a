"""The reading API: JSON, a page at a time, with a token; each page is written down before it is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from wuyicun.interop import lists, readings, schemas, tokens
from wuyicun.interop.lists import MOST, USUAL, Wanted
from wuyicun.interop.tokens import Reader
from wuyicun.kernel import clock
from wuyicun.kernel import scope as scopes
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.errors import NotYours, Refusal

_AREA = re.compile(r"[0-9]{0,32}", re.ASCII)


class Unreadable(Refusal):
    """A parameter that is none."""

    code = "unreadable"
    status = 400


Answer = Callable[[HttpRequest, Reader, datetime], msgspec.Struct]


def _with_token(answer: Answer) -> Callable[[HttpRequest], HttpResponse]:
    """Know the reader by their token and enter their scope; refusals become JSON."""

    @csrf_exempt  # a token is not sent by the browser on its own
    @require_GET
    def checked(request: HttpRequest) -> HttpResponse:
        at = clock.now()
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        reader = tokens.reader(token.strip(), at) if kind.lower() == "bearer" else None
        if reader is None:
            return _told(schemas.Refused("unknown_token"), 401)
        try:
            with scopes.enter(reader.scope):
                tokens.may_read(reader.scope)
                return _told(answer(request, reader, at))
        except Refusal as error:
            return _told(schemas.Refused(error.code), error.status)

    return checked


def _told(answer: msgspec.Struct, status: int = 200) -> HttpResponse:
    return HttpResponse(
        msgspec.json.encode(answer),
        content_type="application/json",
        status=status,
        headers={"Cache-Control": "no-store"} | ({"WWW-Authenticate": "Bearer"} if status == 401 else {}),
    )


def _villages(_request: HttpRequest, reader: Reader, _at: datetime) -> msgspec.Struct:
    return lists.villages(reader.scope)


def _list(what: str) -> Answer:
    def answer(request: HttpRequest, reader: Reader, at: datetime) -> msgspec.Struct:
        wanted = _wanted(request, reader)
        [village] = accounts.villages([wanted.village_id])
        told = lists.LISTS[what](wanted)
        readings.log(
            reader=reader,
            village=village,
            what=what,
            area_path=wanted.area,
            rows=len(told.items),
            reason=reader.reason if what in lists.WITH_NUMBERS else "",
            at=at,
        )
        return told

    return answer


def _wanted(request: HttpRequest, reader: Reader) -> Wanted:
    """What the address asks for.

    Raises:
        NotYours: a village that is none of the account's.
        Unreadable: something that cannot be read.
    """
    area, after = request.GET.get("area", ""), request.GET.get("after")
    try:
        village_id, behind = UUID(request.GET.get("village", "")), UUID(after) if after else None
        limit = int(request.GET.get("limit", USUAL))
    except ValueError as error:
        raise Unreadable from error
    if not 1 <= limit <= MOST or not _AREA.fullmatch(area):
        raise Unreadable
    if village_id not in reader.scope.villages:
        raise NotYours
    return Wanted(reader.scope, village_id, area, behind, limit, clear=bool(reader.reason))


urlpatterns = [
    path("villages", _with_token(_villages), name="read_villages"),
    *(path(what, _with_token(_list(what)), name=f"read_{what}") for what in lists.LISTS),
]
