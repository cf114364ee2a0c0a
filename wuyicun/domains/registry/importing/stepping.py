"""The long steps of an import, `preview` and `commit`, and that of taking it back, `undo`: taken at once, or by a job
that says how far it is and that can be stopped at any moment.

A step is one transaction. Who stops it ends its session in the database, so that nothing of it was ever there.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import OperationalError, connection, transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from wuyicun.domains.registry.importing.batches import carry_out, locked, preview
from wuyicun.domains.registry.importing.undo.undoing import NotCommitted, undo
from wuyicun.domains.registry.models import ImportBatch
from wuyicun.domains.registry.rules import BatchState
from wuyicun.kernel import scope
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.jobs import progress
from wuyicun.kernel.jobs.holding import taken_hold_of

AT_ONCE_ROWS = 3_000
"""Files of more rows are worked on by a job, so that nobody waits for an answer longer than a few seconds."""

JOB = "registry.import_step"
GONE = (OperationalError, psycopg.OperationalError)
"""The database, or only the session, has gone; in the middle of a COPY it is psycopg itself that says so."""

_STANDS = {"preview": BatchState.READ, "commit": BatchState.PREVIEWED, "undo": BatchState.COMMITTED}
"""Where a batch stands before each step, and again when it was stopped."""


class NothingToStop(Refusal):
    """The step was done, or stopped, meanwhile."""

    code = "import_nothing_to_stop"
    words = gettext_lazy("这一步已经做完，没有什么可停的。")


@dataclass(frozen=True)
class Step:
    """A step that a batch waits for.

    Attributes:
        name: `preview`, `commit` or `undo`.
        digest: for a commit, of the diff that was shown.
        since: when it was asked for; tells it from an earlier one that was stopped.
    """

    village: Village
    batch_id: UUID
    name: str
    digest: str
    by: UUID | None
    since: str


def begin(*, village: Village, batch: ImportBatch, step: str, digest: str, by: UUID | None, at: datetime) -> None:
    """Take a step, `preview`, `commit` or `undo`: at once, or for a long file by a job.

    Args:
        village: whose people it lists.
        batch: the file's batch.
        step: what to do.
        digest: for a commit, of the diff that was shown.

    Raises:
        NotCommitted: there is nothing to undo.
        BatchEnded, BatchBusy: as `locked`.
        As `preview`, `carry_out` and `undo`, where it is done at once.
    """
    if sum(batch.counts.get("rows", {}).values()) <= AT_ONCE_ROWS:
        take(village=village, batch=batch, step=step, digest=digest, by=by, at=at)
        return
    with transaction.atomic():
        if step == "undo":
            batch = locked(batch, (BatchState.WORKING, BatchState.COMMITTED), NotCommitted)
        else:
            batch = locked(batch)
        if batch.state == BatchState.WORKING:
            return
        batch.state, batch.refusal = BatchState.WORKING, None
        batch.counts = {**batch.counts, "step": step, "since": at.isoformat()}
        batch.save(update_fields=["state", "refusal", "counts"])
        arguments = {
            "village_id": str(village.pk),
            "batch_id": str(batch.pk),
            "step": step,
            "digest": digest,
            "by": str(by) if by else None,
            "since": at.isoformat(),
            "language": get_language() or "",
        }
        _defer(village.pk, arguments)


def _defer(village_id: UUID, arguments: dict[str, Any]) -> None:
    """By the task's name, so that no action imports a job; in the transaction of the batch."""
    app.configure_task(JOB, lock=f"registry.import {village_id}").defer(**arguments)


def take(*, village: Village, batch: ImportBatch, step: str, digest: str, by: UUID | None, at: datetime) -> None:
    """Take a step now. Raises as `preview`, `carry_out` and `undo`."""
    with _uncollected():
        if step == "commit":
            carry_out(village=village, batch=batch, digest=digest, by=by, at=at)
        elif step == "undo":
            undo(village=village, batch=batch, by=by, at=at)
        else:
            preview(village=village, batch=batch, by=by, at=at)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: a roster is millions of objects without any, and looking takes a sixth of the
    time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def work_off(step: Step, at: datetime) -> None:
    """Take a step that a batch waits for, in a transaction of its own; none when it was taken or stopped.

    Raises:
        GONE: the database went away; it may be tried again.
    """
    try:
        with progress.of(step.batch_id), scope.enter(scope.of_system([step.village.pk])):
            progress.say("begin")
            batch = _waiting(step)
            if batch is not None:
                _take_or_say(step, batch, at)
    except GONE:
        connection.close()
        with scope.enter(scope.of_system([step.village.pk])):
            if _waiting(step) is not None:  # nobody has stopped it
                raise
    except Exception:
        with scope.enter(scope.of_system([step.village.pk])):
            batch = _waiting(step)
            if batch is not None:
                _stand_back(batch, _("程序出错，没有做完。"))
        raise


def _take_or_say(step: Step, batch: ImportBatch, at: datetime) -> None:
    _stand_back(batch, "")  # in this transaction only: until it ends all others see that it is worked on
    try:
        take(village=step.village, batch=batch, step=step.name, digest=step.digest, by=step.by, at=at)
    except Refusal as refusal:
        _stand_back(batch, str(refusal))


def _waiting(step: Step) -> ImportBatch | None:
    """The batch, if it still waits for this step; nobody else has it until the transaction ends."""
    batch = ImportBatch.rows().select_for_update().filter(village_id=step.village.pk, pk=step.batch_id).first()
    if batch is None or batch.state != BatchState.WORKING or batch.counts.get("since") != step.since:
        return None
    return batch


def _stand_back(batch: ImportBatch, words: str) -> None:
    """The batch stands where it stood before the step, and says why where there is something to say."""
    batch.state = _STANDS[batch.counts["step"]]
    batch.refusal = {"words": words} if words else None
    batch.save(update_fields=["state", "refusal"])


@transaction.atomic
def stop(*, batch: ImportBatch, by: UUID | None, at: datetime) -> str:
    """Stop the step that is being taken; return which it was. Nothing of it stays.

    Raises:
        NothingToStop: it is done already.
        NotStopped: the database did not end it in time.
    """
    current = taken_hold_of(batch.pk, ImportBatch.rows().filter(village_id=batch.village_id, pk=batch.pk))
    if current.state != BatchState.WORKING:
        raise NothingToStop
    _stand_back(current, "")
    step = str(current.counts.get("step", ""))
    subject = ("import", current.pk)
    audit("registry.stop_import", by=by, at=at, village_id=current.village_id, subject=subject, data={"step": step})
    return step
