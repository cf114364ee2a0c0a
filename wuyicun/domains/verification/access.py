"""The only way from a page to a check or to the plan of checks; households and micro-grids come from the registry's."""

from __future__ import annotations

from uuid import UUID

from wuyicun.domains.registry import access as registry
from wuyicun.domains.verification import queries
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def household_of_check(scope: Scope, village_id: UUID, check_id: UUID) -> UUID:
    """The household of a check that the account may take back: whoever may check there. Raises NotYours."""
    household_id = queries.household_of(village_id, check_id)
    if household_id is None:
        raise NotYours
    registry.household(scope, village_id, household_id, Permission.EDIT_PEOPLE)
    return household_id


def plan(scope: Scope, village_path: str) -> None:
    """May the account say how often the village's households are checked? Raises NotYours."""
    if not scope.permits(Permission.SET_ROUTINES, village_path):
        raise NotYours
