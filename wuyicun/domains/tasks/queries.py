"""What is asked of tasks: what I have to do, what I did, what was asked because of something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from wuyicun.domains.tasks.models import Task
from wuyicun.kernel.scope import Scope


@dataclass(frozen=True)
class TaskView:
    """A task as lists show it; see `models.Task`."""

    id: UUID
    kind: str
    role: str
    area_path: str
    about: Mapping[str, Any]
    url: str
    opened_at: datetime
    due_at: datetime
    done_at: datetime | None
    done_by: UUID | None
    withdrawn_at: datetime | None

    def is_late(self, at: datetime) -> bool:
        """Should it have been done by now?"""
        return self.done_at is None and self.withdrawn_at is None and self.due_at < at


_COLUMNS = tuple(TaskView.__dataclass_fields__)


def mine(scope: Scope) -> Q:
    """A filter for what is asked of the account: of a role that it holds there."""
    condition = Q(pk__in=[])
    for held in scope.held:
        condition |= Q(role=held.role.code, area_path__startswith=held.area_path)
    return condition


def to_do(
    scope: Scope, village_id: UUID, *, after: tuple[datetime, UUID] | None = None, limit: int
) -> Sequence[TaskView]:
    """What the account has to do, what is due first at the top; keyset-paged by due time and id."""
    rows = Task.rows().filter(mine(scope), village_id=village_id, done_at__isnull=True, withdrawn_at__isnull=True)
    if after is not None:
        rows = rows.filter(Q(due_at__gt=after[0]) | Q(due_at=after[0], pk__gt=after[1]))
    return _views(rows.order_by("due_at", "pk")[:limit])


def count_to_do(scope: Scope, village_id: UUID, most: int) -> int:
    """How much there is to do, counted no further than `most`."""
    rows = Task.rows().filter(mine(scope), village_id=village_id, done_at__isnull=True, withdrawn_at__isnull=True)
    return rows[:most].count()


def lately(scope: Scope, village_id: UUID, limit: int = 20) -> Sequence[TaskView]:
    """What was done last of what was asked of the account, or is no longer asked."""
    rows = Task.rows().filter(mine(scope), ~Q(done_at=None, withdrawn_at=None), village_id=village_id)
    return _views(rows.order_by("-opened_at", "-pk")[:limit])


def about(village_id: UUID, subject_id: UUID) -> Sequence[TaskView]:
    """All that was asked because of something, in the order it was asked."""
    return _views(Task.rows().filter(village_id=village_id, subject_id=subject_id).order_by("opened_at", "pk"))


def _views(rows: QuerySet[Task]) -> Sequence[TaskView]:
    return [TaskView(*row) for row in rows.values_list(*("pk" if name == "id" else name for name in _COLUMNS))]
