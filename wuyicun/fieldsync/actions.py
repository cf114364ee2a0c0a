"""Taking in what phones send, and deciding what could not be taken in."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DataError, transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel import scope
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database.statements import array, at_once, send
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records import store
from wuyicun.kernel.records.kinds import Outcome
from wuyicun.kernel.records.models import Quarantined
from wuyicun.kernel.records.store import Batch
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

FAILED = "failed"  # the code of what could be read, but made its room or the database fail

logger = logging.getLogger(__name__)

_AUDIT = """
INSERT INTO audit_auditrow (id, village_id, at, by, action, subject_kind, subject_id, data)
SELECT id, village_id, at, by, 'records.store', 'device', device, json_build_object('records', number, 'first', first)
FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::uuid[], %s::uuid[], %s::int[], %s::text[])
  AS r (id, village_id, at, by, device, number, first)
"""


def store_batches(batches: Sequence[Batch]) -> list[list[Outcome]]:
    """Take in the batches of several requests in one transaction, an audit row for each.

    Acknowledged means committed.
    """
    with _in_their_villages(batches):
        return store.store(batches)


def set_aside(batch: Batch) -> list[Outcome]:
    """Keep in the tray what fails for a reason of its own, so that it does not block its phone for ever."""
    try:
        with _in_their_villages([batch]):
            return store.set_aside(batch, FAILED)
    except DataError:
        with _in_their_villages([batch]):
            return store.set_aside(batch, FAILED, as_bytes=True)


@contextmanager
def _in_their_villages(batches: Sequence[Batch]) -> Iterator[None]:
    """A transaction in the scope of the batches' villages, with their audit rows: all that is sent at once."""
    villages = tuple(sorted({batch.village_id for batch in batches}))
    with ExitStack() as transaction_:
        with at_once():
            transaction_.enter_context(scope.enter(Scope(account_id=None, villages=villages)))
            send(_AUDIT, *_audited(batches))
        yield


def _audited(batches: Sequence[Batch]) -> Iterator[str]:
    yield array([uuid7() for _ in batches])
    yield array([batch.village_id for batch in batches])
    yield array([batch.received_at for batch in batches])
    yield array([batch.by for batch in batches])
    yield array([batch.device for batch in batches])
    yield array([len(batch.envelopes) for batch in batches])
    yield array([str(batch.envelopes[0].id) if batch.envelopes else "" for batch in batches])


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
    _decide(_undecided(quarantined), "dismissed", reason, by, at)


@transaction.atomic
def take_in(*, quarantined: Quarantined, may: Mapping[Permission, tuple[str, ...]], by: UUID, at: datetime) -> Outcome:
    """Try a record in the tray again with the authority of who decides; if it is refused again nothing changes.

    Raises:
        AlreadyDecided.
    """
    row = _undecided(quarantined)
    if row.code == store.ID_CONFLICT:
        return Outcome(row.record_id, "quarantined", row.code)
    batch = Batch(
        row.village_id,
        row.device,
        row.by,
        may,
        [store.from_tray(row.envelope)],
        row.received_at,
        timedelta(milliseconds=row.offset_ms),
    )
    try:
        with transaction.atomic():
            outcome = store.retry(batch)
    except Exception as error:  # noqa: BLE001 - whatever it was that made it fail before
        logger.warning("record %s fails again: %s", row.record_id, type(error).__name__)
        outcome = Outcome(row.record_id, "quarantined", FAILED)
    if outcome.outcome != "quarantined":
        _decide(row, "taken_in", "", by, at)
    return outcome


def _undecided(quarantined: Quarantined) -> Quarantined:
    row: Quarantined = Quarantined.rows().select_for_update().get(pk=quarantined.pk)
    if row.decision:
        raise AlreadyDecided
    return row


def _decide(row: Quarantined, decision: str, reason: str, by: UUID, at: datetime) -> None:
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
