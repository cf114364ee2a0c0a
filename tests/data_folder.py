"""Where a test run keeps its cluster and its secrets, and what it tells the settings about it."""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import IO

from wuyicun.kernel.database import embedded
from wuyicun.kernel.database.layout import Layout

PREFIX = "wuyicun-test-"
OTHER_SETTINGS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEALER_URL")

_held: list[IO[str]] = []


def prepare(variables: MutableMapping[str, str]) -> None:
    """Choose the data folder once for this run and for the workers that it starts, and clear all other settings."""
    if "WUYI_TEST_RUN" not in variables:
        chosen = variables.get("WUYI_TEST_DATA")
        for name in [name for name in variables if name.startswith("WUYI_") and name != "WUYI_CHROMIUM"]:
            del variables[name]
        for name in OTHER_SETTINGS:
            variables.pop(name, None)
        variables["WUYI_DATA"] = str(Path(chosen).absolute() if chosen else _new())
        variables["WUYI_TEST_RUN"] = str(os.getpid())
    variables["DJANGO_SETTINGS_MODULE"] = "wuyicun.config.settings"


def path(variables: MutableMapping[str, str]) -> Path:
    """The chosen folder."""
    return Path(variables["WUYI_DATA"])


def remove() -> None:
    """Remove the folder if this process made it, and those that killed runs have left."""
    for lock in _held:
        lock.close()
    if _held:
        _remove_abandoned()
    _held.clear()


def _new() -> Path:
    """Make a folder that PostgreSQL can enter when root runs the tests; a lock in it says that it is in use."""
    _remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)
    lock = (folder / "in-use").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    _held.append(lock)
    return folder / "data"


def _remove_abandoned() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            status = folder.lstat()
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not _in_use(folder):
                embedded.end(Layout(folder / "data"))
                shutil.rmtree(folder)


def _in_use(folder: Path) -> bool:
    try:
        with (folder / "in-use").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:  # just made, or half removed
        return time.time() - folder.lstat().st_mtime < 60
    return False
