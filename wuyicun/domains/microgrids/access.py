"""The way to micro-grids and proposals: fetch and check in one; what lies elsewhere does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from wuyicun.domains.microgrids.models import Rebalancing
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.queries import AreaRow
from wuyicun.domains.territory.rules import LEAVES, Level
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def leaf(scope: Scope, village: Village, area_id: UUID, permission: Permission = Permission.VIEW_PEOPLE) -> AreaRow:
    """The micro-grid (retired ones too) or 未入网. Raises NotYours."""
    for each in territory.leaves(village.pk, village.area_path):
        if each.pk == area_id and scope.permits(permission, each.area_path):
            return each
    raise NotYours


def micro_grid(scope: Scope, village: Village, area_id: UUID) -> AreaRow:
    """A living micro-grid that may be merged or retired. Raises NotYours."""
    found = leaf(scope, village, area_id, Permission.ARRANGE_GRIDS)
    if found.level != Level.MICRO_GRID or found.retired_at is not None:
        raise NotYours
    return found


def leaves(scope: Scope, village: Village, permission: Permission) -> Sequence[AreaRow]:
    """The living leaves over which a permission is held, 未入网 last. Raises NotYours when there is none."""
    held = [each for each in territory.areas(village.pk, levels=LEAVES) if scope.permits(permission, each.area_path)]
    if not held:
        raise NotYours
    return held


def whole(scope: Scope, village: Village, permission: Permission = Permission.ARRANGE_GRIDS) -> UUID:
    """The village, where the permission is held over all of it. Raises NotYours."""
    if not scope.permits(permission, village.area_path):
        raise NotYours
    return village.pk


def section(scope: Scope, village: Village, area_id: UUID) -> AreaRow:
    """A section (or the village) whose middle may be put on the map. Raises NotYours."""
    for each in territory.areas(village.pk, levels=[Level.VILLAGE, Level.GRID]):
        if each.pk == area_id and scope.permits(Permission.ARRANGE_GRIDS, each.area_path):
            return each
    raise NotYours


def rebalancing(scope: Scope, village: Village, rebalancing_id: UUID) -> Rebalancing:
    """A proposal. Raises NotYours."""
    found = Rebalancing.rows().filter(village_id=whole(scope, village), pk=rebalancing_id).first()
    if found is None:
        raise NotYours
    return found
