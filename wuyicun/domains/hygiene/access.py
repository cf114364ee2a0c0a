"""The only way from a page to what is owed and to a line of the log."""

from __future__ import annotations

from uuid import UUID

from wuyicun.domains.hygiene import queries
from wuyicun.domains.hygiene.queries import Line, Owed
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def reaches(paths: tuple[str, ...], area_path: str) -> bool:
    """Does somebody who looks after these areas have to do with this one, as a part of it or around it?"""
    return any(area_path.startswith(path) or path.startswith(area_path) for path in paths)


def a_due(scope: Scope, village_id: UUID, due_id: UUID) -> Owed:
    """A point that the account may say was disinfected. Raises NotYours."""
    found = queries.due(village_id, due_id)
    if found is None or not reaches(scope.paths(Permission.DISINFECT), found.area_path):
        raise NotYours
    return found


def a_line(scope: Scope, village_id: UUID, line_id: UUID, village_path: str) -> Line:
    """A line that the account may take back: its own, or any for who looks after the village. Raises NotYours."""
    found = queries.line(village_id, line_id)
    if found is None or not (found.by == scope.account_id or scope.permits(Permission.DISINFECT, village_path)):
        raise NotYours
    return found
