"""Log in by user name or by phone number, found through the phone's blind index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from wuyicun.kernel.accounts.models import PHONE, Account
from wuyicun.kernel.crypto import blind_index


class NameOrPhoneBackend(BaseBackend):
    """Finds the account by what was typed; takes the same time whether or not there is one."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> Account | None:
        typed = (username or credentials.get("login") or "").strip()
        if not typed or password is None:
            return None
        account = _find(typed)
        if account is None:
            Account().set_password(password)
            return None
        return account if account.check_password(password) and account.is_active else None

    def get_user(self, user_id: Any) -> Account | None:
        return Account.objects.filter(pk=user_id, is_active=True).first()


def _find(typed: str) -> Account | None:
    account = Account.objects.filter(username=typed).first()
    phone = _phone_in(typed)
    if account is None and phone is not None:
        account = Account.objects.filter(phone_index=blind_index(phone, PHONE)).first()
    return account


def _phone_in(typed: str) -> str | None:
    """The number, however it was spelled: +86 138-1234-5678."""
    digits = "".join(character for character in typed if character.isdigit())
    return digits[-11:] if len(digits) >= 11 else None


def counted_as(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """Under which name axes counts failures: a number counts as one however it is spelled, else each spelling would
    be five tries more."""
    given: Mapping[str, Any] = credentials or (request.POST if request is not None else {})
    typed = str(given.get("username") or given.get("login") or "").strip()
    return _phone_in(typed) or typed
