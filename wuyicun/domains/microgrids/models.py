"""What micro-grids have of their own: points on the map, a chat group, their history, and proposals to redraw them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wuyicun.domains.microgrids import rules
from wuyicun.kernel.database.models import VillageModel


class VillageMap(VillageModel):
    """The sheet on which a village's points lie: 1000 wide, `height` high, y downwards.

    It shows a picture that was uploaded (a sketch), or a plain grid. Once points came by longitude and latitude, `west`
    and `north` say where the sheet's corner lies and `metres` how wide one of its units is.
    """

    height = models.FloatField(default=rules.SHEET)
    picture = models.BinaryField(null=True)
    picture_type = models.CharField(max_length=16, blank=True, default="")
    west = models.FloatField(null=True)
    north = models.FloatField(null=True)
    metres = models.FloatField(null=True)
    updated_at = models.DateTimeField()
    updated_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id"], name="one_map_of_a_village")
        ]


class MapPoint(VillageModel):
    """Where a household, a place, or the middle of a section lies on the sheet, and who said so.

    `kind` is H, L or A. A household without a point of its own stands at that of its section.
    """

    kind = models.CharField(max_length=1)
    subject_id = models.UUIDField()
    x = models.FloatField()
    y = models.FloatField()
    source = models.CharField(max_length=8)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "subject_id"], name="one_point_on_the_map")
        ]


class ChatGroup(VillageModel):
    """The chat group of a micro-grid (微网格群): its name and the link that its QR code stands for."""

    area_id = models.UUIDField()
    name = models.CharField(max_length=64, blank=True, default="")
    link = models.CharField(max_length=500)
    updated_at = models.DateTimeField()
    updated_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "area_id"], name="one_chat_group")
        ]


class Happening(VillageModel):
    """Something that befell a micro-grid: a line of its history.

    `kind` is one of `rules.Happened`; `other_path` the micro-grid it had to do with, `households` how many moved.
    """

    area_path = models.CharField(max_length=32, db_collation="C")
    kind = models.CharField(max_length=12)
    other_path = models.CharField(max_length=32, blank=True, default="", db_collation="C")
    households = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "area_path", "at"], name="happening_by_area")
        ]


class Rebalancing(VillageModel):
    """A proposal to redraw the micro-grids of a village, from the question to what became of it.

    `state` is one of `rules.Stage`; `progress` the per cent that is done; `proposal` what the planner found, as
    `proposing.Found` has it; `applied` what is done of it: made and retired micro-grids, and which household
    moves from where to where; `done` how many of these have been looked at while it is being applied or taken back.
    """

    state = models.CharField(max_length=12)
    progress = models.PositiveSmallIntegerField(default=0)
    stop = models.BooleanField(default=False)
    keep = models.FloatField()
    proposal = models.JSONField(null=True)
    applied = models.JSONField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    done = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id"], condition=Q(state=rules.Stage.WORKING), name="one_proposal_at_work"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "made_at"], name="rebalancing_by_time")
        ]
