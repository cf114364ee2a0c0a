"""Who exports or administers needs a second factor: asked for at the log-in, waited for some days, then insisted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import wraps
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.roles import SECOND_FACTOR
from wuyicun.kernel.scope import Scope

View = Callable[..., HttpResponseBase]

TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_one(account_id: UUID) -> bool:
    """Has the account a second factor? Recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user_id=account_id, type__in=TYPES).exists())


def who_have_one(accounts: list[UUID]) -> set[UUID]:
    """Those of the accounts that have one."""
    return set(Authenticator.objects.filter(user_id__in=accounts, type__in=TYPES).values_list("user_id", flat=True))


def owed_from(account: Account, scope: Scope, at: datetime) -> datetime | None:
    """From when on the account may not export or administer; None when it has a second factor or needs none."""
    if not settings.WUYI_SECOND_FACTOR_REQUIRED or not any(scope.holds(each) for each in SECOND_FACTOR):
        return None
    if has_one(account.pk):
        return None
    grace = timedelta(days=settings.WUYI_SECOND_FACTOR_DAYS)
    return keeping.owe_second_factor(account=account, grace=grace, at=at)


def withhold(scope: Scope, owed: datetime | None, at: datetime) -> Scope:
    """The scope as it holds now: without what waits for a second factor, when the days of grace are over."""
    return scope if owed is None or at < owed else replace(scope, withheld=SECOND_FACTOR)


def audited(view: View) -> View:
    """A view of allauth that sets up or forgets a second factor: what it changed is audited in its transaction."""

    @wraps(view)
    def audited_view(request: HttpRequest, **named: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return view(request, **named)
        account = request.user.pk
        before = _kept(account)
        response = view(request, **named)
        after = _kept(account)
        if after != before:
            types = sorted(after.values())
            audit(
                "accounts.second_factor", by=account, at=clock.now(), subject=("account", account), data={"now": types}
            )
        return response

    return audited_view


def _kept(account_id: UUID) -> dict[int, str]:
    return dict(Authenticator.objects.filter(user_id=account_id).values_list("pk", "type"))
