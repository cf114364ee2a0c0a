"""Reading an archive back: every chunk opened, the dump read to its end, its rows counted against what was counted."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from cryptography.exceptions import InvalidTag

from wuyicun.kernel.backup.archive import contents, entries, faults, header, keys, programs, sealing
from wuyicun.kernel.backup.archive.contents import Manifest
from wuyicun.kernel.backup.archive.header import Header

Entries = Iterator[tuple[str, Iterator[bytes]]]
_COPY = re.compile(rb"COPY public\.(\S+) \(")


@dataclass(frozen=True)
class Checked:
    """What an archive was found to hold. rows: in all tables. files: besides the database."""

    people: int
    villages: int
    tables: int
    rows: int
    files: int


def read_header(path: Path) -> Header:
    """Its header; its length, too, is what it should be. Raises Failure."""
    try:
        with path.open("rb") as file:
            head = header.read(file, path)
        found = path.stat().st_size - header.BYTES
    except OSError as error:
        raise faults.from_system(error, path) from error
    if found != head.body_bytes:
        raise faults.ends_too_early(path)
    return head


def own_key(path: Path, passphrase: str) -> bytes:
    """The archive's own key. Raises Failure when the passphrase is wrong or the header was altered."""
    head = read_header(path)
    private = keys.open_pair(head.pair, passphrase)
    try:
        return keys.unwrap(head.key, private)
    except (InvalidTag, ValueError) as error:
        raise faults.broken_header(path) from error


@contextmanager
def opened(path: Path, key: bytes, progress: Callable[[str, int, int], None]) -> Iterator[Entries]:
    """The entries of an archive. Raises Failure for whatever was altered since it was written."""
    head = read_header(path)
    try:
        with path.open("rb") as file:
            file.seek(header.BYTES)
            stream = sealing.opened(_Told(file, head.body_bytes, progress), key, head.bound())
            yield entries.read(stream)
    except sealing.Damaged as error:
        raise faults.broken_part(path, error.chunk + 1) from error
    except (entries.Malformed, ValueError, KeyError, TypeError) as error:
        raise faults.broken_content(path) from error
    except OSError as error:
        raise faults.from_system(error, path) from error


def check(path: Path, key: bytes, progress: Callable[[str, int, int], None]) -> Checked:
    """Read it all back. Raises Failure for the first thing that is wrong."""
    _digest(path)
    with opened(path, key, progress) as found:
        manifest, _keys = read_beginning(found)
        name, dump = next(found, ("", iter(())))
        if name != contents.DATABASE:
            raise entries.Malformed
        with programs.turning([str(programs.find("pg_restore", manifest.server)), "--file=-"], dump) as script:
            compare(manifest.counts, _rows(script))
        files = sum(1 for _ in found)
    return Checked(manifest.people, manifest.villages, len(manifest.counts), sum(manifest.counts.values()), files)


def read_beginning(found: Entries) -> tuple[Manifest, Mapping[str, str]]:
    """The manifest and the keys, which come first."""
    name, blocks = next(found, ("", iter(())))
    if name != contents.MANIFEST:
        raise entries.Malformed
    manifest = contents.manifest_from(b"".join(blocks))
    name, blocks = next(found, ("", iter(())))
    if name != contents.KEYS:
        raise entries.Malformed
    given: dict[str, str] = json.loads(b"".join(blocks))
    return manifest, given


def compare(expected: Mapping[str, int], found: Mapping[str, int]) -> None:
    """Raise Failure for the first table whose rows are not as many as they should be."""
    for table, number in expected.items():
        if found.get(table, 0) != number:
            raise faults.counts_differ(table, number, found.get(table, 0))


def _rows(script: IO[bytes]) -> dict[str, int]:
    """How many rows each table is given in the script that pg_restore makes of a dump."""
    counted: dict[str, int] = {}
    for line in script:
        begin = _COPY.match(line) if line.startswith(b"COPY ") else None
        if begin is None:
            continue
        number = 0
        for row in script:
            if row == b"\\.\n":
                break
            number += 1
        counted[begin.group(1).decode().strip('"')] = number
    return counted


def _digest(path: Path) -> None:
    """The digest in the header finds damage, not deceit: that is the seals' part."""
    head, digest = read_header(path), hashlib.sha256()
    with path.open("rb") as file:
        file.seek(header.BYTES)
        while block := file.read(contents.BLOCK_BYTES):
            digest.update(block)
    if digest.hexdigest() != head.body_sha256:
        raise faults.broken_checksum(path)


class _Told:
    """A file that says how far it was read."""

    def __init__(self, file: BinaryIO, total: int, progress: Callable[[str, int, int], None]) -> None:
        self._file, self._total, self._progress, self._done = file, total, progress, 0

    def read(self, count: int) -> bytes:
        block = self._file.read(count)
        self._done += len(block)
        self._progress("check", self._done, self._total)
        return block
