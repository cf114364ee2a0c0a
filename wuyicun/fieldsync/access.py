"""The way to the tray: fetch and check in one."""

from __future__ import annotations

from uuid import UUID

from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.records.models import Quarantined
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def tray(scope: Scope, village: Village) -> UUID:
    """The village whose tray may be seen. Raises NotYours."""
    if not scope.permits(Permission.DECIDE_RECORDS, village.area_path):
        raise NotYours
    return village.pk


def quarantined(scope: Scope, village: Village, quarantined_id: UUID) -> Quarantined:
    """A record in the tray. Raises NotYours."""
    row: Quarantined | None = Quarantined.rows().filter(village_id=tray(scope, village), pk=quarantined_id).first()
    if row is None:
        raise NotYours
    return row
