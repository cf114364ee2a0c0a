"""A data folder for one run of the tests or of a benchmark, removed at its end.

Those of killed runs are removed by the next one.
"""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from wuyicun.kernel.database import embedded
from wuyicun.kernel.database.layout import Layout

PREFIX = "wuyicun-test-"
LOCK = "in-use"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Have a folder that PostgreSQL can enter, also when root runs the tests; a lock in it says that it is in use."""
    remove_abandoned()
    unnamed = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    unnamed.chmod(0o711)
    with (unnamed / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = unnamed.rename(unnamed.with_name(unnamed.name[1:]))  # nobody finds it before it is locked
        try:
            yield made / "data"
        finally:
            _remove(made)


def remove_abandoned() -> None:
    """Remove the folders that nobody uses any more, and end the servers in them."""
    for found in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            status = found.lstat()
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid():
                with _claimed(found):
                    _remove(found)


def _remove(found: Path) -> None:
    embedded.end(Layout(found / "data"))
    shutil.rmtree(found)


@contextlib.contextmanager
def _claimed(found: Path) -> Iterator[None]:
    """Hold a folder that nobody uses, so that of several runs one removes it.

    Raises:
        OSError: somebody uses or removes it, or it was only just made.
    """
    try:
        lock = (found / LOCK).open("r+")
    except FileNotFoundError:  # just made, or half removed by a run that was killed
        if time.time() - found.lstat().st_mtime < 60:
            raise
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
