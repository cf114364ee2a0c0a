"""How often households are checked, the periods, and the checks themselves, which are facts and never change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from wuyicun.domains.verification.rules import DEFAULT_EVERY_DAYS, MOST_DAYS, Result
from wuyicun.kernel.database.models import VillageModel, reference


class Plan(VillageModel):
    """Each household is checked every so many days; 0: no further period begins."""

    every_days = models.PositiveSmallIntegerField(default=DEFAULT_EVERY_DAYS)
    updated_at = models.DateTimeField()
    updated_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id"], name="one_plan_of_checks"),
            models.CheckConstraint(condition=Q(every_days__lte=MOST_DAYS), name="checks_at_least_once_a_year"),
        ]


class Period(VillageModel):
    """The days from `starts_on` to `ends_on` in which each household is owed one check: a roll of its own.

    A check belongs to the period that was open at its moment. While its households are being drawn, portion by
    portion, `drawn_to` is the last one that was looked at, and `to_draw` how many there were in the beginning.
    """

    roll = reference("rolls.Roll")
    number = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    is_drawn = models.BooleanField(default=True)
    drawn_to = models.UUIDField(null=True)
    to_draw = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "number"], name="period_numbered_once"),
            models.UniqueConstraint(
                fields=["village_id"], condition=Q(closed_at__isnull=True), name="one_period_at_a_time"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_it_starts"),
        ]


class Check(VillageModel):
    """Somebody looked whether what is registered of a household is right; the id is the record's.

    `at` is the device's clock, corrected, never later than the arrival.
    """

    household = reference("registry.Household")
    result = models.CharField(max_length=12)
    note = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(result__in=[each.value for each in Result]), name="check_result_is_known"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "household", "at", "id"], name="check_by_household"),
            models.Index(fields=["village_id", "at"], name="check_by_time"),
        ]


class Withdrawal(VillageModel):
    """A check was taken back by a later record, which may arrive first.

    `early`: it did. Nobody looked then whether its author might do so, so that it counts for their own checks only.
    """

    check_id = models.UUIDField()
    early = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "check_id"], name="withdrawal_by_check")
        ]


class LastCheck(VillageModel):
    """When a household was checked last, none taken back counted; derived from the checks, for sums over a village."""

    household = reference("registry.Household")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "household"], name="one_last_check")
        ]
