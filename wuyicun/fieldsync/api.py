"""The phone's questions, as JSON. The first needs the log-in's cookie, the others the token it gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import msgspec
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.screening import queries as screening
from wuyicun.fieldsync import queries, tokens
from wuyicun.fieldsync.schemas import (
    FindAsked,
    RoundsTold,
    SessionAsked,
    SessionTold,
    VillageTold,
    WorkerTold,
)
from wuyicun.fieldsync.tokens import Sender
from wuyicun.kernel import clock
from wuyicun.kernel import scope as scopes
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import Permission

_encode = msgspec.json.Encoder().encode


def told(answer: object, status: int = 200) -> HttpResponse:
    """A JSON answer that nobody keeps."""
    return HttpResponse(
        _encode(answer), content_type="application/json", status=status, headers={"Cache-Control": "no-store"}
    )


@require_POST
def session(request: HttpRequest) -> HttpResponse:
    """Give a device a token for the account that is logged in."""
    if not request.user.is_authenticated:
        return told({"code": "log_in"}, 401)
    try:
        asked = msgspec.json.decode(request.body, type=SessionAsked)
    except msgspec.DecodeError:
        return told({"code": "unreadable"}, 400)
    scoped = cast("ScopedRequest", request)
    if not scoped.villages:
        return told({"code": "not_found"}, 404)
    at = clock.now()
    roles = [held.role for held in scoped.scope.held]
    return told(
        SessionTold(
            token=tokens.make_token(account=scoped.account, device=asked.device, scope=scoped.scope, at=at),
            device=asked.device,
            server_time=at,
            worker=WorkerTold(
                id=scoped.account.pk,
                name=scoped.account.name,
                role=str(roles[0].name) if roles else "",
                may=sorted({permission for role in roles for permission in role.permissions}),
            ),
            villages=[VillageTold(village.pk, village.name) for village in scoped.villages],
        )
    )


def _with_token(view: Callable[[HttpRequest, Sender], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Know the sender by their token and enter their scope; refusals become JSON."""

    @csrf_exempt  # a token is not sent by the browser on its own
    def checked(request: HttpRequest) -> HttpResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        sender = tokens.sender(token, clock.now()) if token else None
        if sender is None:
            return told({"code": "unknown_token"}, 401)
        try:
            with scopes.enter(sender.scope):
                return view(request, sender)
        except (Refusal, ObjectDoesNotExist) as error:
            return told({"code": getattr(error, "code", "not_found")}, getattr(error, "status", 404))
        except (msgspec.DecodeError, ValueError):
            return told({"code": "unreadable"}, 400)

    return checked


def _village(sender: Sender, value: Any, permission: Permission) -> UUID | None:
    """The village that is asked about, when the sender may; None: to them it does not exist."""
    village = value if isinstance(value, UUID) else UUID(str(value))
    path_ = sender.villages.get(village)
    if village not in sender.scope.villages or path_ is None:
        return None
    return village if sender.scope.may_in(path_).get(permission) else None


@require_GET
@_with_token
def rounds(request: HttpRequest, sender: Sender) -> HttpResponse:
    """The open rounds of a village."""
    village = _village(sender, request.GET.get("village", ""), Permission.SAMPLE)
    return told({"code": "not_found"}, 404) if village is None else told(RoundsTold(queries.rounds_told(village)))


@require_POST
@_with_token
def find(request: HttpRequest, sender: Sender) -> HttpResponse:
    """Look somebody up for sampling."""
    asked = msgspec.json.decode(request.body, type=FindAsked)
    village = _village(sender, asked.village, Permission.SAMPLE)
    if village is None:
        return told({"code": "not_found"}, 404)
    round_ = screening.round_(village, asked.round)
    return told(queries.find(sender.scope, village, round_, asked.text, clock.now()))


@require_GET
@_with_token
def missing(request: HttpRequest, sender: Sender) -> HttpResponse:
    """Who is missing, page by page."""
    village = _village(sender, request.GET.get("village", ""), Permission.VIEW_PEOPLE)
    if village is None:
        return told({"code": "not_found"}, 404)
    round_ = screening.round_(village, UUID(request.GET.get("round", "")))
    cursor = request.GET.get("cursor")
    area = request.GET.get("area") or round_.area_path
    after = UUID(cursor) if cursor else None
    return told(
        queries.missing(
            scope=sender.scope, village_id=village, round_=round_, area_path=area, after=after, at=clock.now()
        )
    )


urlpatterns = [
    path("session", session, name="field_session"),
    path("rounds", rounds, name="field_rounds"),
    path("find", find, name="field_find"),
    path("missing", missing, name="field_missing"),
]
