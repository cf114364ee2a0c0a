"""The tree of areas, the units on it and who holds which post."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from wuyicun.domains.territory.rules import Rank
from wuyicun.kernel.database.models import VillageModel, reference


class Division(models.Model):
    """An official division above the village (省 市 县 乡镇), for the names of the tree; a small reference table."""

    area_path = models.CharField(max_length=12, primary_key=True, db_collation="C")
    name = models.CharField(max_length=64)
    level = models.CharField(max_length=16)


class Area(VillageModel):
    """A node of a village's own tree: the village, its grids (sections), micro-grids, and the leaf 未入网."""

    parent = reference("territory.Area", null=True)
    area_path = models.CharField(max_length=32, db_collation="C")
    level = models.CharField(max_length=16)
    name = models.CharField(max_length=64)
    order = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "area_path"], name="area_path_once"),
            models.UniqueConstraint(
                fields=["village_id", "parent", "name"], condition=Q(retired_at__isnull=True), name="area_name_once"
            ),
        ]


class Unit(VillageModel):
    """A command post, dispatch centre, office, party branch or partner unit, on an area.

    `opens_at` and `closes_at` are the hours of each day in which somebody has to be there: the same means around the
    clock, an earlier closing the next morning. `help_with` is what a partner unit can be asked for.
    """

    area_path = models.CharField(max_length=32, db_collation="C")
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    phone = models.CharField(max_length=32, blank=True, default="")
    help_with = models.CharField(max_length=200, blank=True, default="")
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id", "area_path", "name"], condition=Q(ended_at__isnull=True), name="unit_name_once"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="unit_opens_and_closes",
            ),
        ]


class Duty(VillageModel):
    """值班: somebody is on duty in a unit on these days of every week, with the phone on which they are reached.

    `days` are the numbers of the days, Monday is 1; `until_time` not after `from_time` is on the next day.
    """

    unit = reference("territory.Unit")
    days = models.CharField(max_length=7)
    from_time = models.TimeField()
    until_time = models.TimeField()
    name = models.CharField(max_length=64)
    phone = models.CharField(max_length=32, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(days__regex=r"^[1-7]+$"), name="duty_on_some_days")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "unit"], name="duty_by_unit")]


class Post(VillageModel):
    """Somebody holds a role in a unit or an area from a day to a day; the account's grants follow it.

    `rank` says what they are there: its head, a deputy or a member.
    """

    unit = reference("territory.Unit", null=True)
    area_path = models.CharField(max_length=32, db_collation="C")
    role = models.CharField(max_length=32)
    rank = models.CharField(max_length=8, default=Rank.MEMBER.value)
    holder_name = models.CharField(max_length=64)
    person_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="post_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["village_id", "area_path"],
                condition=Q(role="micro_grid_leader", ends_at__isnull=True) & ~Q(rank=Rank.DEPUTY.value),
                name="one_leader_of_a_micro_grid",
            ),
            models.UniqueConstraint(
                fields=["village_id", "unit"],
                condition=Q(rank=Rank.HEAD.value, ends_at__isnull=True, unit__isnull=False),
                name="one_head_of_a_unit",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "area_path"], name="post_by_area")]


class Hub(VillageModel):
    """党员中心户: a household around which its micro-grid gathers, from a day to a day.

    The household lies above this room: a plain id; where it stands is asked of the registry.
    """

    household_id = models.UUIDField()
    contact_name = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="hub_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["village_id", "household_id"], condition=Q(ends_at__isnull=True), name="household_is_a_hub_once"
            ),
        ]


class Handover(VillageModel):
    """A post went from one to another, with what was open in its area; both are told until they have seen it.

    `open_work` keeps the figures of that moment: `[{"what", "about", "count", "url"}]`.
    """

    area_path = models.CharField(max_length=32, db_collation="C")
    ended = reference("territory.Post")
    begun = reference("territory.Post")
    note = models.CharField(max_length=400, blank=True, default="")
    open_work = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    giver_seen_at = models.DateTimeField(null=True)
    taker_seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "made_at"], name="handover_by_time"),
        ]
