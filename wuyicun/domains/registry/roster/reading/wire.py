"""What the reading child says to its parent: length-prefixed msgpack messages on a pipe, rows in portions."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

import msgspec

from wuyicun.domains.registry.roster.book import Cell, CellError

_DATE = 1
_ERROR = 2
_LENGTH = struct.Struct("<I")


class SheetBegins(msgspec.Struct, tag=True, frozen=True):
    """The following rows belong to this sheet; `merged` holds (top, left, bottom, right)."""

    name: str
    hidden: bool
    merged: list[tuple[int, int, int, int]]


class Rows(msgspec.Struct, tag=True, frozen=True):
    """The next rows of the sheet, from row 1 on, empty ones included."""

    rows: list[list[Any]]


class Refused(msgspec.Struct, tag=True, frozen=True):
    """The file cannot be read; nothing follows."""

    code: str
    data: dict[str, str] = {}
    sheet: str | None = None
    row: int | None = None


class Finished(msgspec.Struct, tag=True, frozen=True):
    """All was said."""

    format: str


Message = SheetBegins | Rows | Refused | Finished


def pack(cell: Cell) -> Any:
    """A cell as msgpack can carry it: dates and errors keep their kind."""
    if isinstance(cell, date):
        return msgspec.msgpack.Ext(_DATE, cell.isoformat().encode())
    if isinstance(cell, CellError):
        return msgspec.msgpack.Ext(_ERROR, cell.text.encode())
    return cell


def _unpack(code: int, data: memoryview) -> Cell:
    text = bytes(data).decode()
    if code == _ERROR:
        return CellError(text)
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


class Writer:
    """Writes messages to a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._encoder = msgspec.msgpack.Encoder()

    def send(self, message: Message) -> None:
        """Writes one message."""
        body = self._encoder.encode(message)
        self._stream.write(_LENGTH.pack(len(body)))
        self._stream.write(body)


def messages(stream: BinaryIO) -> Iterator[Message]:
    """The messages until the stream ends, also when it breaks off in the middle of one."""
    decoder = msgspec.msgpack.Decoder(Message, ext_hook=_unpack)
    while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        body = stream.read(length)
        if len(body) < length:
            return
        yield decoder.decode(body)
