"""Who has an account for their posts, and who lacks one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise

from wuyicun.domains.territory import access, queries
from wuyicun.domains.territory.models import Post
from wuyicun.domains.territory.rules import proposed_username
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts import second_factor
from wuyicun.kernel.accounts.models import Account, Village
from wuyicun.kernel.roles import ROLES
from wuyicun.kernel.scope import Scope

_RANKS = {role: rank for rank, role in enumerate(ROLES)}


@dataclass(frozen=True)
class Task:
    """A post as it is told of its holder."""

    id: UUID
    role: str
    role_name: str | Promise
    area: str
    area_path: str
    unit: str


@dataclass(frozen=True)
class Member:
    """Somebody with an account.

    Attributes:
        tasks: the posts that are held now or soon, in the areas of who asks.
        state: `new` while the first password waits, `active`, `locked`, `ended`.
        may_keep: may who asks change the account?
    """

    id: UUID
    name: str
    username: str
    phone: str | None
    tasks: tuple[Task, ...]
    state: str
    last_login: datetime | None
    has_second_factor: bool
    may_keep: bool

    @property
    def area(self) -> str:
        """The area of their first post."""
        return self.tasks[0].area if self.tasks else ""


@dataclass(frozen=True)
class Candidate:
    """Somebody who holds posts without an account: the proposed user name, and accounts of that name that are there.

    Posts of one name are taken to be one person's; who asks can tell them apart.
    """

    name: str
    tasks: tuple[Task, ...]
    username: str
    known: tuple[Account, ...]


def members(scope: Scope, village: Village, at: datetime) -> Sequence[Member]:
    """The accounts of who holds or held a post, by the area of their first post. Raises NotYours."""
    posts = Post.rows().filter(access.staff(scope, village), account_id__isnull=False).select_related("unit")
    by_account: dict[UUID, list[Post]] = {}
    for post in posts.order_by("area_path", "role", "id"):
        if post.account_id is not None:
            by_account.setdefault(post.account_id, []).append(post)
    names = queries.names(village.pk)
    held = accounts.held_by(by_account, at)
    with_factor = second_factor.who_have_one(list(by_account))
    found = accounts.by_id(by_account)
    rows = [
        Member(
            account.pk,
            account.name,
            account.username,
            account.phone,
            _tasks((post for post in by_account[account.pk] if post.ends_at is None or post.ends_at > at), names),
            state_of(account),
            account.last_login,
            account.pk in with_factor,
            access.may_keep(scope, account.pk, held.get(account.pk, [])),
        )
        for account in found.values()
    ]
    return sorted(rows, key=lambda row: (row.state == "ended", not row.tasks, _rank(row.tasks), row.username))


def state_of(account: Account) -> str:
    """`ended`, `locked`, `new` while the first password waits, or `active`."""
    if account.ended_at is not None:
        return "ended"
    if not account.is_active:
        return "locked"
    return "new" if account.first_password_until is not None else "active"


def candidates(scope: Scope, village: Village, at: datetime) -> Sequence[Candidate]:
    """Who lacks an account. Raises NotYours."""
    posts = access.posts_without_account(scope, village, at)
    names, taken = queries.names(village.pk), accounts.taken_usernames()
    by_name: dict[str, list[Post]] = {}
    for post in posts:
        by_name.setdefault(post.holder_name, []).append(post)
    known = _known(scope, village, at) if by_name else {}
    found = []
    for name, held in by_name.items():
        username = proposed_username(name, taken)
        taken.add(username)
        found.append(Candidate(name, _tasks(held, names), username, tuple(known.get(name, ()))))
    return found


def _known(scope: Scope, village: Village, at: datetime) -> dict[str, list[Account]]:
    """Living accounts of the village by the holder's name; who asks may give them another post."""
    ids = (
        Post.rows()
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), access.staff(scope, village), account_id__isnull=False)
        .values_list("account_id", flat=True)
    )
    found: dict[str, list[Account]] = {}
    for account in accounts.by_id(each for each in ids if each is not None).values():
        if account.ended_at is None:
            found.setdefault(account.name, []).append(account)
    return found


def _tasks(posts: Iterable[Post], names: dict[str, str]) -> tuple[Task, ...]:
    found = (
        Task(
            post.pk,
            post.role,
            ROLES[post.role].name if post.role in ROLES else post.role,
            names.get(post.area_path, ""),
            post.area_path,
            post.unit.name if post.unit_id else "",
        )
        for post in posts
    )
    return tuple(sorted(found, key=lambda task: _rank((task,))))


def _rank(tasks: Sequence[Task]) -> tuple[str, int]:
    """By area, within it as the roles are listed."""
    return (tasks[0].area_path, _RANKS.get(tasks[0].role, len(_RANKS))) if tasks else ("", 0)
