"""What the body holds: named entries whose length need not be known beforehand.

An entry is `E`, the length of its name (2 bytes, big-endian), the name in UTF-8, then blocks: each its length (4 bytes,
big-endian) and that many bytes, up to a block of length 0. `Z` ends the body.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Protocol

_NAME, _BLOCK = struct.Struct(">H"), struct.Struct(">I")
MOST_BLOCK_BYTES = 16 * 1024 * 1024


class Malformed(Exception):
    """Bytes that no version of this program wrote."""


class Takes(Protocol):
    """Where bytes go."""

    def write(self, content: bytes, /) -> object: ...


def put(target: Takes, name: str, blocks: Iterable[bytes]) -> None:
    """Write an entry."""
    raw = name.encode()
    target.write(b"E" + _NAME.pack(len(raw)) + raw)
    for block in blocks:
        if block:
            target.write(_BLOCK.pack(len(block)))
            target.write(block)
    target.write(_BLOCK.pack(0))


def end(target: Takes) -> None:
    """Say that nothing follows."""
    target.write(b"Z")


def read(stream: Iterable[bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The entries in their order; one that was not read to its end is skipped. Raises Malformed."""
    source = _Source(iter(stream))
    while (mark := source.take(1)) == b"E":
        name = source.take(_NAME.unpack(source.take(_NAME.size))[0]).decode(errors="replace")
        blocks = _blocks(source)
        yield name, blocks
        for _block in blocks:
            pass
    if mark != b"Z" or source.more():
        raise Malformed


class _Source:
    """Takes so many bytes at a time from a stream of chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._held = chunks, bytearray()

    def take(self, count: int) -> bytes:
        while len(self._held) < count:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise Malformed
            self._held += chunk
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    def more(self) -> bool:
        return bool(self._held) or any(self._chunks)


def _blocks(source: _Source) -> Iterator[bytes]:
    while length := _BLOCK.unpack(source.take(_BLOCK.size))[0]:
        if length > MOST_BLOCK_BYTES:
            raise Malformed
        yield source.take(length)
