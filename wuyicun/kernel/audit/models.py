"""The audit: one row per action, never edited; and the seals that a separate role puts over them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.expressions import RawSQL

from wuyicun.kernel.ids import uuid7

LOOKED_BACK_ON = ("household", "person")
_THIS_CLUSTER = RawSQL("((pg_control_system()).system_identifier)", [])


class AuditRow(models.Model):
    """Who did what to what, with ids, codes and digests only; no personal value.

    `xid` is the writing transaction's id, given by the database; by it the sealer knows which rows can no longer
    appear. `cluster` is the database cluster that gave it: a restored one counts its transactions anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    xid = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text::bigint)", []))
    cluster = models.BigIntegerField(db_default=_THIS_CLUSTER)
    village_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    action = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32, blank=True, default="")
    subject_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["xid", "id"], name="audit_by_transaction"),
            models.Index(fields=["village_id", "id"], name="audit_by_village"),
            models.Index(fields=["village_id", "subject_id", "id"], name="audit_by_subject"),
            # What befell people and households in a week: a report looks back.
            models.Index(
                fields=["village_id", "at"],
                condition=models.Q(subject_kind__in=LOOKED_BACK_ON),
                name="audit_looked_back_on",
            ),
        ]


class AuditSeal(models.Model):
    """A link of the chain: the digests of the rows of a range of transactions, and the hash of the link before.

    An epoch is the time between two restores; its transactions are those of one cluster.
    """

    number = models.BigAutoField(primary_key=True)
    epoch = models.PositiveIntegerField()
    cluster = models.BigIntegerField(db_default=_THIS_CLUSTER)
    from_xid = models.BigIntegerField()
    to_xid = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    content = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    at = models.DateTimeField()
