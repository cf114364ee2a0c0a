"""Device tokens: who sends, and what they may do now.

Each process looks up once a second, in one go, the tokens that are in use: what somebody loses is lost within a second.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error as DatabaseAway
from django.db import connection

from wuyicun.fieldsync.models import DeviceToken
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database.statements import execute
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

VALID_FOR = timedelta(days=14)
_KEEP_SECONDS = 1.0
_FORGET_SECONDS = 10.0


@dataclass(frozen=True)
class Sender:
    """Who sends with a token.

    Attributes:
        account_id: the account.
        device: the device's id.
        scope: what the account may do now.
        villages: each village that the account has, or had when the token was made, with its place in the tree.
    """

    account_id: UUID
    device: UUID
    scope: Scope
    villages: dict[UUID, str]
    _may: dict[UUID, Mapping[Permission, tuple[str, ...]]] = field(default_factory=dict, repr=False)

    def may_in(self, village: UUID) -> Mapping[Permission, tuple[str, ...]]:
        """What they may do now in one of their villages, and over which areas."""
        if village not in self._may:
            now = village in self.scope.villages
            self._may[village] = self.scope.may_in(self.villages[village]) if now else {}
        return self._may[village]


@dataclass(slots=True)
class _Kept:
    """Whose token it is (None: nobody's), and when, on the monotonic clock, it was looked up and used."""

    sender: Sender | None
    looked_up: float
    used: float


_known: dict[bytes, _Kept] = {}
_lock = threading.Lock()
_looker = ThreadPoolExecutor(1, "tokens")  # the event loop waits for no database


def make_token(*, account: Account, device: UUID, scope: Scope, at: datetime) -> str:
    """A new token for a device; older ones of the same device and account end."""
    token = secrets.token_urlsafe(32)
    DeviceToken.objects.filter(account_id=account.pk, device=device, revoked_at__isnull=True).update(revoked_at=at)
    DeviceToken.objects.create(
        account_id=account.pk,
        device=device,
        digest=_digest(token),
        villages=[str(village) for village in scope.villages],
        made_at=at,
        ends_at=at + VALID_FOR,
    )
    audit("fieldsync.token", by=account.pk, at=at, subject=("device", device))
    return token


def revoke(*, account_id: UUID, at: datetime) -> None:
    """End all tokens of an account; what its phones still hold they send after the next log-in."""
    DeviceToken.objects.filter(account_id=account_id, revoked_at__isnull=True).update(revoked_at=at)


def sender(token: str, at: datetime) -> Sender | None:
    """Who sends with this token; None when it is unknown, ended or revoked, or its account is not active."""
    digest = _digest(token)
    return _used(_fresh(digest) or _look_up_once(digest, at))


async def sender_for_loop(token: str, at: datetime) -> Sender | None:
    """The same for an event loop, which goes on meanwhile."""
    digest = _digest(token)
    kept = _fresh(digest)
    if kept is None:
        kept = await asyncio.get_running_loop().run_in_executor(_looker, _look_up_for_loop, digest, at)
    return _used(kept)


def _used(kept: _Kept) -> Sender | None:
    kept.used = time.monotonic()
    return kept.sender


def _fresh(digest: bytes) -> _Kept | None:
    kept = _known.get(digest)
    return kept if kept is not None and time.monotonic() - kept.looked_up < _KEEP_SECONDS else None


def _look_up_once(digest: bytes, at: datetime) -> _Kept:
    """Unless who was here before has found this token as well."""
    with _lock:
        return _fresh(digest) or _look_up(digest, at)


def _look_up_for_loop(digest: bytes, at: datetime) -> _Kept:
    """Nothing else closes this thread's connection when it is lost."""
    try:
        return _look_up_once(digest, at)
    except DatabaseAway:
        connection.close()
        raise


def _look_up(wanted: bytes, at: datetime) -> _Kept:
    """Look up a token, and with it those in use that are due as well; forget what nobody has used of late."""
    now = time.monotonic()
    for digest in [each for each, kept in _known.items() if now - kept.used >= _FORGET_SECONDS]:
        del _known[digest]
    due = {
        digest
        for digest, kept in _known.items()
        if kept.sender is not None and now - kept.looked_up >= _KEEP_SECONDS / 2
    }
    found = _find(due | {wanted}, at)
    for digest in due:
        _known[digest] = _Kept(found.get(digest), now, _known[digest].used)
    _known[wanted] = _Kept(found.get(wanted), now, now)
    return _known[wanted]


_FIND = """
SELECT t.digest, t.account_id, t.device, t.villages::text
FROM fieldsync_devicetoken t JOIN accounts_account a ON a.id = t.account_id
WHERE t.digest = ANY (%s) AND t.revoked_at IS NULL AND t.ends_at > %s AND a.is_active
"""


def _find(digests: Collection[bytes], at: datetime) -> Mapping[bytes, Sender]:
    rows = execute(_FIND, list(digests), at)
    scopes = accounts.scopes_and_paths({account_id for _digest, account_id, _device, _villages in rows}, at)
    return {
        bytes(digest): _sender(
            account_id, device, [UUID(village) for village in json.loads(villages)], *scopes[account_id]
        )
        for digest, account_id, device, villages in rows
    }


def _sender(
    account_id: UUID, device: UUID, made_for: Sequence[UUID], scope: Scope, paths: Mapping[UUID, str]
) -> Sender:
    lost = [village for village in made_for if village not in paths]
    others = {village.pk: village.area_path for village in (accounts.villages(lost) if lost else ())}
    return Sender(account_id, device, scope, {**paths, **others})


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
