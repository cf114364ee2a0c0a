"""The tokens with which laboratories' programs send results, in the name of the account that made them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from wuyicun.domains.laboratory.models import Token
from wuyicun.kernel.accounts import programs
from wuyicun.kernel.accounts.programs import Holder
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

LONGEST_DAYS = 366


def may_make(scope: Scope) -> None:
    """Raises NotYours for who may not enter results."""
    if not scope.permits(Permission.ENTER_RESULTS):
        raise NotYours


@transaction.atomic
def make(*, account_id: UUID, name: str, days: int, at: datetime) -> str:
    """A new token for a laboratory, in clear this once; it opens something for so many days."""
    token, digest = programs.new_token()
    ends_at = at + timedelta(days=days)
    made = Token.objects.create(account_id=account_id, name=name, digest=digest, made_at=at, ends_at=ends_at)
    subject = ("laboratory_token", made.pk)
    audit("laboratory.make_token", by=account_id, at=at, subject=subject, data={"days": days})
    return token


@transaction.atomic
def revoke(*, token: Token, by: UUID | None, at: datetime) -> None:
    """From now on it opens nothing. Once revoked it stays so."""
    if Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
        audit("laboratory.revoke_token", by=by, at=at, subject=("laboratory_token", token.pk))


@transaction.atomic
def revoke_all(*, account_id: UUID, at: datetime) -> None:
    """The same for all of an account: its password was changed, or it was locked or ended."""
    for token in Token.objects.filter(account_id=account_id, revoked_at__isnull=True):
        revoke(token=token, by=None, at=at)


def one(account_id: UUID, token_id: UUID) -> Token:
    """A token of the account's own. Raises NotYours."""
    found = Token.objects.filter(account_id=account_id, pk=token_id).first()
    if found is None:
        raise NotYours
    return found


def sender(token: str, at: datetime) -> Holder[Token] | None:
    """Who sends with it; None when it is unknown, ended or revoked, or its account is not active."""
    return programs.holder(Token.objects.all(), token, at)
