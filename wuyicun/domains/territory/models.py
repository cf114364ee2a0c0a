"""The tree of areas, the units on it and who holds which post."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

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
    """A command post, dispatch centre, office, party branch or partner unit, on an area."""

    area_path = models.CharField(max_length=32, db_collation="C")
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    phone = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "area_path", "name"], name="unit_name_once")
        ]


class Post(VillageModel):
    """Somebody holds a role in a unit or an area from a day to a day; the account's grants follow it."""

    unit = reference("territory.Unit", null=True)
    area_path = models.CharField(max_length=32, db_collation="C")
    role = models.CharField(max_length=32)
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
                condition=Q(role="micro_grid_leader", ends_at__isnull=True),
                name="one_leader_of_a_micro_grid",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "area_path"], name="post_by_area")]
