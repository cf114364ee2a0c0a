"""The way to areas and posts: fetch and check in one; what lies elsewhere does not exist."""

from __future__ import annotations

from uuid import UUID

from wuyicun.domains.territory.models import Post
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
