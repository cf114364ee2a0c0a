"""Making the first village and the first account in one step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wuyicun.domains.territory import actions as territory
from wuyicun.kernel import scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts import setup_code
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.audit.actions import audit


@dataclass(frozen=True)
class NewVillage:
    """The village as it was typed: its official code of twelve digits, its name, where its clocks stand."""

    code: str
    name: str
    time_zone: str


@dataclass(frozen=True)
class FirstAccount:
    """Who begins. `administers`: also keeps the system, besides leading the village."""

    username: str
    name: str
    phone: str | None
    password: str
    administers: bool


@transaction.atomic
def set_up(*, code_id: str, village: NewVillage, first: FirstAccount, at: datetime) -> Account:
    """Found the village and make its secretary's account; the one-time code is done with.

    Raises:
        CodeOver: somebody was faster, or it took too long.
    """
    setup_code.finish(code_id=code_id, at=at)
    founded = territory.found_village(code=village.code, name=village.name, time_zone=village.time_zone, by=None, at=at)
    account = accounts.create_account(
        username=first.username, name=first.name, password=first.password, phone=first.phone, by=None, at=at
    )
    roles = ("secretary", "administrator") if first.administers else ("secretary",)
    with scope.enter(scope.of_system([founded.pk])):
        for role in roles:
            territory.appoint(
                village_id=founded.pk,
                area_path=founded.area_path,
                role=role,
                holder_name=first.name,
                account_id=account.pk,
                starts_at=at,
                by=account.pk,
                at=at,
            )
    audit("accounts.set_up", by=account.pk, at=at, village_id=None, subject=("village", founded.pk))
    return account
