"""The backups that were made, or tried."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wuyicun.kernel.backup.rules import Kind, RunState
from wuyicun.kernel.ids import uuid7


class Run(models.Model):
    """One backup of the whole installation. No archive holds these rows: they tell of this installation only.

    Attributes:
        by: the account that asked for it on the page.
        touched_at: when it last said how far it is.
        phase, done, total: what it is doing, bytes done, bytes in all (0: not known).
        checked: what was found when it was read back.
        failure: code and words of what went wrong.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=[(each.value, each.value) for each in Kind])
    state = models.CharField(max_length=8, choices=[(each.value, each.value) for each in RunState])
    by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    phase = models.CharField(max_length=16, blank=True, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    path = models.TextField(blank=True, default="")
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    checked = models.JSONField(default=dict)
    failure = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(state=RunState.GOOD.value) | Q(ended_at__isnull=False, sha256__gt=""),
                name="good_run_has_ended",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "-asked_at"], name="backup_run_by_state")
        ]
