"""Ending the posts of somebody who is no more, and giving back those that are still vacant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wuyicun.domains.territory import queries
from wuyicun.domains.territory.actions import HeadAlready, LeaderAlready, appoint, end_post
from wuyicun.domains.territory.models import Post
from wuyicun.domains.territory.queries import Holder
from wuyicun.domains.territory.rules import Rank
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def posts_of(scope: Scope, village_id: UUID, person_id: UUID, name: str, at: datetime) -> Sequence[Holder]:
    """The posts that a person holds, or somebody of their name whom nothing tells apart; those that the asker fills."""
    return [
        each
        for each in queries.holders(village_id, at)
        if (each.person_id == person_id or (each.person_id is None and each.name == name))
        and scope.permits(Permission.MANAGE_POSTS, each.area_path)
    ]


@transaction.atomic
def end_posts(*, village_id: UUID, posts: Collection[UUID], by: UUID | None, at: datetime) -> Sequence[UUID]:
    """End these posts and what they granted; which of them were still held."""
    held = Post.rows().select_for_update().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), village_id=village_id)
    ended = []
    for post in held.filter(pk__in=posts).order_by("pk"):
        end_post(post=post, ends_at=at, by=by, at=at)
        ended.append(post.pk)
    return ended


@transaction.atomic
def give_back(*, village_id: UUID, posts: Collection[UUID], by: UUID | None, at: datetime) -> int:
    """Appoint again who held these posts; how many of them somebody else holds by now."""
    taken = 0
    for post in Post.rows().filter(village_id=village_id, pk__in=posts).order_by("pk"):
        try:
            appoint(
                village_id=village_id,
                area_path=post.area_path,
                role=post.role,
                holder_name=post.holder_name,
                account_id=post.account_id,
                unit_id=post.unit_id,
                person_id=post.person_id,
                rank=Rank(post.rank),
                starts_at=at,
                by=by,
                at=at,
            )
        except (LeaderAlready, HeadAlready):
            taken += 1
    return taken
