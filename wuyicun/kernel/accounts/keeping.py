"""Keeping accounts: first passwords, locking, ending, phones, second factors. Whoever calls has looked who may."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from axes.utils import reset as forget_failures
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.accounts import passwords
from wuyicun.kernel.accounts.events import SignedOut
from wuyicun.kernel.accounts.models import PHONE, Account
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.crypto import blind_index
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish


class PhoneTaken(Refusal):
    """One may log in by phone: a number belongs to one account."""

    code = "phone_taken"
    words = _("这个手机号已有账号使用，请换一个")


class HasEnded(Refusal):
    """An account that was ended stays so."""

    code = "account_ended"
    words = _("这个账号已结束，不能再用；请重新发账号")


def _locked_row(account_id: UUID) -> Account:
    return Account.objects.select_for_update().get(pk=account_id)


@transaction.atomic
def reset_password(*, account_id: UUID, by: UUID | None, at: datetime) -> str:
    """A new first password; it is returned once, and everything that was open under the old one ends.

    Raises:
        HasEnded.
    """
    account = _locked_row(account_id)
    if account.ended_at is not None:
        raise HasEnded
    password = passwords.make()
    account.password = passwords.hashed(password)
    account.first_password_until = at + passwords.VALID_FOR
    account.save(update_fields=["password", "first_password_until"])
    forget_failures(username=account.username)
    audit("accounts.reset_password", by=by, at=at, subject=("account", account_id))
    publish(SignedOut(account_id, at))
    return password


@transaction.atomic
def change_password(*, account_id: UUID, password: str, at: datetime) -> None:
    """The person's own new password, which validators have passed."""
    account = _locked_row(account_id)
    account.set_password(password)
    account.first_password_until = None
    account.save(update_fields=["password", "first_password_until"])
    audit("accounts.change_password", by=account_id, at=at, subject=("account", account_id))
    publish(SignedOut(account_id, at))


@transaction.atomic
def lock(*, account_id: UUID, by: UUID | None, at: datetime) -> None:
    """Let nobody in until it is unlocked; what is open ends."""
    _switch(account_id, False)
    audit("accounts.lock", by=by, at=at, subject=("account", account_id))
    publish(SignedOut(account_id, at))


@transaction.atomic
def unlock(*, account_id: UUID, by: UUID | None, at: datetime) -> None:
    """Let them in again, also after too many wrong passwords.

    Raises:
        HasEnded.
    """
    account = _switch(account_id, True)
    forget_failures(username=account.username)
    audit("accounts.unlock", by=by, at=at, subject=("account", account_id))


def _switch(account_id: UUID, is_active: bool) -> Account:
    account = _locked_row(account_id)
    if account.ended_at is not None:
        raise HasEnded
    account.is_active = is_active
    account.save(update_fields=["is_active"])
    return account


@transaction.atomic
def end(*, account_id: UUID, by: UUID | None, at: datetime) -> None:
    """End an account for good: what it did keeps its name, its phone number is free again. Its posts were ended before.

    Raises:
        HasEnded.
    """
    account = _switch(account_id, False)
    account.ended_at = at
    account.set_phone(None)
    account.save(update_fields=["ended_at", "phone_sealed", "phone_index"])
    audit("accounts.end", by=by, at=at, subject=("account", account_id))
    publish(SignedOut(account_id, at))


@transaction.atomic
def change_phone(*, account_id: UUID, phone: str | None, by: UUID, at: datetime) -> None:
    """Another phone number, or none.

    Raises:
        PhoneTaken.
    """
    account = _locked_row(account_id)
    if phone is not None:
        others = Account.objects.filter(phone_index=blind_index(phone, PHONE)).exclude(pk=account_id)
        if others.exists():
            raise PhoneTaken
    account.set_phone(phone)
    account.save(update_fields=["phone_sealed", "phone_index"])
    audit("accounts.change_phone", by=by, at=at, subject=("account", account_id))


@transaction.atomic
def reset_second_factor(*, account_id: UUID, by: UUID | None, at: datetime) -> None:
    """Forget a lost second factor. Exports and administration wait at once until there is a new one."""
    Authenticator.objects.filter(user_id=account_id).delete()
    Account.objects.filter(pk=account_id, second_factor_due_at__isnull=False).update(second_factor_due_at=at)
    audit("accounts.reset_second_factor", by=by, at=at, subject=("account", account_id))


@transaction.atomic
def owe_second_factor(*, account: Account, grace: timedelta, at: datetime) -> datetime:
    """From when on exports and administration wait for the account's second factor; set when it is asked first."""
    if account.second_factor_due_at is None:
        account.second_factor_due_at = at + grace
        account.save(update_fields=["second_factor_due_at"])
        audit("accounts.owe_second_factor", by=None, at=at, subject=("account", account.pk))
    return account.second_factor_due_at
