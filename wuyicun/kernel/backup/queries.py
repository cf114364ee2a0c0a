"""What is asked of the backups: when was the last good one, what runs now, what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from wuyicun.kernel.backup import rules
from wuyicun.kernel.backup.archive import key_file
from wuyicun.kernel.backup.models import Run
from wuyicun.kernel.backup.rules import RunState

SHOWN = 40


@dataclass(frozen=True)
class Archive:
    """A run as the page shows it. there: its file still lies where it was put. took: how long it ran."""

    run: Run
    there: bool
    took: timedelta | None


@dataclass(frozen=True)
class Status:
    """Attributes:
    last: the last good one.
    is_old: someone must act.
    running: the run that is under way or waits for its turn.
    runs: the latest ones, newest first.
    has_passphrase: whether archives can be made at all.
    folder: where the daily ones go. hour: when, local time.
    """

    last: Run | None
    is_old: bool
    running: Run | None
    runs: Sequence[Archive]
    has_passphrase: bool
    folder: str
    hour: int


def status(now: datetime) -> Status:
    """How the backups stand."""
    last = last_good()
    return Status(
        last,
        rules.is_old(last.asked_at if last else None, now),
        running(now),
        [_archive(run, now) for run in Run.objects.order_by("-asked_at")[:SHOWN]],
        has_passphrase(),
        str(settings.WUYI_BACKUP_FOLDER),
        settings.WUYI_BACKUP_HOUR,
    )


def last_good() -> Run | None:
    """The last one that was read back and found good."""
    return Run.objects.filter(state=RunState.GOOD).order_by("-asked_at").first()


def running(now: datetime) -> Run | None:
    """The one that is under way or waits; not one whose process was killed."""
    newest = Run.objects.filter(ended_at__isnull=True).order_by("-asked_at").first()
    killed = newest is not None and rules.was_killed(RunState(newest.state), newest.touched_at, now)
    return None if killed else newest


def is_due(now: datetime) -> bool:
    """Whether the daily backup is to be made."""
    last = last_good()
    zone = timezone.get_default_timezone()
    return rules.is_due(last.asked_at if last else None, now, settings.WUYI_BACKUP_HOUR, zone)


def has_passphrase() -> bool:
    """Whether archives can be sealed."""
    return bool(settings.WUYI_BACKUP_PASSPHRASE) or key_file.path(Path(settings.WUYI_DATA)).exists()


def token(now: datetime) -> str:
    """Changes whenever the page would look different."""
    latest = Run.objects.order_by("-touched_at").values_list("pk", "touched_at", "state").first()
    under_way = running(now) is not None
    parts: list[Any] = [*(latest or ()), under_way, has_passphrase(), f"{now:%Y%m%d%H}"]
    return "|".join(map(str, parts))


def can_be_recorded() -> bool:
    """Whether the tables are as this release knows them; before an update they may not be."""
    executor = MigrationExecutor(connection)
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] in {"backup", "audit"}]
    return not executor.migration_plan(leaves)


def _archive(run: Run, now: datetime) -> Archive:
    took = None if run.ended_at is None else run.ended_at - run.asked_at
    if rules.was_killed(RunState(run.state), run.touched_at, now):
        run.state, run.failure = RunState.FAILED, {"code": "killed"}
    return Archive(run, bool(run.path) and Path(run.path).is_file(), took)
