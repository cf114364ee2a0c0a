"""Rounds, stations, tubes and swabs. Tubes are derived from their records; swabs and tube records are facts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wuyicun.domains.screening.rules import Fit
from wuyicun.kernel.database.models import VillageModel, reference


class Series(VillageModel):
    """Rounds over an area that follow each other by a scheme of the profile, until somebody ends it."""

    area_path = models.CharField(max_length=32, db_collation="C")
    scheme = models.CharField(max_length=24)
    begun_at = models.DateTimeField()
    begun_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id", "area_path"],
                condition=models.Q(ended_at__isnull=True),
                name="one_series_at_a_time_in_an_area",
            )
        ]


class Round(VillageModel):
    """A round of testing over an area, with the numbers of the profile that held when it was opened.

    `reason` is why it was last opened again or cancelled; `mistakes` how much went wrong by its last report.
    """

    roll = reference("rolls.Roll")
    series = reference("screening.Series", null=True)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80)
    area_path = models.CharField(max_length=32, db_collation="C")
    profile = models.CharField(max_length=64)
    pool_size = models.PositiveSmallIntegerField()
    tube_minutes = models.PositiveSmallIntegerField()
    result_hours = models.PositiveSmallIntegerField()
    hold_hours = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, default="open")
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    mistakes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "number"], name="round_number_once"),
            models.CheckConstraint(condition=models.Q(pool_size__gte=1), name="round_pool_at_least_one"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "opened_at"], name="round_by_time")]


class Station(VillageModel):
    """Where a round takes samples: a place, or people's homes."""

    round = reference("screening.Round")
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    place_id = models.UUIDField(null=True)
    windows = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "round", "name"], name="station_name_once"),
            models.CheckConstraint(condition=models.Q(windows__gte=1), name="station_has_a_window"),
        ]


class Setup(VillageModel):
    """One setting-up of a station, from the first tick to the closing; one at a time.

    `override` is why it was opened with the points in `lacking` not seen to; `disinfected_at` when what its closing
    owes was done.
    """

    station = reference("screening.Station")
    number = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.UUIDField(null=True)
    override = models.CharField(max_length=200, blank=True, default="")
    lacking = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    disinfected_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "station", "number"], name="setup_number_once"),
            models.UniqueConstraint(
                fields=["village_id", "station"],
                condition=models.Q(closed_at__isnull=True),
                name="one_setup_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(opened_at__isnull=False),
                name="setup_closes_after_it_opened",
            ),
        ]


class SetupTick(VillageModel):
    """A point of the profile's list was seen to; one that was taken back stays, beside the one that counts."""

    setup = reference("screening.Setup")
    item = models.CharField(max_length=24)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id", "setup", "item"],
                condition=models.Q(undone_at__isnull=True),
                name="setup_item_ticked_once",
            )
        ]


class StationRecord(VillageModel):
    """What somebody at a station said of it (its id is the record's): let in, stopped at the entrance, how many queue.

    `people` were let in, or queue; `person_id` and `data` say who was stopped, why, and where they were sent.
    """

    round_id = models.UUIDField()
    station_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    people = models.PositiveIntegerField(default=0)
    person_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    voided = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "round_id", "station_id", "kind", "at"], name="stationrecord_by_station")
        ]


class Plan(VillageModel):
    """The timetable of a round: a draft until the office adopts it, and again once it is changed.

    `ends_by` is when everybody should be through, None when only the round's own end counts; `earliest` how many
    minutes after `begins_at` everybody could be through at best.
    """

    round = reference("screening.Round")
    begins_at = models.DateTimeField()
    ends_by = models.DateTimeField(null=True)
    earliest = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "round"], name="one_plan_of_a_round")
        ]


class Slot(VillageModel):
    """When a micro-grid is called up, and where; `people` were to be sampled there when it was planned."""

    plan = reference("screening.Plan")
    station = reference("screening.Station")
    area_id = models.UUIDField()
    area_path = models.CharField(max_length=32, db_collation="C")
    people = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "plan", "area_id"], name="micro_grid_called_once"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="slot_lasts"),
        ]


class Outing(VillageModel):
    """What one team does on a walk to those who are sampled at home: whose doors, in which order.

    `attempt` is 1 for the first walk of a round, 2 when those who were not met are visited again. `stops` is a list of
    `queries.Stop`; `seconds` until the team is back, `metres` what it walks, None where the map has no measure.
    """

    round = reference("screening.Round")
    attempt = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    team = models.CharField(max_length=64, blank=True, default="")
    start = models.CharField(max_length=64, blank=True, default="")
    stops = models.JSONField()
    seconds = models.PositiveIntegerField()
    metres = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "round", "attempt", "number"], name="outing_number_once")
        ]


class Tube(VillageModel):
    """A tube of a round as its records tell it; decided again at each arrival. Its round is a plain id, as a swab's."""

    round_id = models.UUIDField()
    code = models.CharField(max_length=40, db_collation="C")
    state = models.CharField(max_length=10, default="expected")
    station_id = models.UUIDField(null=True)
    device = models.UUIDField(null=True)
    pool = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    first_swab_at = models.DateTimeField(null=True)
    swabs = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_count = models.PositiveSmallIntegerField(null=True)
    short_reason = models.CharField(max_length=24, blank=True, default="")
    handed_at = models.DateTimeField(null=True)
    handed_by = models.CharField(max_length=64, blank=True, default="")
    carried_by = models.CharField(max_length=64, blank=True, default="")
    received_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, blank=True, default="")
    result_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "round_id", "code"], name="tube_code_once")
        ]


class Sample(VillageModel):
    """A swab (its id is the record's), and whether it can count as far as its tube is concerned.

    Round and person are plain ids: a foreign key would lock two more rows for every swab. Taking records in checks that
    both are there, and nobody removes them before its turn in the village (`kernel.database.turns`). `came_as` is whom
    the record names, where that person was merged into another.
    """

    round_id = models.UUIDField()
    tube = models.CharField(max_length=40, db_collation="C")
    person_id = models.UUIDField()
    station_id = models.UUIDField(null=True)
    retest = models.BooleanField(default=False)
    device = models.UUIDField()
    at = models.DateTimeField()
    corrected_at = models.DateTimeField()
    by = models.UUIDField(null=True)
    voided = models.BooleanField(default=False)
    fit = models.SmallIntegerField(default=Fit.NO_TUBE)
    came_as = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "round_id", "tube"], name="sample_by_tube"),
            models.Index(fields=["village_id", "person_id", "round_id"], name="sample_by_person"),
        ]


class TubeRecord(VillageModel):
    """Something that a record says of a tube: opened, closed, ended, handed over, received, its result."""

    record_id = models.UUIDField()
    round_id = models.UUIDField()
    tube = models.CharField(max_length=40, db_collation="C")
    kind = models.CharField(max_length=16)
    device = models.UUIDField()
    at = models.DateTimeField()
    corrected_at = models.DateTimeField()
    by = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    voided = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "record_id", "tube"], name="tube_told_once_by_a_record")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "round_id", "tube", "kind", "at"], name="tuberecord_by_tube")
        ]


class Report(VillageModel):
    """The frozen report of a round; a late record makes the next version."""

    round = reference("screening.Round")
    version = models.PositiveSmallIntegerField()
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "round", "version"], name="report_version_once")
        ]


class Proof(VillageModel):
    """A printed proof of a round: what its sums were, and the digests of its list and of the file.

    By `code` anybody can ask whether a paper is genuine. No name is kept with it.
    """

    round = reference("screening.Round")
    code = models.CharField(max_length=32, db_collation="C")
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "code"], name="proof_code_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "round", "made_at"], name="proof_by_round")
        ]
