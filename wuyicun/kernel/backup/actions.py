"""Asking for a backup, setting its passphrase, taking an archive away; and what a run says of itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.backup import queries
from wuyicun.kernel.backup.archive import key_file
from wuyicun.kernel.backup.archive.making import Made
from wuyicun.kernel.backup.models import Run
from wuyicun.kernel.backup.rules import Kind, RunState
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.failure import Failure

JOB = "backup.make"
REMEMBERED = timedelta(days=400)


class AlreadyRunning(Refusal):
    """One at a time."""

    code = "backup_running"
    words = _("正在备份，请等它做完。")


class NoPassphrase(Refusal):
    """There is nobody whom an archive could be sealed for."""

    code = "backup_without_passphrase"
    words = _("还没有备份口令，请系统管理员先设一个。")


@transaction.atomic
def ask(*, by: UUID | None, at: datetime) -> Run:
    """Have a backup made in the background. Raises AlreadyRunning or NoPassphrase."""
    if not queries.has_passphrase():
        raise NoPassphrase
    if queries.running(at) is not None:
        raise AlreadyRunning
    run = begin(kind=Kind.PAGE, state=RunState.WAITING, by=by, at=at)
    audit("backup.ask", by=by, at=at, subject=("backup", run.pk))
    app.configure_task(JOB).defer(run_id=str(run.pk))
    return run


@transaction.atomic
def set_passphrase(*, passphrase: str, by: UUID | None, at: datetime) -> None:
    """From now on archives are sealed for this passphrase; older ones keep theirs. Raises Failure when it is short."""
    key_file.set_passphrase(Path(settings.WUYI_DATA), passphrase)
    audit("backup.passphrase", by=by, at=at)


@transaction.atomic
def take_away(*, run: Run, by: UUID, at: datetime) -> None:
    """Note who takes an archive off the machine."""
    audit("backup.download", by=by, at=at, subject=("backup", run.pk), data={"bytes": run.bytes, "sha256": run.sha256})


def begin(*, kind: Kind, state: RunState, by: UUID | None, at: datetime) -> Run:
    """A run that is about to start."""
    return Run.objects.create(kind=kind, state=state, by=by, asked_at=at, touched_at=at)


def tell(*, run: Run, phase: str, done: int, total: int, at: datetime) -> None:
    """Say how far a run is."""
    run.state, run.phase, run.done, run.total, run.touched_at = RunState.RUNNING, phase, done, total, at
    run.save(update_fields=["state", "phase", "done", "total", "touched_at"])


@transaction.atomic
def succeed(*, run: Run, made: Made, at: datetime) -> None:
    """A run has ended well."""
    run.state, run.ended_at, run.touched_at = RunState.GOOD, at, at
    run.path, run.bytes, run.sha256, run.checked = str(made.path), made.bytes, made.sha256, asdict(made.checked)
    run.save()
    data = {"kind": run.kind, "bytes": made.bytes, "sha256": made.sha256}
    audit("backup.make", by=run.by, at=at, subject=("backup", run.pk), data=data)
    Run.objects.filter(asked_at__lt=at - REMEMBERED).delete()


@transaction.atomic
def fail(*, run: Run, failure: Failure, at: datetime) -> None:
    """A run has gone wrong."""
    run.state, run.ended_at, run.touched_at = RunState.FAILED, at, at
    run.failure = {"code": failure.code, "chinese": failure.chinese, "english": failure.english}
    run.save()
    audit("backup.fail", by=run.by, at=at, subject=("backup", run.pk), data={"code": failure.code})


@transaction.atomic
def note_restore(*, made_at: datetime, sha256: str, at: datetime) -> None:
    """Say in the restored audit what it was restored from."""
    audit("backup.restore", by=None, at=at, data={"made_at": made_at.isoformat(), "sha256": sha256})
