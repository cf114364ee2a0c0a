"""Device tokens: who sends, and what they may do now. Looked up at most once a second for each token and process."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from wuyicun.fieldsync.models import DeviceToken
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database.statements import execute
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

VALID_FOR = timedelta(days=14)
_KEEP_SECONDS = 1.0
_KEEP_MOST = 10_000


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


_known: dict[bytes, tuple[float, Sender | None]] = {}
_lock = threading.Lock()


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


def sender(token: str, at: datetime) -> Sender | None:
    """Who sends with this token; None when it is unknown, ended or revoked, or its account is not active."""
    digest = _digest(token)
    kept = _known.get(digest)
    if kept is not None and time.monotonic() - kept[0] < _KEEP_SECONDS:
        return kept[1]
    found = _find(digest, at)
    with _lock:
        if len(_known) >= _KEEP_MOST:
            _known.clear()
        _known[digest] = (time.monotonic(), found)
    return found


_FIND = """
SELECT t.account_id, t.device, t.villages::text
FROM fieldsync_devicetoken t JOIN accounts_account a ON a.id = t.account_id
WHERE t.digest = %s AND t.revoked_at IS NULL AND t.ends_at > %s AND a.is_active
"""


def _find(digest: bytes, at: datetime) -> Sender | None:
    found = execute(_FIND, digest, at)
    if not found:
        return None
    account_id, device, villages = found[0]
    scope, paths = accounts.scope_and_paths(account_id, at)
    lost = [UUID(village) for village in json.loads(villages) if UUID(village) not in paths]
    paths |= {village.pk: village.area_path for village in (accounts.villages(lost) if lost else ())}
    return Sender(account_id, device, scope, paths)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
