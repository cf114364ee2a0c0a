"""Reads a file by asking a child process that may only use so much memory and time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

import wuyicun
from wuyicun.domains.registry.roster.book import Book, Cells, Limits, MergedRange, RosterRefused, Sheet
from wuyicun.domains.registry.roster.reading import wire

_CHILD = "wuyicun.domains.registry.roster.child"
_PASSED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME", "LANG", "LC_ALL", "TZ")
_PACKAGE_FOLDER = Path(wuyicun.__file__).resolve().parents[1]


def read(
    path: Path,
    *,
    limits: Limits | None = None,
    name: str | None = None,
    heard: Callable[[bytes], object] | None = None,
) -> Book:
    """Reads a roster file (.xlsx, .xlsm, .xlsb, .xls, .ods or delimited text) into sheets of cells.

    Args:
        path: the file.
        limits: how much it may ask of the machine.
        name: what the clerk called the file, where `path` does not say; its ending tells text from a workbook.
        heard: is given all that the child says, for `read_back`.

    Raises:
        RosterRefused: it is no file that can be read as a roster.
        OSError: there is no such file.
    """
    limits = limits or Limits()
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise RosterRefused("too_large", {"reason": "bytes", "limit": str(limits.file_bytes)})
    file_name = name or path.name
    with _child(path, file_name, limits) as answers:
        return assemble(file_name, cast("BinaryIO", _Heard(answers, heard)) if heard else answers)


def read_back(file_name: str, said: bytes) -> Book:
    """The book that was read before, from what `heard` was given."""
    return assemble(file_name, io.BytesIO(said))


class _Heard:
    """A stream whose bytes somebody else is given too."""

    def __init__(self, stream: BinaryIO, heard: Callable[[bytes], object]) -> None:
        self._stream, self._heard = stream, heard

    def read(self, size: int) -> bytes:
        part = self._stream.read(size)
        self._heard(part)
        return part


@contextmanager
def _child(path: Path, file_name: str, limits: Limits) -> Iterator[BinaryIO]:
    """Runs the child while its answers are read; refuses in its stead if it dies before it has said all."""
    job = msgspec.json.encode({"path": str(path.resolve()), "name": file_name, "limits": limits}).decode()
    child = subprocess.Popen(
        [sys.executable, "-m", _CHILD, job],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    clock = threading.Timer(limits.seconds, end)
    clock.daemon = True
    clock.start()
    try:
        with child:  # leaving it closes the pipe, which ends a child that still writes, and waits
            yield cast("BinaryIO", child.stdout)
    except BrokeOff:
        if late.is_set():
            raise RosterRefused("too_large", {"reason": "seconds", "limit": str(limits.seconds)}) from None
        # A Rust library that gets no memory aborts; the kernel kills; Python itself exits with 1.
        code = "too_large" if child.returncode else "corrupt"
        raise RosterRefused(code, {"reason": "memory", "limit": str(limits.memory_bytes)}) from None
    finally:
        clock.cancel()


def _environment() -> dict[str, str]:
    """What the child needs to start, and no key or password of the server: a file might take it over."""
    search = os.pathsep.join(filter(None, (str(_PACKAGE_FOLDER), os.environ.get("PYTHONPATH", ""))))
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONPATH": search}


class BrokeOff(Exception):
    """The child ended before it had said all."""


def assemble(file_name: str, answers: BinaryIO) -> Book:
    """The book that a child's answers describe.

    Raises:
        RosterRefused: the child refuses the file.
        BrokeOff: the answers end before all was said.
    """
    sheets: list[Sheet] = []
    begun: wire.SheetBegins | None = None
    rows: list[Cells] = []
    seen: dict[str, str] = {}
    share = seen.setdefault  # the same text only once in memory: most cells of a roster repeat
    for message in wire.messages(answers):
        match message:
            case wire.Rows():
                rows.extend(
                    tuple([share(cell, cell) if type(cell) is str else cell for cell in row]) for row in message.rows
                )
            case wire.SheetBegins():
                sheets.extend(_finished(begun, rows))
                begun, rows = message, []
            case wire.Finished():
                sheets.extend(_finished(begun, rows))
                return Book(file_name, message.format, tuple(sheets))
            case wire.Refused():
                raise RosterRefused(message.code, message.data, sheet=message.sheet, row=message.row)
    raise BrokeOff


def _finished(begun: wire.SheetBegins | None, rows: list[Cells]) -> Iterator[Sheet]:
    if begun is not None:
        merged = tuple(MergedRange(*corners) for corners in begun.merged)
        yield Sheet(begun.name, tuple(rows), begun.hidden, merged)
