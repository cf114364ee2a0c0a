"""Accounts and what they were granted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from wuyicun.kernel.crypto import blind_index, seal, unseal
from wuyicun.kernel.ids import uuid7

PHONE = "accounts.account.phone"


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; only `actions` calls it."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """Somebody who logs in, by user name or by phone. Not a person of the registry: that is a plain id.

    Locked is who is not active, ended who has an end. While there is a `first_password_until`, the password is the one
    of the slip: it must be changed at the first log-in, and opens nothing after that moment. `second_factor_due_at` is
    since when exports and administration wait for a second factor; none while nobody asked for one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, unique=True)
    email = models.EmailField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    person_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    first_password_until = models.DateTimeField(null=True)
    second_factor_due_at = models.DateTimeField(null=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    @property
    def phone(self) -> str | None:
        """The phone number in clear, or None."""
        return None if self.phone_sealed is None else unseal(self.phone_sealed, PHONE)

    def set_phone(self, phone: str | None) -> None:
        """Seal the number (digits only) and its index."""
        self.phone_sealed = None if phone is None else seal(phone, PHONE)
        self.phone_index = None if phone is None else blind_index(phone, PHONE)

    # Django's and allauth's own code asks these of every user; the program's permissions are grants.
    @property
    def is_staff(self) -> bool:
        return False

    @property
    def is_superuser(self) -> bool:
        return False

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, permission: str, thing: Any = None) -> bool:
        return False


class Grant(models.Model):
    """A role over an area (and all below it) from a day to a day; all that `kernel.scope` reads.

    Written by `territory` when a post begins or ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32)
    area_path = models.CharField(max_length=32, db_collation="C")
    village_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="grant_ends_after_it_starts"
            )
        ]


class Village(models.Model):
    """The register of the units of data: which villages this installation holds, and where they stand in the tree."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area_path = models.CharField(max_length=32, unique=True, db_collation="C")
    name = models.CharField(max_length=64)
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    created_at = models.DateTimeField()


class SetupCode(models.Model):
    """A one-time code that opens the set-up page of an empty installation; kept as a keyed digest.

    Claimed by the first who types it, done when the first account is made or a newer code takes its place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
