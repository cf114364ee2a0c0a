"""Making a backup of this installation: from the page, every day, or from the shell. One at a time in a folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from wuyicun.kernel import clock
from wuyicun.kernel.backup import actions, rules
from wuyicun.kernel.backup.archive import faults, key_file, making
from wuyicun.kernel.backup.archive.keys import KeyPair
from wuyicun.kernel.backup.archive.making import DRAFT, Made, Progress, Source
from wuyicun.kernel.backup.models import Run
from wuyicun.kernel.failure import Failure
from wuyicun.kernel.web.context import program_version

TELL_EVERY_SECONDS = 1.5
LOCK = ".lock"


def source() -> Source:
    """What is backed up here."""
    return Source(
        settings.WUYI_OWNER_URL,
        Path(settings.WUYI_DATA),
        settings.WUYI_KEY_TEXTS,
        program_version(),
        folder(),
    )


def folder() -> Path:
    """Where the daily archives go."""
    return Path(settings.WUYI_BACKUP_FOLDER)


def pair(passphrase: str = "") -> KeyPair:
    """Whom archives are sealed for. Raises Failure when no passphrase was ever set, or it is another one."""
    found = key_file.settle(Path(settings.WUYI_DATA), passphrase or settings.WUYI_BACKUP_PASSPHRASE)
    if found is None:
        raise faults.passphrase_missing()
    return found


def carry_out(run: Run) -> None:
    """Make the backup that a run stands for, and note how it went."""
    try:
        with turn(folder()):
            path = folder() / rules.name_of(clock.now())
            made = making.make(source(), path, pair(), clock.now(), _Teller(run))
    except Failure as failure:
        actions.fail(run=run, failure=failure, at=clock.now())
        return
    actions.succeed(run=run, made=made, at=clock.now())
    thin(folder(), clock.now())


def make_here(path: Path, given: KeyPair, progress: Progress, run: Run | None) -> Made:
    """Make a backup for the shell. run: where it is noted; None when the tables are of another release.

    Raises Failure, which is noted as well.
    """
    try:
        with turn(path.parent):
            made = making.make(source(), path, given, clock.now(), progress)
    except Failure as failure:
        if run is not None:
            actions.fail(run=run, failure=failure, at=clock.now())
        raise
    if run is not None:
        actions.succeed(run=run, made=made, at=clock.now())
    return made


@contextlib.contextmanager
def turn(where: Path) -> Iterator[None]:
    """Wait until nobody else makes an archive in this folder, and clear away what a killed run has left."""
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(where / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise faults.from_system(error, where) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in where.glob(f"*{rules.ENDING}{DRAFT}"):
            left.unlink(missing_ok=True)
        yield
    finally:
        os.close(lock)


def thin(where: Path, now: datetime) -> None:
    """Remove the archives that are no longer needed; files that bear other names are left alone."""
    found = {at: path for path in where.iterdir() if (at := rules.made_at(path.name)) is not None}
    for at in rules.superfluous(found, now, timezone.get_default_timezone()):
        with contextlib.suppress(OSError):  # what cannot be removed now is tried again tomorrow
            found[at].unlink()


class _Teller:
    """Notes how far a run is, not too often."""

    def __init__(self, run: Run) -> None:
        self._run, self._phase, self._told = run, "", 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase != self._phase or now - self._told >= TELL_EVERY_SECONDS:
            self._phase, self._told = phase, now
            actions.tell(run=self._run, phase=phase, done=done, total=total, at=clock.now())
