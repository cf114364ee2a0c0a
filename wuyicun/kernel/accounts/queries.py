"""What is asked of accounts: who is this, what may they do now, which villages are there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from wuyicun.kernel.accounts.models import Account, Grant, Village
from wuyicun.kernel.database.statements import array, execute
from wuyicun.kernel.roles import ROLES
from wuyicun.kernel.scope import Held, Scope, within


def grants_in_force(account_id: UUID, at: datetime) -> Sequence[Grant]:
    """The account's grants that hold at this moment, widest area first."""
    return list(
        Grant.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=at), account_id=account_id, starts_at__lte=at
        ).order_by("area_path", "role")
    )


def scope_of(account: Account, at: datetime) -> Scope:
    """What the account may do at this moment; an inactive account may do nothing."""
    if not account.is_active:
        return Scope(account_id=account.pk, villages=())
    grants = [grant for grant in grants_in_force(account.pk, at) if grant.role in ROLES]
    villages = {grant.village_id for grant in grants if grant.village_id is not None}
    for grant in grants:
        if grant.village_id is None:
            villages.update(village.pk for village in villages_below(grant.area_path))
    held = tuple(Held(ROLES[grant.role], grant.area_path) for grant in grants)
    return Scope(account_id=account.pk, villages=tuple(sorted(villages)), held=held)


_HELD = """
WITH held AS (
  SELECT account_id, role, area_path, village_id FROM accounts_grant
  WHERE account_id = ANY (%s::uuid[]) AND starts_at <= %s AND (ends_at IS NULL OR ends_at > %s))
SELECT h.account_id, h.role, h.area_path, v.id, v.area_path FROM held h JOIN accounts_village v ON v.id = h.village_id
UNION ALL
SELECT h.account_id, h.role, h.area_path, v.id, v.area_path FROM held h LEFT JOIN accounts_village v
  ON v.area_path >= h.area_path AND v.area_path < h.area_path || '~'
WHERE h.village_id IS NULL
"""


def scopes_and_paths(account_ids: Collection[UUID], at: datetime) -> Mapping[UUID, tuple[Scope, Mapping[UUID, str]]]:
    """The scopes of accounts that are active, and where in the tree each of their villages stands.

    In one statement, for who asks every second.
    """
    held: dict[UUID, set[tuple[str, str]]] = {account_id: set() for account_id in account_ids}
    paths: dict[UUID, dict[UUID, str]] = {account_id: {} for account_id in account_ids}
    for account_id, role, area_path, village, path in execute(_HELD, array(account_ids), at, at):
        if role in ROLES:
            held[account_id].add((area_path, role))
            if village is not None:
                paths[account_id][village] = path
    return {
        account_id: (
            Scope(
                account_id=account_id,
                villages=tuple(sorted(paths[account_id])),
                held=tuple(Held(ROLES[role], area_path) for area_path, role in sorted(held[account_id])),
            ),
            paths[account_id],
        )
        for account_id in account_ids
    }


def villages_below(area_path: str) -> Sequence[Village]:
    """All villages in an area above the village, by their place in the tree."""
    return list(Village.objects.filter(within(area_path)).order_by("area_path"))


def villages(ids: Sequence[UUID]) -> Sequence[Village]:
    """The named villages, by their place in the tree."""
    return list(Village.objects.filter(pk__in=ids).order_by("area_path"))


def all_villages() -> Sequence[Village]:
    """Every village of the installation (for the command line and jobs)."""
    return list(Village.objects.order_by("area_path"))


def village_at(area_path: str) -> Village | None:
    """The village with this official number."""
    return Village.objects.filter(area_path=area_path).first()


def names_of(ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of accounts, for lists of who did what."""
    return dict(Account.objects.filter(pk__in=ids).values_list("pk", "name"))


def by_id(ids: Iterable[UUID]) -> dict[UUID, Account]:
    """The accounts with these ids."""
    return {account.pk: account for account in Account.objects.filter(pk__in=list(ids))}


def held_by(ids: Iterable[UUID], at: datetime) -> dict[UUID, list[Held]]:
    """What each of the accounts may do now or has been promised for later; an account that holds nothing is missing."""
    found: dict[UUID, list[Held]] = {}
    grants = Grant.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), account_id__in=list(ids))
    for grant in grants.order_by("area_path", "role"):
        if grant.role in ROLES:
            found.setdefault(grant.account_id, []).append(Held(ROLES[grant.role], grant.area_path))
    return found


def taken_usernames() -> set[str]:
    """Every user name that is in use, or was."""
    return set(Account.objects.values_list("username", flat=True))


def by_username(username: str) -> Account | None:
    """The account with this user name."""
    return Account.objects.filter(username=username).first()
