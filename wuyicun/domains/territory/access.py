"""The way to areas and posts: fetch and check in one; what lies elsewhere does not exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.territory.divisions import names_above, paths_above
from wuyicun.domains.territory.models import Duty, Handover, Hub, Post, Unit
from wuyicun.domains.territory.rules import Above
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Account, Village
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.roles import ROLES, Permission
from wuyicun.kernel.scope import Held, Scope


class MayNotGive(Refusal):
    """Nobody gives or takes what they do not hold there themselves."""

    code = "may_not_give"
    status = 403
    words = _("这个岗位的权限您在这里自己没有，请由村书记来办")


class MayNotKeep(Refusal):
    """The account can do more than who wants to change it, or also works where they have no say."""

    code = "may_not_keep"
    status = 403
    words = _("这个账号的权限比您大，或者也管别的区域，请由村书记来办")


class NotOneself(Refusal):
    """One's own account is changed on one's own page."""

    code = "not_oneself"
    status = 409
    words = _("这是您自己的账号，请在“我的账号”里改")


class OwnPost(Refusal):
    """Who keeps the accounts does not lock themselves out."""

    code = "own_post"
    words = _("不能结束自己的任职，请由另一位书记或管理员来办")


def organisation(scope: Scope, village: Village) -> UUID:
    """The village whose tree and posts may be arranged. Raises NotYours."""
    if not scope.permits(Permission.MANAGE_POSTS, village.area_path):
        raise NotYours
    return village.pk


def divisions(scope: Scope, village: Village) -> Collection[Above]:
    """The divisions above the village that who asks may name: nobody has yet, or all villages below are theirs.

    Raises:
        NotYours: they may not arrange the village.
    """
    organisation(scope, village)
    names, paths = names_above(village.area_path), paths_above(village.area_path)
    return [level for level in Above if not names[level] or _all_theirs(scope, paths[level])]


def _all_theirs(scope: Scope, area_path: str) -> bool:
    return all(
        scope.permits(Permission.MANAGE_POSTS, village.area_path) for village in accounts.villages_below(area_path)
    )


def post(scope: Scope, village: Village, post_id: UUID) -> Post:
    """A post of the village that may be ended. Raises NotYours, MayNotGive."""
    found: Post | None = Post.rows().filter(village_id=organisation(scope, village), pk=post_id).first()
    if found is None:
        raise NotYours
    appointment(scope, found.role, found.area_path)
    return found


def post_to_end(scope: Scope, village: Village, post_id: UUID) -> Post:
    """The same, to be ended without anybody in its place. Raises NotYours, MayNotGive, OwnPost."""
    found = post(scope, village, post_id)
    if not may_end(scope, found.account_id, found.role):
        raise OwnPost
    return found


def may_end(scope: Scope, account_id: UUID | None, role: str) -> bool:
    """May the post be ended by who asks? Not by who holds it and would lose the say over accounts."""
    return account_id != scope.account_id or Permission.MANAGE_ACCOUNTS not in ROLES[role].permissions


def appointment(scope: Scope, role: str, area_path: str) -> None:
    """Somebody may be appointed to this role there. Raises MayNotGive."""
    if not scope.may_give(ROLES[role], area_path):
        raise MayNotGive


def staff(scope: Scope, village: Village) -> Q:
    """A filter for the village's posts whose holders' accounts are kept by who asks. Raises NotYours."""
    paths, here = scope.paths(Permission.MANAGE_ACCOUNTS), village.area_path
    if not any(path.startswith(here) or here.startswith(path) for path in paths):
        raise NotYours
    return Q(village_id=village.pk) & scope.covering(Permission.MANAGE_ACCOUNTS)


def posts_without_account(scope: Scope, village: Village, at: datetime) -> Sequence[Post]:
    """Posts that are held, now or soon, without an account, for which who asks may make one. Raises NotYours."""
    posts = Post.rows().filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), staff(scope, village), account_id__isnull=True
    )
    return [
        post
        for post in posts.select_related("unit").order_by("area_path", "role", "id")
        if post.role in ROLES and scope.may_keep([Held(ROLES[post.role], post.area_path)])
    ]


def may_keep(scope: Scope, account_id: UUID, held: Collection[Held]) -> bool:
    """May the account be reset, locked, linked or ended by who asks?"""
    return account_id != scope.account_id and scope.may_keep(held)


def account(scope: Scope, village: Village, account_id: UUID) -> Account:
    """The account of somebody who holds or held a post of the village, to look at. Raises NotYours."""
    known = Post.rows().filter(staff(scope, village), account_id=account_id).exists()
    found = accounts.by_id([account_id]).get(account_id) if known else None
    if found is None:
        raise NotYours
    return found


def account_to_keep(scope: Scope, village: Village, account_id: UUID, at: datetime) -> Account:
    """The same, to change. Raises NotYours, NotOneself, MayNotKeep."""
    found = account(scope, village, account_id)
    if account_id == scope.account_id:
        raise NotOneself
    if not may_keep(scope, account_id, accounts.held_by([account_id], at).get(account_id, [])):
        raise MayNotKeep
    return found


def account_to_link(
    scope: Scope, village: Village, account_id: UUID, tasks: Iterable[tuple[str, str]], at: datetime
) -> Account:
    """An account that gets these posts (role and area) too; one's own only when one could give them to anybody.

    Raises NotYours, MayNotKeep, MayNotGive.
    """
    if account_id != scope.account_id:
        return account_to_keep(scope, village, account_id, at)
    for role, area_path in tasks:
        appointment(scope, role, area_path)
    return account(scope, village, account_id)


def unit(scope: Scope, village: Village, unit_id: UUID) -> Unit:
    """A living unit of the village. Raises NotYours."""
    rows = Unit.rows().filter(village_id=organisation(scope, village), pk=unit_id, ended_at__isnull=True)
    found: Unit | None = rows.first()
    if found is None:
        raise NotYours
    return found


def duty(scope: Scope, village: Village, duty_id: UUID) -> Duty:
    """A line of the duty list of a living unit, also one that was taken off. Raises NotYours."""
    rows = Duty.rows().filter(village_id=organisation(scope, village), pk=duty_id, unit__ended_at__isnull=True)
    found: Duty | None = rows.select_related("unit").first()
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
