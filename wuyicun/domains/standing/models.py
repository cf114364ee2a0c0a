"""One read model per person: what a checkpoint or a sampler must know, written by the rooms above."""

from __future__ import annotations

from django.db import models

from wuyicun.kernel.database.models import VillageModel


class Standing(VillageModel):
    """Where a person stands; the row's id is the person's."""

    last_negative_at = models.DateTimeField(null=True)
    held_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=48, blank=True, default="")
    updated_at = models.DateTimeField()
