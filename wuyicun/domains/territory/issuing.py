"""Accounts out of posts: made with a first password, linked, ended together with the posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.territory import actions
from wuyicun.domains.territory.models import Post
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts import keeping, passwords
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal


class HasAccount(Refusal):
    """Somebody was faster: the post has an account, or was ended."""

    code = "post_has_account"
    words = _("%(name)s的岗位刚刚有了账号或已结束，请刷新再看")


@dataclass(frozen=True)
class Issued:
    """An account with its first password, to be handed over once and kept nowhere."""

    account_id: UUID
    name: str
    username: str
    password: str
    until: datetime


@transaction.atomic
def issue(
    *, village_id: UUID, posts: Sequence[UUID], username: str, phone: str | None, by: UUID | None, at: datetime
) -> Issued:
    """An account for who holds these posts.

    Raises:
        HasAccount: one of the posts has an account or has ended.
        NameTaken: the user name or the phone has an account.
    """
    held = _lock(village_id, posts, at)
    password = passwords.make()
    account = accounts.create_account(
        username=username, name=held[0].holder_name, password=password, phone=phone, is_first=True, by=by, at=at
    )
    _link(held, account.pk, by, at)
    return Issued(account.pk, account.name, username, password, at + passwords.VALID_FOR)


@transaction.atomic
def link(*, village_id: UUID, posts: Sequence[UUID], account: Account, by: UUID | None, at: datetime) -> None:
    """Let an account that is there act in these posts too.

    Raises:
        HasAccount: one of the posts has an account or has ended.
    """
    _link(_lock(village_id, posts, at), account.pk, by, at)


@transaction.atomic
def reset(*, account: Account, by: UUID | None, at: datetime) -> Issued:
    """A new first password.

    Raises:
        HasEnded.
    """
    password = keeping.reset_password(account_id=account.pk, by=by, at=at)
    return Issued(account.pk, account.name, account.username, password, at + passwords.VALID_FOR)


@transaction.atomic
def end(*, village_id: UUID, account: Account, by: UUID | None, at: datetime) -> None:
    """End an account with all posts that it holds in the village.

    Raises:
        HasEnded.
    """
    held = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    for post in Post.rows().filter(held, village_id=village_id, account_id=account.pk):
        actions.end_post(post=post, ends_at=at, by=by, at=at)
    keeping.end(account_id=account.pk, by=by, at=at)


def _lock(village_id: UUID, posts: Sequence[UUID], at: datetime) -> list[Post]:
    rows = Post.rows().select_for_update().filter(village_id=village_id, pk__in=posts).order_by("area_path", "id")
    held = list(rows)
    for post in held:
        if post.account_id is not None or (post.ends_at is not None and post.ends_at <= at):
            raise HasAccount(name=post.holder_name)
    if not held:
        raise HasAccount(name="")
    return held


def _link(posts: Sequence[Post], account_id: UUID, by: UUID | None, at: datetime) -> None:
    for post in posts:
        post.account_id = account_id
        post.save(update_fields=["account_id"])
        accounts.give_grant(
            account_id=account_id,
            role=post.role,
            area_path=post.area_path,
            village_id=post.village_id,
            post_id=post.pk,
            starts_at=post.starts_at,
            ends_at=post.ends_at,
            by=by,
            at=at,
        )
        audit(
            "territory.link_account",
            by=by,
            at=at,
            village_id=post.village_id,
            subject=("post", post.pk),
            data={"account": account_id},
        )
