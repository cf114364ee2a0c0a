"""Rolls, their entries, what was said of them, and the counts at the leaves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from wuyicun.domains.rolls.rules import State
from wuyicun.kernel.database.models import VillageModel, reference


class Roll(VillageModel):
    """The subjects who owe one thing by a time.

    `drift` is at how many leaves the self-check last found counts that are not those of the entries.
    """

    kind = models.CharField(max_length=32)
    subject_kind = models.CharField(max_length=1)
    area_path = models.CharField(max_length=32, db_collation="C")
    parent = reference("rolls.Roll", null=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="open")
    drift = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "kind", "state", "opened_at"], name="roll_by_kind"),
            models.Index(fields=["village_id", "parent"], name="roll_by_parent"),
        ]


class Entry(VillageModel):
    """One subject's debt, in exactly one state, which follows from the other columns.

    A settling record (`settled_by`) makes it done; else the last statement not taken back and not ended says; else
    what the registry said when the subject was drawn (`base_state`: owed, or excused 'away' or 'left').
    """

    roll = reference("rolls.Roll")
    subject_id = models.UUIDField()
    area_id = models.UUIDField()
    state = models.SmallIntegerField(default=State.OWED)
    opening = models.BooleanField(default=True)
    base_state = models.SmallIntegerField(default=State.OWED)
    base_reason = models.CharField(max_length=24, blank=True, default="")
    base_until = models.DateTimeField(null=True)
    said_state = models.SmallIntegerField(null=True)
    said_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=24, blank=True, default="")
    until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    settled_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "roll", "subject_id"], name="entry_once"),
            models.CheckConstraint(condition=Q(state__in=[each.value for each in State]), name="entry_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=State.DONE, settled_by__isnull=False)
                | (~Q(state=State.DONE) & Q(settled_by__isnull=True)),
                name="entry_done_by_a_record",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Without the state: an entry whose indexed columns stay the same is changed in place. The leaf stands
            # before the roll: beginning like `entry_once`, this index would be taken for it and read from end to end.
            models.Index(fields=["village_id", "area_id", "roll", "subject_id"], name="entry_missing_list"),
            models.Index(fields=["village_id", "until"], condition=Q(until__isnull=False), name="entry_excuse_ends"),
        ]


class StatementRow(VillageModel):
    """Something said of an entry by a record (whose id it shares): an excuse, unreachable, refused.

    `came_as` is whom the record names, where that subject was merged into another.
    """

    roll = reference("rolls.Roll")
    subject_id = models.UUIDField()
    statement = models.CharField(max_length=12)
    reason = models.CharField(max_length=24)
    until = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    voided = models.BooleanField(default=False)
    came_as = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "roll", "subject_id", "at"], name="statement_by_entry")
        ]


class LeafCount(VillageModel):
    """Entries of a roll at a leaf, by state; changed in the transaction that changes an entry."""

    roll = reference("rolls.Roll")
    area_id = models.UUIDField()
    area_path = models.CharField(max_length=32, db_collation="C")
    opening = models.IntegerField(default=0)
    owed = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    excused = models.IntegerField(default=0)
    unreachable = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "roll", "area_id"], name="leaf_counted_once"),
            models.CheckConstraint(
                condition=Q(owed__gte=0, done__gte=0, excused__gte=0, unreachable__gte=0, refused__gte=0),
                name="leaf_count_not_below_zero",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "roll", "area_path"], name="leaf_by_path")
        ]


class Change(models.Model):
    """The change token of a village's board: goes up whenever something shown may have changed."""

    village_id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()
