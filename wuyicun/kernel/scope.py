"""Whose data, in one place.

An account holds grants (role, area path, from, to). `enter` opens the transaction and tells PostgreSQL which villages
the row-level policies let through; `Scope.permits` and `Scope.paths` say which areas inside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from wuyicun.kernel.roles import GIVEN_BY_WHO_FILLS_POSTS, Permission, Role

_END = "~"  # sorts after every digit, so that [path, path~) is the subtree of `path`


class NobodySaidWhose(RuntimeError):
    """A village's table was read outside of a scope: a defect of the program, never the user's doing."""


@dataclass(frozen=True)
class Held:
    """One grant as the scope sees it: a role over an area and all below it."""

    role: Role
    area_path: str


@dataclass(frozen=True)
class Scope:
    """What one account may do now, and in which villages.

    Attributes:
        account_id: who acts; None for the system itself (jobs, the command line).
        villages: the villages whose rows may show.
        held: the grants that are in force.
        withheld: what is held, but not before the account has a second factor.
    """

    account_id: UUID | None
    villages: tuple[UUID, ...]
    held: tuple[Held, ...] = ()
    system: bool = False
    withheld: frozenset[Permission] = frozenset()
    _paths: dict[Permission, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _missed: list[Permission] = field(default_factory=list, init=False, repr=False, compare=False)

    def paths(self, permission: Permission) -> tuple[str, ...]:
        """The area paths over which `permission` is held."""
        if self.system:
            return ("",)
        if permission not in self._paths:  # asked of every row of a list
            found = {held.area_path for held in self.held if permission in held.role.permissions}
            self._paths[permission] = tuple(sorted(found))
        paths = self._paths[permission]
        self._missed[:] = [permission] if paths and permission in self.withheld else []
        return () if self._missed else paths

    @property
    def lacks_second_factor(self) -> bool:
        """Was the last question of this scope answered with no only because the account has no second factor?"""
        return bool(self._missed)

    def holds(self, permission: Permission) -> bool:
        """Is it held somewhere, be it withheld or not? For the menu, whose page then says what is missing."""
        return self.system or any(permission in held.role.permissions for held in self.held)

    def permits(self, permission: Permission, area_path: str | None = None) -> bool:
        """May this account do it, somewhere (no path) or in the given area?"""
        paths = self.paths(permission)
        if area_path is None:
            return bool(paths)
        return area_path.startswith(paths)

    def may_in(self, village_path: str) -> dict[Permission, tuple[str, ...]]:
        """What may be done within a village, each with the areas over which (a wider area counts as the village)."""
        if self.system:
            return dict.fromkeys(Permission, (village_path,))
        found: dict[Permission, tuple[str, ...]] = {}
        for held in self.held:
            if held.area_path.startswith(village_path) or village_path.startswith(held.area_path):
                for permission in held.role.permissions - self.withheld:
                    path = max(held.area_path, village_path, key=len)
                    found[permission] = (*found.get(permission, ()), path)
        return found

    def may_give(self, role: Role, area_path: str) -> bool:
        """May this account let somebody act in this role there? Nobody gives what they do not hold in the area."""
        return all(self.permits(each, area_path) for each in role.permissions - GIVEN_BY_WHO_FILLS_POSTS)

    def may_keep(self, others: Iterable[Held]) -> bool:
        """May this account reset, lock or end an account that holds this?

        It keeps accounts in all areas of the other; and one who keeps accounts too is kept only by who holds as much.
        """
        keeping = Permission.MANAGE_ACCOUNTS
        return all(
            self.permits(keeping, other.area_path)
            and (keeping not in other.role.permissions or self.may_give(other.role, other.area_path))
            for other in others
        )

    def covered(self, permission: Permission, village_path: str) -> str:
        """The one area of a village over which it is held; the village when they are several, or wider than it."""
        paths = self.paths(permission)
        inside = {path for path in paths if path.startswith(village_path)}
        wider = any(village_path.startswith(path) for path in paths)
        return inside.pop() if len(inside) == 1 and not wider else village_path

    def covering(self, permission: Permission, field: str = "area_path") -> Q:
        """A filter for rows whose `field` lies in an area over which `permission` is held."""
        condition = Q(pk__in=[])
        for path in self.paths(permission):
            condition |= within(path, field)
        return condition


def within(area_path: str, field: str = "area_path") -> Q:
    """A filter for an area and all below it, as a range so that it stays on the index under the policies."""
    first, past = span(area_path)
    return Q(**{f"{field}__gte": first, f"{field}__lt": past})


def span(area_path: str) -> tuple[str, str]:
    """The same for a statement: paths from the first on, up to before the second."""
    return area_path, area_path + _END


def of_system(villages: Iterable[UUID]) -> Scope:
    """The scope in which the program itself works on these villages (a job, an import from the shell)."""
    return Scope(account_id=None, villages=tuple(villages), system=True)


_current: ContextVar[Scope | None] = ContextVar("wuyi_scope", default=None)


def required() -> Scope:
    """The scope that was entered.

    Raises:
        NobodySaidWhose: nobody entered one.
    """
    scope = _current.get()
    if scope is None:
        raise NobodySaidWhose
    return scope


@contextmanager
def enter(scope: Scope) -> Iterator[Scope]:
    """Open a transaction in which only the scope's villages show; scopes nest, the inner one holds until it is left."""
    outer = _current.get()
    token = _current.set(scope)
    surrounded = connection.in_atomic_block
    try:
        with transaction.atomic():
            _tell(scope.villages)
            yield scope
            # What fails, or is taken back, is rolled back to what was told before.
            if surrounded and not connection.needs_rollback:
                _tell(outer.villages if outer is not None else ())
    finally:
        _current.reset(token)


def _tell(villages: Iterable[UUID]) -> None:
    """Until the end of the transaction (or savepoint) the policies let these villages through."""
    value = "{" + ",".join(str(village) for village in villages) + "}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('wuyi.villages', %s, true)", [value])
