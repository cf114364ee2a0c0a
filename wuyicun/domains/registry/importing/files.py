"""The uploaded files, sealed, from the upload until the batch is undone or dropped, or its time is over.

A roster is all that is known of a village: it never lies on the disk in clear longer than it takes to read it. Kept in
`<data>/files/imports/<batch id>`, in parts that are sealed each for its place, so that none can be moved or left out;
beside it `<batch id>.cells1`, what was read from it, so that a long file is read once and not at every step.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from wuyicun.kernel.crypto import Unreadable, seal, unseal

KEPT_FOR = timedelta(days=30)
"""After the commit, so that the returned workbook can be fetched again."""

_CELLS = ".cells1"  # another number when `roster.reading.wire` says it otherwise
_PART = 768 * 1024
_LENGTH = struct.Struct("<I")
_MODE, _FOLDER_MODE = 0o600, 0o700


@dataclass(frozen=True)
class Kept:
    """What was kept of a file."""

    size: int
    digest: bytes


def folder() -> Path:
    """Where the files lie; made when it is first asked for."""
    path = Path(settings.WUYI_DATA) / "files" / "imports"
    path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    return path


def keep(batch_id: UUID, content: Iterable[bytes]) -> Kept:
    """Seal a file as it comes in; only the whole of it gets its name."""
    return _keep(str(batch_id), content)


def keep_cells(batch_id: UUID, said: Iterable[bytes]) -> None:
    """Seal what was read from a file."""
    _keep(f"{batch_id}{_CELLS}", said)


def cells(batch_id: UUID) -> bytes | None:
    """What was read from a file; None when that isn't kept."""
    name = f"{batch_id}{_CELLS}"
    try:
        with (folder() / name).open("rb") as sealed:
            return b"".join(_read(sealed, name))
    except FileNotFoundError:
        return None


def _keep(name: str, content: Iterable[bytes]) -> Kept:
    digest, size, number = hashlib.sha256(), 0, 0
    handle, draft = tempfile.mkstemp(dir=folder(), prefix=".")
    try:
        with os.fdopen(handle, "wb") as stream:
            for part in _parts(content):
                digest.update(part)
                size += len(part)
                _write(stream, name, number, part)
                number += 1
            _write(stream, name, number, b"")
        Path(draft).replace(folder() / name)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return Kept(size, digest.digest())


def _parts(content: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) >= _PART:
            yield bytes(waiting[:_PART])
            del waiting[:_PART]
    if waiting:
        yield bytes(waiting)


def _purpose(name: str, number: int) -> str:
    return f"registry.import.file {name} {number}"


def _write(stream: BinaryIO, name: str, number: int, part: bytes) -> None:
    sealed = seal(base64.b64encode(part).decode(), _purpose(name, number))
    stream.write(_LENGTH.pack(len(sealed)))
    stream.write(sealed)


@contextmanager
def opened(batch_id: UUID, name: str) -> Iterator[Path]:
    """The file in clear, for as long as the block lasts, under a name with the clerk's ending.

    Raises:
        FileNotFoundError: it isn't kept any longer.
    """
    with tempfile.TemporaryDirectory(dir=folder(), prefix=".") as place:
        path = Path(place) / f"roster{Path(name).suffix.lower()[:6]}"
        with (folder() / str(batch_id)).open("rb") as sealed, path.open("wb") as clear:
            path.chmod(_MODE)
            for part in _read(sealed, str(batch_id)):
                clear.write(part)
        yield path


def _read(stream: BinaryIO, name: str) -> Iterator[bytes]:
    number = 0
    while True:
        head = stream.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            raise Unreadable("registry.import.file")
        part = base64.b64decode(unseal(stream.read(_LENGTH.unpack(head)[0]), _purpose(name, number)))
        if not part:
            return
        yield part
        number += 1


def is_kept(batch_id: UUID) -> bool:
    """Whether the file is still there."""
    return (folder() / str(batch_id)).exists()


def forget(batch_id: UUID) -> None:
    """Remove the file, and what was read from it."""
    for name in (f"{batch_id}", f"{batch_id}{_CELLS}"):
        (folder() / name).unlink(missing_ok=True)


def forget_old(at: datetime) -> None:
    """Remove what is older than `KEPT_FOR`, and what a killed process has left."""
    oldest = (at - KEPT_FOR).timestamp()
    hour_ago = (at - timedelta(hours=1)).timestamp()
    for path in folder().iterdir():
        with contextlib.suppress(OSError):
            changed = path.lstat().st_mtime
            if path.name.startswith(".") and changed < hour_ago:
                _remove(path)
            elif changed < oldest:
                path.unlink()


def _remove(path: Path) -> None:
    if path.is_dir():
        for inside in path.iterdir():
            inside.unlink()
        path.rmdir()
    else:
        path.unlink()
