"""The village's own ledgers, its forms, and what left the program."""

from __future__ import annotations

import base64
from typing import ClassVar

from django.db import models
from django.db.models import Q

from wuyicun.kernel.crypto import seal, unseal
from wuyicun.kernel.database.models import VillageModel

LEDGER_TEMPLATE = "registry.ledger.template"


class Ledger(VillageModel):
    """A ledger that somebody of the village made; those of the plan come with the program (`ledgers.builtin`).

    `definition` is what `ledgers.definition` says; `copied_from` the code of the one it was made after. It belongs to
    the account `owner_id`; `shared_path` is the area whose workers may use it too, '' for nobody else.
    """

    title = models.CharField(max_length=60)
    about = models.CharField(max_length=120, blank=True, default="")
    definition = models.JSONField()
    copied_from = models.CharField(max_length=40, blank=True, default="")
    owner_id = models.UUIDField()
    shared_path = models.CharField(max_length=32, blank=True, default="", db_collation="C")
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    updated_by = models.UUIDField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="ledger_has_a_title")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "retired_at", "title"], name="ledger_by_title")
        ]


class LedgerTemplate(VillageModel):
    """The office's own form of a ledger, which is filled as it is.

    `ledger` is the code of a built-in one or the id of the village's own; `layout` which sheet, which rows, and the
    field of each column.
    """

    ledger = models.CharField(max_length=40)
    file_name = models.CharField(max_length=120)
    content_sealed = models.BinaryField()
    layout = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "ledger"], name="one_template_for_a_ledger")
        ]

    @property
    def content(self) -> bytes:
        """The file: a form may hold names from the last time it was filled in."""
        return base64.b64decode(unseal(self.content_sealed, LEDGER_TEMPLATE))

    def set_content(self, content: bytes) -> None:
        """Seal the file."""
        self.content_sealed = seal(base64.b64encode(content).decode(), LEDGER_TEMPLATE)


class LedgerTaken(VillageModel):
    """A ledger that left the program: who took it, when, how, how much of it, and why. Never edited.

    `how` is excel, pdf, template or csv; `clear` says that numbers were in clear, `reason` (a code) and `note` why;
    `narrowed` that it was filtered above its columns; `area_path` what it covers.
    """

    ledger = models.CharField(max_length=40)
    title = models.CharField(max_length=80)
    how = models.CharField(max_length=10)
    area_path = models.CharField(max_length=32, db_collation="C")
    narrowed = models.BooleanField(default=False)
    clear = models.BooleanField(default=False)
    reason = models.CharField(max_length=16, blank=True, default="")
    note = models.CharField(max_length=120, blank=True, default="")
    rows_taken = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(clear=False) | ~Q(reason=""), name="in_clear_with_a_reason")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "id"], name="ledger_taken_by_time")]
