"""Making an archive: one consistent moment of the database, the keys and the files, sealed as it is written.

It is written under another name and read back; only what was found good gets its name.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from wuyicun.kernel.backup.archive import checking, contents, entries, faults, header, keys, programs
from wuyicun.kernel.backup.archive.checking import Checked
from wuyicun.kernel.backup.archive.contents import Manifest
from wuyicun.kernel.backup.archive.header import Header
from wuyicun.kernel.backup.archive.keys import KeyPair
from wuyicun.kernel.backup.archive.sealing import Sealer

DRAFT = ".part"
LEAST_FREE_BYTES = 50_000_000
DUMP_OPTIONS = (
    *("--format=custom", "--compress=gzip:1", "--no-password"),
    *(f"--exclude-table-data={table}" for table in contents.LEFT_OUT),
)

Progress = Callable[[str, int, int], None]
"""phase ("count", "database", "files", "check"), bytes done, bytes in all (0: not known yet)."""


@dataclass(frozen=True)
class Source:
    """What is backed up.

    Attributes:
        owner_url: the database, as the owner of its tables.
        data: the data folder.
        keys: the texts of the program's keys by their names in `secrets`.
        program: the release that runs.
        archives: the folder of the daily archives, which no archive holds.
    """

    owner_url: str
    data: Path
    keys: Mapping[str, str]
    program: str
    archives: Path


@dataclass(frozen=True)
class Made:
    """An archive that was read back and found good."""

    path: Path
    bytes: int
    sha256: str
    checked: Checked


def make(source: Source, path: Path, pair: KeyPair, at: datetime, progress: Progress) -> Made:
    """Make an archive that only the passphrase of this pair opens. Raises Failure; then nothing is left behind.

    path: where it goes; must not be there. at: the moment written into it.
    """
    if path.exists():
        raise faults.there_already(path)
    draft = path.with_name(path.name + DRAFT)
    own_key = os.urandom(keys.KEY_BYTES)
    head = Header(source.program, at, pair, keys.wrap(own_key, pair.public))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _snapshot(source.owner_url) as moment, _private(draft) as file:
            _look_for_space(moment.connection, path.parent)
            head = _write(file, head, own_key, _Filling(source, moment, progress))
        checked = checking.check(draft, own_key, progress)
        draft.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise faults.from_system(error, path) from error
    finally:
        draft.unlink(missing_ok=True)
    return Made(path, header.BYTES + head.body_bytes, head.body_sha256, checked)


def _write(file: BinaryIO, head: Header, own_key: bytes, filling: _Filling) -> Header:
    header.write(file, head)
    sealer = Sealer(file, own_key, head.bound())
    filling.fill(sealer)
    digest = sealer.close()
    head = replace(head, body_bytes=sealer.bytes, body_sha256=digest)
    header.write(file, head)
    file.flush()
    os.fsync(file.fileno())
    return head


@dataclass
class _Filling:
    """Writes the entries, and says how far it is."""

    source: Source
    moment: _Moment
    progress: Progress
    written: int = 0

    def fill(self, sealer: Sealer) -> None:
        self.progress("count", 0, 0)
        manifest = contents.look(self.moment.connection)
        entries.put(sealer, contents.MANIFEST, [manifest.encode()])
        entries.put(sealer, contents.KEYS, [json.dumps(dict(self.source.keys)).encode()])
        self.progress("database", 0, 0)
        self._dump(sealer, manifest)
        for path in contents.files(self.source.data, self.source.archives):
            name = contents.FILES + path.relative_to(self.source.data).as_posix()
            entries.put(sealer, name, self._told("files", contents.blocks(path)))
        entries.end(sealer)

    def _dump(self, sealer: Sealer, manifest: Manifest) -> None:
        command = [
            str(programs.find("pg_dump", manifest.server)),
            *DUMP_OPTIONS,
            f"--snapshot={self.moment.snapshot}",
        ]
        with programs.reading(command, programs.Database(self.source.owner_url)) as dumped:
            entries.put(sealer, contents.DATABASE, self._told("database", dumped))

    def _told(self, phase: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.written += len(block)
            self.progress(phase, self.written, 0)
            yield block


@dataclass(frozen=True)
class _Moment:
    """A connection that sees one moment of the database, and the name by which pg_dump sees the same."""

    connection: psycopg.Connection[Any]
    snapshot: str


@contextlib.contextmanager
def _snapshot(owner_url: str) -> Iterator[_Moment]:
    """One moment of the database that the figures and the dump share, whatever is written meanwhile."""
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=30) as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if not contents.is_there(connection):
                raise faults.nothing_there()
            row = connection.execute("SELECT pg_export_snapshot()").fetchone()
            yield _Moment(connection, str(row[0]) if row else "")
            connection.execute("COMMIT")
    except psycopg.Error as error:
        raise faults.program_failed("PostgreSQL", str(error).strip().splitlines()[0]) from error


def _look_for_space(connection: psycopg.Connection[Any], folder: Path) -> None:
    """An archive mostly needs far less than a third of what the database takes."""
    row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    needed = max(LEAST_FREE_BYTES, (int(row[0]) if row else 0) // 3)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise faults.disk_too_small(folder, needed, free)


@contextlib.contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    path.unlink(missing_ok=True)  # of a run that was killed
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        yield file


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
