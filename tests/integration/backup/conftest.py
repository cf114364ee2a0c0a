"""A village with a round, and an installation whose backups go into a folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from tests.cast import Cast, make_cast
from tests.database import TestDatabase
from wuyicun.kernel import clock
from wuyicun.kernel.backup import work
from wuyicun.kernel.backup.archive import key_file, keys, making
from wuyicun.kernel.backup.archive.keys import KeyPair
from wuyicun.kernel.backup.archive.making import Progress, Source

PASSPHRASE = "西山 1 号院的槐树"
QUICK = 2**4  # scrypt with little memory


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """The data folder and, in it, the folder of archives. The database and its keys are those of the tests."""
    with override_settings(WUYI_DATA=tmp_path, WUYI_BACKUP_FOLDER=tmp_path / "backups", WUYI_BACKUP_PASSPHRASE=""):
        yield tmp_path


@pytest.fixture
def pair(place: Path) -> KeyPair:
    """The passphrase is set."""
    made = keys.make_pair(PASSPHRASE, QUICK)
    key_file.keep(place, made)
    return made


@pytest.fixture
def cast(database: TestDatabase) -> Iterator[Cast]:
    yield make_cast()
    connections.close_all()


@dataclass(frozen=True)
class Installation:
    """What is backed up: the test's database, with a file beside it, for whoever knows PASSPHRASE."""

    source: Source
    pair: KeyPair
    place: Path

    def make(self, name: str, progress: Progress = lambda phase, done, total: None) -> Path:
        """An archive of this name."""
        return making.make(self.source, self.place / name, self.pair, clock.now(), progress).path


@pytest.fixture
def installation(cast: Cast, place: Path, pair: KeyPair, database: TestDatabase) -> Installation:
    kept = place / "files" / "imports"
    kept.mkdir(parents=True)
    (kept / "a").write_bytes(b"sealed")
    (kept / ".draft").write_bytes(b"half")
    assert settings.WUYI_OWNER_URL.split("?")[0].endswith(database.name)
    return Installation(work.source(), pair, place)
