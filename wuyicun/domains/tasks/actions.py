"""Asking somebody to do something, and saying that it is done; what an event asks twice is asked once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.tasks.models import Task
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal


class NoLongerAsked(Refusal):
    """What was withdrawn can be neither done nor opened again by hand."""

    code = "task_withdrawn"
    words = _("这件事已经不用办了")


@dataclass(frozen=True)
class Asked:
    """What is to be done, by whom and by when.

    Attributes:
        key: what it is about; the same key is the same task.
        done: it came about by itself.
    """

    key: str
    kind: str
    role: str
    area_path: str
    about: Mapping[str, Any]
    url: str
    due_at: datetime
    done: bool = False


@transaction.atomic
def ask(*, village_id: UUID, subject_id: UUID, asked: Sequence[Asked], at: datetime) -> None:
    """Make what is asked because of something exactly this.

    New tasks are opened, others brought in line, the rest withdrawn. What somebody said is done stays done; what came
    about by itself is open again when that no longer holds.
    """
    known = {task.key: task for task in Task.rows().filter(village_id=village_id, subject_id=subject_id)}
    for each in asked:
        task = known.pop(each.key, None)
        if task is None:
            task = Task(village_id=village_id, subject_id=subject_id, key=each.key, kind=each.kind, opened_at=at)
        before = _said(task)
        task.role, task.area_path, task.about, task.url = each.role, each.area_path, dict(each.about), each.url
        task.due_at, task.withdrawn_at = each.due_at, None
        if task.done_by is None:
            task.done_at = (task.done_at or at) if each.done else None
        if task._state.adding or _said(task) != before:
            task.save()
    _withdraw([task.pk for task in known.values() if task.withdrawn_at is None], village_id, at)


def _said(task: Task) -> tuple[object, ...]:
    return (task.role, task.area_path, task.about, task.url, task.due_at, task.withdrawn_at, task.done_at)


@transaction.atomic
def withdraw(*, village_id: UUID, subjects: Collection[UUID], at: datetime) -> None:
    """Nothing is asked because of these any more; what was done stays done."""
    rows = Task.rows().filter(village_id=village_id, subject_id__in=subjects, withdrawn_at__isnull=True)
    _withdraw(list(rows.values_list("pk", flat=True)), village_id, at)


def _withdraw(tasks: Collection[UUID], village_id: UUID, at: datetime) -> None:
    if tasks:
        Task.named(village_id, tasks).update(withdrawn_at=at)


@transaction.atomic
def finish(*, task: Task, by: UUID, at: datetime) -> None:
    """Somebody says that it is done; the first one counts. Raises NoLongerAsked."""
    if task.withdrawn_at is not None:
        raise NoLongerAsked
    if Task.rows().filter(pk=task.pk, done_at__isnull=True).update(done_at=at, done_by=by):
        audit("tasks.finish", by=by, at=at, village_id=task.village_id, subject=("task", task.pk))
        rolls.touch([task.village_id], at)


@transaction.atomic
def reopen(*, task: Task, by: UUID, at: datetime) -> None:
    """It is not done after all. What came about by itself cannot be taken back. Raises NoLongerAsked."""
    if task.withdrawn_at is not None:
        raise NoLongerAsked
    if Task.rows().filter(pk=task.pk, done_by__isnull=False).update(done_at=None, done_by=None):
        audit("tasks.reopen", by=by, at=at, village_id=task.village_id, subject=("task", task.pk))
        rolls.touch([task.village_id], at)
