"""What a roster file said, would do and did."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from wuyicun.kernel.crypto import seal, unseal
from wuyicun.kernel.database.models import VillageModel, reference

OUTLINE = "registry.import.outline"


class ImportBatch(VillageModel):
    """One roster file: what was read, what it would do, what was done, and whether it was undone.

    `state` is one of `rules.BatchState`. `outline` says what each sheet lists and what its columns hold, with samples;
    `counts` are the figures of the page; `areas` the grids and micro-grids that the batch has made; `refusal` why the
    last step went no further.
    """

    file_name = models.CharField(max_length=200)
    file_bytes = models.BigIntegerField(default=0)
    digest = models.BinaryField()
    state = models.CharField(max_length=16)
    outline_sealed = models.BinaryField(null=True)
    counts = models.JSONField(default=dict)
    areas = models.JSONField(default=list)
    refusal = models.JSONField(null=True)
    diff_digest = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    previewed_at = models.DateTimeField(null=True)
    committed_at = models.DateTimeField(null=True)
    committed_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "made_at"], name="import_by_time")]

    @property
    def outline(self) -> str:
        """What the sheets are taken for, as JSON."""
        return "[]" if self.outline_sealed is None else unseal(self.outline_sealed, OUTLINE)

    def set_outline(self, outline: str) -> None:
        """Seal it: the samples are people's data."""
        self.outline_sealed = seal(outline, OUTLINE)


class ImportRow(VillageModel):
    """What a batch means for one person, household or place: a line of the preview, and of the report afterwards.

    `kind` is P, H or L; `status` one of `rules.RowStatus`; `cells` holds, by cell, what it was and what the file says
    (id numbers and phones as keyed digests).
    """

    batch = reference("registry.ImportBatch")
    kind = models.CharField(max_length=1)
    status = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    sheet = models.CharField(max_length=64, blank=True, default="")
    row = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=64)
    about = models.CharField(max_length=200, blank=True, default="")
    cells = models.JSONField(default=dict)
    subject_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "batch", "kind", "status", "number"], name="row_by_status")
        ]


class ImportChange(VillageModel):
    """What a committed batch did to one subject, so that it can be undone: `made`, `changed`, or `noted` (only what the
    file says of it is new).

    `before` and `after` hold the changed cells; the other columns what stood there before in the columns of that name.
    """

    batch = reference("registry.ImportBatch")
    kind = models.CharField(max_length=1)
    subject_id = models.UUIDField()
    change = models.CharField(max_length=8)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    last_import = models.JSONField(default=dict)
    area_path = models.CharField(max_length=32, blank=True, default="", db_collation="C")
    household_id = models.UUIDField(null=True)
    id_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    unread_sealed = models.BinaryField(null=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "batch"], name="change_by_batch"),
            models.Index(fields=["village_id", "subject_id"], name="change_by_subject"),
        ]


class ImportProblem(VillageModel):
    """Something a batch's file says that was refused, put right, or must be checked or decided."""

    batch = reference("registry.ImportBatch")
    code = models.CharField(max_length=32)
    severity = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    sheet = models.CharField(max_length=64)
    row = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=8, blank=True, default="")
    name = models.CharField(max_length=64, blank=True, default="")
    data = models.JSONField(default=dict)
    person_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "batch", "severity", "number"], name="problem_by_batch")
        ]


class ColumnMapping(VillageModel):
    """How the columns of a layout were mapped by hand; the next file with that layout is read so."""

    signature = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    columns = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "signature"], name="mapping_once_for_a_layout")
        ]
