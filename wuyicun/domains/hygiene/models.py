"""What is to be disinfected because something ended there, and the log of what was done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wuyicun.domains.hygiene.rules import Method
from wuyicun.kernel.database.models import VillageModel


class Due(VillageModel):
    """A point that owes a disinfection since a moment, once for each thing of another room that ended there.

    `settled_at` is when what settles it was done, derived from the log.
    """

    source = models.CharField(max_length=24)
    source_id = models.UUIDField()
    point = models.CharField(max_length=64)
    place_id = models.UUIDField(null=True)
    area_path = models.CharField(max_length=32, db_collation="C")
    since = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "source", "source_id"], name="due_once_for_a_source")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["village_id", "since"], condition=models.Q(settled_at__isnull=True), name="due_that_is_owed"
            )
        ]


class Disinfection(VillageModel):
    """A line of the log: date, point, method, agent, operator. Its id is the record's; `voided` when taken back."""

    due_id = models.UUIDField(null=True)
    done_at = models.DateTimeField()
    point = models.CharField(max_length=64)
    method = models.CharField(max_length=8)
    agent = models.CharField(max_length=64)
    operator = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField()
    by = models.UUIDField(null=True)
    voided = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(method__in=[each.value for each in Method]), name="disinfection_method_is_known"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "done_at", "id"], name="disinfection_by_time"),
            models.Index(fields=["village_id", "due_id"], name="disinfection_by_due"),
        ]
