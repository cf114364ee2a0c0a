"""Tokens for other programs: made by who may export, for a while, shown once; never more than their account may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from wuyicun.interop.models import ReadToken
from wuyicun.kernel.accounts import programs
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

PERMISSION = Permission.EXPORT_LEDGER
"""To read all by a program is to take it away: asked at each reading, too."""
LONGEST_DAYS = 366


@dataclass(frozen=True)
class Reader:
    """Who reads with a token, and what their account may do now.

    Attributes:
        reason: what numbers are read in clear for; '' when they are masked.
    """

    account_id: UUID
    token_id: UUID
    scope: Scope
    reason: str


def may_read(scope: Scope) -> None:
    """Raises NotYours for who may not take lists away."""
    if not scope.permits(PERMISSION):
        raise NotYours


@transaction.atomic
def make(*, account_id: UUID, name: str, days: int, reason: str = "", by: UUID, at: datetime) -> str:
    """A new token, in clear this once.

    Args:
        days: how long it opens anything.
        reason: a code of `labels.REVEAL_REASON` when numbers are wanted in clear; '' masks them.
    """
    token, digest = programs.new_token()
    ends_at = at + timedelta(days=days)
    made = ReadToken.objects.create(
        account_id=account_id, name=name, reason=reason, digest=digest, made_at=at, ends_at=ends_at
    )
    data = {"days": days, "clear": bool(reason), "reason": reason}
    audit("interop.make_token", by=by, at=at, subject=("read_token", made.pk), data=data)
    return token


@transaction.atomic
def revoke(*, token: ReadToken, by: UUID | None, at: datetime) -> None:
    """From now on it opens nothing. Once revoked it stays so."""
    if ReadToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
        audit("interop.revoke_token", by=by, at=at, subject=("read_token", token.pk))


@transaction.atomic
def revoke_all(*, account_id: UUID, at: datetime) -> None:
    """The same for all of an account: its password was changed, or it was locked or ended."""
    for token in ReadToken.objects.filter(account_id=account_id, revoked_at__isnull=True):
        revoke(token=token, by=None, at=at)


def of_account(account_id: UUID) -> Sequence[ReadToken]:
    """The account's tokens, the newest first."""
    return list(ReadToken.objects.filter(account_id=account_id).order_by("-id"))


def one(account_id: UUID, token_id: UUID) -> ReadToken:
    """A token of the account's own. Raises NotYours."""
    found: ReadToken | None = ReadToken.objects.filter(account_id=account_id, pk=token_id).first()
    if found is None:
        raise NotYours
    return found


def reader(token: str, at: datetime) -> Reader | None:
    """Who reads with it; None when it is unknown, ended or revoked, or its account is not active."""
    found = programs.holder(ReadToken.objects.all(), token, at)
    return None if found is None else Reader(found.account.pk, found.row.pk, found.scope, found.row.reason)
