"""Making accounts and giving or ending grants."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.accounts import passwords
from wuyicun.kernel.accounts.models import PHONE, Account, Grant, Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.crypto import blind_index
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import ROLES


class NameTaken(Refusal):
    """A user name or phone belongs to one account."""

    code = "name_taken"
    words = _("登录名或手机号已被使用，请换一个")


@transaction.atomic
def create_account(
    *,
    username: str,
    name: str,
    password: str,
    phone: str | None,
    is_first: bool = False,
    by: UUID | None,
    at: datetime,
) -> Account:
    """A new account.

    Args:
        username: unique, what is typed at the log-in.
        name: the person's name as shown.
        password: in clear; stored as Django's hash.
        phone: digits only, or None; unique too, since one may log in by it.
        is_first: the password was made at random for a slip, and must be changed at the first log-in.

    Raises:
        NameTaken: the user name or the phone has an account.
    """
    if is_taken(username=username, phone=phone):
        raise NameTaken
    account = Account(username=username, name=name, created_at=at)
    account.set_phone(phone)
    if is_first:
        account.password = passwords.hashed(password)
        account.first_password_until = at + passwords.VALID_FOR
    else:
        account.set_password(password)
    account.save(force_insert=True)
    audit("accounts.create", by=by, at=at, subject=("account", account.pk))
    return account


def is_taken(*, username: str, phone: str | None) -> bool:
    """Does an account have this user name or phone?"""
    taken = Q(username=username)
    if phone is not None:
        taken |= Q(phone_index=blind_index(phone, PHONE))
    return Account.objects.filter(taken).exists()


@transaction.atomic
def give_grant(
    *,
    account_id: UUID,
    role: str,
    area_path: str,
    village_id: UUID | None,
    post_id: UUID | None,
    starts_at: datetime,
    ends_at: datetime | None = None,
    by: UUID | None,
    at: datetime,
) -> Grant:
    """Let an account act in a role over an area. Raises KeyError when there is no such role."""
    grant = Grant.objects.create(
        account_id=account_id,
        role=ROLES[role].code,
        area_path=area_path,
        village_id=village_id,
        post_id=post_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    audit(
        "accounts.grant",
        by=by,
        at=at,
        village_id=village_id,
        subject=("account", account_id),
        data={"role": role, "area": area_path},
    )
    return grant


@transaction.atomic
def end_grants_of_post(*, post_id: UUID, ends_at: datetime, by: UUID | None, at: datetime) -> None:
    """End what a post had given."""
    for grant in Grant.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=ends_at), post_id=post_id):
        grant.ends_at = max(ends_at, grant.starts_at)
        grant.save(update_fields=["ends_at"])
        audit(
            "accounts.end_grant",
            by=by,
            at=at,
            village_id=grant.village_id,
            subject=("account", grant.account_id),
            data={"role": grant.role},
        )


@transaction.atomic
def set_end_of_grants(*, post_id: UUID, ends_at: datetime | None, by: UUID | None, at: datetime) -> None:
    """What a post grants ends with it, then or never; what has ended stays as it is."""
    for grant in Grant.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), post_id=post_id):
        grant.ends_at = ends_at
        grant.save(update_fields=["ends_at"])
        audit(
            "accounts.set_end_of_grant",
            by=by,
            at=at,
            village_id=grant.village_id,
            subject=("account", grant.account_id),
            data={"role": grant.role},
        )


@transaction.atomic
def register_village(
    *, area_path: str, name: str, time_zone: str = "Asia/Shanghai", by: UUID | None, at: datetime
) -> Village:
    """Take a village into the register; the one who is already there is returned as it is."""
    village, made = Village.objects.get_or_create(
        area_path=area_path, defaults={"name": name, "time_zone": time_zone, "created_at": at}
    )
    if made:
        audit("accounts.register_village", by=by, at=at, subject=("village", village.pk))
    return village
