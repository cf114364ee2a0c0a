"""Tokens with which programs come in the name of an account, kept as digests by the rooms that give them."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import models

from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts import second_factor
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.scope import Scope

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Holder(Generic[Row]):
    """Whose token it is, and what that account may do now."""

    row: Row
    account: Account
    scope: Scope


def new_token() -> tuple[str, bytes]:
    """A token in clear, shown once, and what is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def holder(rows: models.QuerySet[Row, Any], token: str, at: datetime) -> Holder[Row] | None:
    """Who comes with it; None when it is unknown, ended or revoked, or its account is not active."""
    found: Any = rows.filter(digest=digest(token), revoked_at__isnull=True, ends_at__gt=at).first()
    account = accounts.by_id([found.account_id]).get(found.account_id) if found else None
    if found is None or account is None or not account.is_active:
        return None
    held = accounts.scope_of(account, at)
    return Holder(found, account, second_factor.withhold(held, second_factor.owed_from(account, held, at), at))
