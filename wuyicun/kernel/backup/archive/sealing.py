"""The body of an archive: a stream in chunks, each sealed for its place.

AES-256-GCM in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce is the chunk's number and
whether it is the last, so that none can be changed, moved, left out or cut off. The key is an archive's own and used
once. Memory holds one chunk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK_BYTES = 1024 * 1024
TAG_BYTES = 16


class Readable(Protocol):
    """Where sealed chunks come from."""

    def read(self, count: int, /) -> bytes: ...


class Damaged(Exception):
    """The stream is not what was written; `chunk` is the first that is wrong."""

    def __init__(self, chunk: int) -> None:
        super().__init__(chunk)
        self.chunk = chunk


class Sealer:
    """Writes a sealed stream. bound: what every chunk is tied to (the header)."""

    def __init__(self, file: BinaryIO, key: bytes, bound: bytes) -> None:
        self._file, self._cipher, self._bound = file, AESGCM(key), bound
        self._waiting, self._number = bytearray(), 0
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, content: bytes) -> None:
        """Take in content; a chunk is written when more than it holds is there, for the last one is marked."""
        self._waiting += content
        while len(self._waiting) > CHUNK_BYTES:
            self._put(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]

    def close(self) -> str:
        """Write the last chunk; returns the SHA-256 of all."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()
        return self._digest.hexdigest()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._bound)
        self._file.write(sealed)
        self._digest.update(sealed)
        self.bytes += len(sealed)
        self._number += 1


def opened(file: Readable, key: bytes, bound: bytes) -> Iterator[bytes]:
    """Read a sealed stream back, chunk by chunk. Raises Damaged."""
    cipher, number = AESGCM(key), 0
    chunk = file.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = file.read(CHUNK_BYTES + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), chunk, bound)
        except (InvalidTag, ValueError) as error:
            raise Damaged(number) from error
        if not following:
            return
        chunk, number = following, number + 1


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
