"""The only way from a page to a task: one of the account's own, or it is not there at all."""

from __future__ import annotations

from uuid import UUID

from wuyicun.domains.tasks import queries
from wuyicun.domains.tasks.models import Task
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.scope import Scope


def a_task(scope: Scope, village_id: UUID, task_id: UUID) -> Task:
    """A task that is asked of the account. Raises NotYours."""
    found = Task.rows().filter(queries.mine(scope), village_id=village_id, pk=task_id).first()
    if found is None:
        raise NotYours
    return found


def may_have_tasks(scope: Scope) -> None:
    """Raises NotYours for who holds no role at all."""
    if not scope.held:
        raise NotYours
