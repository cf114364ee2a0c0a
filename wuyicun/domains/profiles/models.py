"""Profiles: the numbers and rules of one pathogen, versioned by the day from which they hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wuyicun.kernel.ids import uuid7


class Profile(models.Model):
    """A version of a profile; a small reference table, shared by all villages."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    document = models.CharField(max_length=200)
    effective_from = models.DateField()
    parameters = models.JSONField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="profile_version_once")
        ]
