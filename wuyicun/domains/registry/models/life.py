"""Births and deaths: acts of their own, which can be taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wuyicun.kernel.database.models import VillageModel, reference


class LifeEvent(VillageModel):
    """A birth or a death that was registered. `before` is what it ended, so that it can be given back."""

    kind = models.CharField(max_length=8)
    person = reference("registry.Person")
    mother = reference("registry.Person", null=True)
    happened_on = models.DateField()
    before = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id", "person", "kind"], condition=Q(undone_at__isnull=True), name="lives_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["village_id", "mother"], condition=Q(mother__isnull=False), name="children_of_a_mother"
            )
        ]
