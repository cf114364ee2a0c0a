"""The tokens with which other programs read, and what was read with them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from wuyicun.kernel.database.models import VillageModel
from wuyicun.kernel.ids import uuid7


class ReadToken(models.Model):
    """A token that an account made for a program, kept as a digest; it reads what the account may, until it ends.

    `reason` (a code) says what id numbers and phones are wanted in clear for; without one they are masked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    name = models.CharField(max_length=64)
    reason = models.CharField(max_length=16, blank=True, default="")
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="read_token_ends_after_it_begins")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account_id"], name="read_token_by_account")]


class Reading(VillageModel):
    """What a token read of a list on a day: how often, how many rows, with which reason; `area_path` is what it covers.

    One row for a day, not for each request, so that a program which reads every minute hides nobody; the audit keeps
    each. Only the counts and `last_at` are ever changed.
    """

    token_id = models.UUIDField()
    by = models.UUIDField()
    day = models.DateField()
    what = models.CharField(max_length=16)
    area_path = models.CharField(max_length=32, db_collation="C")
    reason = models.CharField(max_length=16, blank=True, default="")
    times = models.PositiveIntegerField()
    rows_read = models.PositiveBigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "token_id", "day", "what", "area_path"], name="read_of_a_day")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "id"], name="reading_by_time")]
