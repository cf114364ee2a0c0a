"""What only a person decides: conflicts, who is registered twice, changes of many at once."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from wuyicun.domains.registry import rules
from wuyicun.kernel.crypto import seal, unseal
from wuyicun.kernel.database.models import VillageModel, reference

CONFLICT = "registry.conflict.values"
MERGED = "registry.pairing.taken"


class Conflict(VillageModel):
    """待定: something only a person can decide, such as one id number on two people. Values are kept sealed.

    `subject_kind` is P, H or L; `cell` the disputed one, '' when it is about who somebody is.
    """

    code = models.CharField(max_length=32)
    subject_kind = models.CharField(max_length=1, default="P")
    cell = models.CharField(max_length=32, blank=True, default="")
    first_id = models.UUIDField()
    second_id = models.UUIDField(null=True)
    values_sealed = models.BinaryField(null=True)
    value_index = models.BinaryField(null=True)
    batch_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decision = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "decided_at", "made_at"], name="conflict_open_first"),
            models.Index(fields=["village_id", "value_index"], name="conflict_by_value"),
        ]

    @property
    def values(self) -> str | None:
        """The disputed values in clear (JSON), or None."""
        return None if self.values_sealed is None else unseal(self.values_sealed, CONFLICT)

    def set_values(self, values: str, index: bytes | None) -> None:
        """Seal the disputed values; `index` finds the conflict again by its value."""
        self.values_sealed = seal(values, CONFLICT)
        self.value_index = index


class Pairing(VillageModel):
    """What somebody decided of two who look alike: the same (`other_id` was merged into `kept_id`), or two.

    `taken` is what the kept one got from the other, and what stood there before, so that it can be taken back.
    """

    kept_id = models.UUIDField()
    other_id = models.UUIDField()
    verdict = models.CharField(max_length=8)
    taken_sealed = models.BinaryField(null=True)
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["village_id", "other_id"],
                condition=Q(verdict=rules.Verdict.SAME, undone_at__isnull=True),
                name="merged_into_one_only",
            ),
            models.CheckConstraint(condition=~Q(kept_id=models.F("other_id")), name="a_pair_is_two_rows"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["village_id", "verdict", "decided_at"], name="pairing_by_time"),
            models.Index(fields=["village_id", "kept_id"], name="pairing_by_kept"),
        ]

    @property
    def taken(self) -> dict[str, Any]:
        """What the kept one got, in clear."""
        return {} if self.taken_sealed is None else dict(json.loads(unseal(self.taken_sealed, MERGED)))

    def set_taken(self, taken: dict[str, Any]) -> None:
        """Seal it."""
        self.taken_sealed = seal(json.dumps(taken, ensure_ascii=False, default=str), MERGED)


class BulkChange(VillageModel):
    """A change of many people at once. `change` is what was said of all, `done` how many were looked at so far,
    `changed` for how many it was news, `restored` how many were changed back."""

    change = models.JSONField()
    state = models.CharField(max_length=8)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["village_id", "made_at"], name="bulk_by_time")]


class BulkItem(VillageModel):
    """Somebody whom a change of many is about. `changed` and `restored` are null until it was their turn; `before` is
    what stood there."""

    bulk = reference("registry.BulkChange")
    person_id = models.UUIDField()
    changed = models.BooleanField(null=True)
    before = models.JSONField(default=dict)
    restored = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["village_id", "bulk", "person_id"], name="in_a_bulk_change_once")
        ]
