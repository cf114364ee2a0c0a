"""What somebody has to do: filled by events, seen by whoever holds the role there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wuyicun.kernel.database.models import VillageModel


class Task(VillageModel):
    """One thing to do, by a role over an area.

    `key` says what it is about, so that an event that comes twice makes one task; `subject_id` is what its page shows
    (a tube). Done is what somebody says, or, without `done_by`, what came about by itself; withdrawn is what is no
    longer asked. `about` holds codes and counts, never a name.
    """

    key = models.CharField(max_length=120, db_collation="C")
    kind = models.CharField(max_length=24)
    role = models.CharField(max_length=32)
    area_path = models.CharField(max_length=32, db_collation="C")
    subject_id = models.UUIDField()
    about = models.JSONField(default=dict)
    url = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "key"], name="task_once"),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True) | Q(done_at__isnull=False), name="task_done_by_somebody_is_done"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["village_id", "due_at", "id"],
                condition=Q(done_at__isnull=True, withdrawn_at__isnull=True),
                name="task_open",
            ),
            models.Index(fields=["village_id", "subject_id"], name="task_by_subject"),
        ]
