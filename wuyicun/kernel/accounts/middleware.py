"""Every request of somebody who is logged in runs in their scope: one transaction, only their villages' rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries, second_factor
from wuyicun.kernel.accounts.models import Account, Village
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.scope import Scope

CHOSEN = "wuyi_village"


class ScopedRequest(HttpRequest):
    """A request of an account in its scope, looking at one of its villages.

    Attributes:
        account: who asks.
        scope: what they may do, where.
        second_factor_due: from when on exports and administration wait for a second factor; None when nothing is owed.
        villages: the villages they may choose from.
        village: the one that is looked at; to touch it raises NotYours when the account has none.
    """

    account: Account
    scope: Scope
    second_factor_due: datetime | None
    villages: list[Village]
    chosen: Village | None
    village: Village


def village_of(request: HttpRequest) -> Village:
    """The village that the request looks at. Raises NotYours when there is none."""
    chosen: Village | None = getattr(request, "chosen", None)
    if chosen is None:
        raise NotYours
    return chosen


class ScopeMiddleware:
    """Finds the scope, enters it, and takes back everything when the request fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.get_response(request)
        asked = cast("ScopedRequest", request)
        at = clock.now()
        asked.account = request.user
        held = queries.scope_of(asked.account, at)
        asked.second_factor_due = second_factor.owed_from(asked.account, held, at)
        asked.scope = second_factor.withhold(held, asked.second_factor_due, at)
        asked.villages = list(queries.villages(asked.scope.villages))
        asked.chosen = _choose(asked)
        asked.village = cast("Village", SimpleLazyObject(lambda: village_of(request)))
        zone = ZoneInfo(asked.chosen.time_zone) if asked.chosen is not None else None
        with scope.enter(asked.scope), timezone.override(zone):
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response


def _choose(request: ScopedRequest) -> Village | None:
    chosen = request.session.get(CHOSEN)
    by_id = {str(village.pk): village for village in request.villages}
    return by_id.get(str(chosen)) or next(iter(request.villages), None)


def choose_village(request: HttpRequest, village_id: UUID) -> None:
    """Look at another of the account's villages from now on. Raises NotYours when it is not one of them."""
    if village_id not in {village.pk for village in cast("ScopedRequest", request).villages}:
        raise NotYours
    request.session[CHOSEN] = str(village_id)
