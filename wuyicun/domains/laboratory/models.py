"""What came from laboratories, line by line, and who may send it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from wuyicun.kernel.crypto import seal, unseal
from wuyicun.kernel.database.models import VillageModel, reference
from wuyicun.kernel.ids import uuid7

OUTLINE = "laboratory.delivery.outline"


class Delivery(VillageModel):
    """Results that came at once: a file, codes scanned one after the other, or what a program sent.

    `state` is one of `rules.State`. `outline` says what the columns of a file's sheets hold, with samples; `counts` are
    the figures of its page; `refusal` is why the last step went no further; `sending` is the id that a program gave to
    what it sent, of which there is a delivery for each round.
    """

    round = reference("screening.Round")
    source = models.CharField(max_length=8)
    laboratory = models.CharField(max_length=64, blank=True, default="")
    file_name = models.CharField(max_length=200, blank=True, default="")
    digest = models.BinaryField(null=True)
    sending = models.UUIDField(null=True)
    state = models.CharField(max_length=8)
    outline_sealed = models.BinaryField(null=True)
    counts = models.JSONField(default=dict)
    refusal = models.JSONField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    entered_at = models.DateTimeField(null=True)
    entered_by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "round", "made_at"], name="delivery_by_round"),
            models.Index(
                fields=["village_id", "sending"], condition=Q(sending__isnull=False), name="delivery_by_sending"
            ),
        ]

    @property
    def outline(self) -> str:
        """What the sheets are taken for, as JSON."""
        return "[]" if self.outline_sealed is None else unseal(self.outline_sealed, OUTLINE)

    def set_outline(self, outline: str) -> None:
        """Seal it: the samples are people's data."""
        self.outline_sealed = seal(outline, OUTLINE)


class Line(VillageModel):
    """What a laboratory said of one tube, or of one person in it.

    Attributes:
        number: its row in the file, as Excel counts; its place elsewhere.
        code, tube: the code as it came, and that of the round's tube, '' while none is known.
        name, id_index, id_tail: whom it names: the name, the id number as a keyed digest, its last four.
        cause, detail, status: of `rules`.
        open: somebody must look at it.
        record_id: the record that entered it.
        decision: shared by the lines that were decided together.
    """

    delivery = reference("laboratory.Delivery")
    round_id = models.UUIDField()
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    tube = models.CharField(max_length=40, blank=True, default="", db_collation="C")
    result = models.CharField(max_length=10, blank=True, default="")
    reported_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=64, blank=True, default="")
    id_index = models.BinaryField(null=True)
    id_tail = models.CharField(max_length=4, blank=True, default="")
    cause = models.CharField(max_length=10, blank=True, default="")
    detail = models.CharField(max_length=16, blank=True, default="")
    status = models.CharField(max_length=8)
    open = models.BooleanField(default=False)
    record_id = models.UUIDField(null=True)
    decision = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "delivery", "number"], name="line_once_in_a_delivery")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["village_id", "round_id", "cause", "id"], condition=Q(open=True), name="line_somebody_must_see"
            ),
            models.Index(
                fields=["village_id", "record_id"], condition=Q(record_id__isnull=False), name="line_by_record"
            ),
            models.Index(
                fields=["village_id", "decision"], condition=Q(decision__isnull=False), name="line_by_decision"
            ),
        ]


class Layout(VillageModel):
    """How the columns of a laboratory's file were mapped by hand; the next file with these titles is read so."""

    signature = models.CharField(max_length=64)
    columns = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "signature"], name="layout_mapped_once")
        ]


class Token(models.Model):
    """With it a laboratory's program sends results, in the name of the account that made it; kept as a digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    name = models.CharField(max_length=64)
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="laboratory_token_ends_after_it_begins")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account_id"], name="laboratory_token_account")]
