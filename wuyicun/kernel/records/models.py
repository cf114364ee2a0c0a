"""Records: facts from the field as they came, never edited; and the tray of those that could not be taken in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wuyicun.kernel.database.models import VillageModel


class Record(VillageModel):
    """An envelope as a device made it. `at` is the device's clock; `corrected_at` is that plus the measured offset."""

    device = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    v = models.SmallIntegerField()
    at = models.DateTimeField()
    corrected_at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.UUIDField(null=True)
    digest = models.BinaryField()
    data = models.JSONField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "received_at"], name="record_by_arrival"),
        ]


class Void(VillageModel):
    """A record that takes another back; it may come before the one it names."""

    record_id = models.UUIDField()
    reason = models.CharField(max_length=24)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "record_id"], name="void_of_a_record")
        ]


class Quarantined(VillageModel):
    """A record that was kept but not taken in: why, and what the office decided."""

    record_id = models.UUIDField()
    envelope = models.JSONField()
    device = models.UUIDField()
    by = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    offset_ms = models.BigIntegerField(default=0)
    code = models.CharField(max_length=48)
    decision = models.CharField(max_length=16, blank=True, default="")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "record_id", "code"], name="quarantined_once_for_a_reason")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "decision", "received_at"], name="quarantined_open_first")
        ]
