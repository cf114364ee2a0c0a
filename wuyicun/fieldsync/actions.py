"""Taking in what phones send, and deciding what could not be taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel import scope
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database.statements import USE_INDEXES, encode, execute, rows
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.models import Quarantined
from wuyicun.kernel.records.store import Batch, retry, store
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

_AUDIT = """
INSERT INTO audit_auditrow (id, village_id, at, by, action, subject_kind, subject_id, data)
SELECT id, village_id, at, by, 'records.store', 'device', device, data FROM json_to_recordset(%s)
  AS r (id uuid, village_id uuid, at timestamptz, by uuid, device uuid, data jsonb)
"""


def store_batches(batches: Sequence[Batch], aside: str = "") -> list[list[Outcome]]:
    """Take in the batches of several requests in one transaction, an audit row for each.

    Acknowledged means committed.

    Args:
        aside: keep the records in the tray for this reason instead of giving them to their rooms.
    """
    villages = sorted({batch.village_id for batch in batches})
    with scope.enter(Scope(account_id=None, villages=tuple(villages))):
        execute(USE_INDEXES)
        execute(_AUDIT, rows([_audited(batch) for batch in batches]))
        return store(batches, aside)


def _audited(batch: Batch) -> Mapping[str, object]:
    first = str(batch.envelopes[0].id) if batch.envelopes else ""
    return {
        "id": uuid7(),
        "village_id": batch.village_id,
        "at": batch.received_at,
        "by": batch.by,
        "device": batch.device,
        "data": {"records": len(batch.envelopes), "first": first},
    }


class AlreadyDecided(Refusal):
    """Somebody has decided this one."""

    code = "already_decided"
    words = _("这条记录已处理过")


class ReasonNeeded(Refusal):
    """A dismissal needs a reason."""

    code = "reason_needed"
    status = 400
    words = _("请写明原因")


@transaction.atomic
def dismiss(*, quarantined: Quarantined, reason: str, by: UUID, at: datetime) -> None:
    """Say that a record in the tray will not be taken in, and why; it stays kept.

    Raises:
        AlreadyDecided, ReasonNeeded.
    """
    if not reason.strip():
        raise ReasonNeeded
    _decide(quarantined, "dismissed", reason, by, at)


@transaction.atomic
def take_in(*, quarantined: Quarantined, may: Mapping[Permission, tuple[str, ...]], by: UUID, at: datetime) -> Outcome:
    """Try a record in the tray again with the authority of who decides; if it is refused again nothing changes.

    Raises:
        AlreadyDecided.
    """
    envelope = msgspec.convert(_raw(quarantined.envelope), Envelope)
    batch = Batch(
        quarantined.village_id,
        quarantined.device,
        quarantined.by,
        may,
        [envelope],
        quarantined.received_at,
        timedelta(milliseconds=quarantined.offset_ms),
    )
    outcome = retry(batch)
    if outcome.outcome != "quarantined":
        _decide(quarantined, "taken_in", "", by, at)
    return outcome


def _raw(envelope: dict[str, object]) -> dict[str, object]:
    return {**envelope, "data": msgspec.Raw(encode(envelope["data"]))}


def _decide(quarantined: Quarantined, decision: str, reason: str, by: UUID, at: datetime) -> None:
    row = Quarantined.rows().select_for_update().get(pk=quarantined.pk)
    if row.decision:
        raise AlreadyDecided
    row.decision, row.reason, row.decided_by, row.decided_at = decision, reason.strip()[:200], by, at
    row.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    audit(
        f"records.{decision}",
        by=by,
        at=at,
        village_id=row.village_id,
        subject=("record", row.record_id),
        data={"code": row.code},
    )
