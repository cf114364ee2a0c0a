"""The way to areas and posts: fetch and check in one; what lies elsewhere does not exist."""

from __future__ import annotations

from uuid import UUID

from wuyicun.domains.territory.models import Handover, Hub, Post, Unit
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def organisation(scope: Scope, village: Village) -> UUID:
    """The village whose tree and posts may be arranged. Raises NotYours."""
    if not scope.permits(Permission.MANAGE_POSTS, village.area_path):
        raise NotYours
    return village.pk


def post(scope: Scope, village: Village, post_id: UUID) -> Post:
    """A post of the village. Raises NotYours."""
    found: Post | None = Post.rows().filter(village_id=organisation(scope, village), pk=post_id).first()
    if found is None:
        raise NotYours
    return found


def unit(scope: Scope, village: Village, unit_id: UUID) -> Unit:
    """A living unit of the village. Raises NotYours."""
    rows = Unit.rows().filter(village_id=organisation(scope, village), pk=unit_id, ended_at__isnull=True)
    found: Unit | None = rows.first()
    if found is None:
        raise NotYours
    return found


def hub(scope: Scope, village: Village, hub_id: UUID) -> Hub:
    """A hub household of today. Raises NotYours."""
    rows = Hub.rows().filter(village_id=organisation(scope, village), pk=hub_id, ends_at__isnull=True)
    found: Hub | None = rows.first()
    if found is None:
        raise NotYours
    return found


def handover(scope: Scope, village: Village, handover_id: UUID) -> Handover:
    """A handover, for the two whom it concerns and for who arranges posts. Raises NotYours."""
    rows = Handover.rows().filter(village_id=village.pk, pk=handover_id).select_related("ended", "begun")
    found: Handover | None = rows.first()
    if found is None:
        raise NotYours
    concerned = scope.account_id is not None and scope.account_id in (found.ended.account_id, found.begun.account_id)
    if not concerned:
        organisation(scope, village)
    return found
