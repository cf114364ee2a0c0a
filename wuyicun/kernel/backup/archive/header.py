"""The head of an archive, in clear: `head -c 4096 FILE` shows it. Nothing in it says anything of a person."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from wuyicun.kernel.backup.archive import faults
from wuyicun.kernel.backup.archive.keys import KeyPair, WrappedKey, pair_from, text

MAGIC = b"WUYICUN-BACKUP\n"
FORMAT = 1
BYTES = 4096
_OF_THE_BODY = ("body_bytes", "body_sha256")  # known at the end only


@dataclass(frozen=True)
class Header:
    """program: the release that made it; body_*: length and digest of the sealed body, to find damage without a key."""

    program: str
    made_at: datetime
    pair: KeyPair
    key: WrappedKey
    body_bytes: int = 0
    body_sha256: str = ""

    def as_dict(self) -> dict[str, Any]:
        key = {**self.pair.as_dict(), "ephemeral": text(self.key.ephemeral), "archive": text(self.key.sealed)}
        return {
            "format": FORMAT,
            "program": self.program,
            "made_at": self.made_at.isoformat(),
            "key": key,
            "body_bytes": self.body_bytes,
            "body_sha256": self.body_sha256,
        }

    def bound(self) -> bytes:
        """What ties the body to this header: a digest of all of it that is known beforehand."""
        kept = {name: value for name, value in self.as_dict().items() if name not in _OF_THE_BODY}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).digest()


def write(file: BinaryIO, header: Header) -> None:
    """Write it at the beginning of the file, in its fixed length."""
    raw = json.dumps(header.as_dict(), indent=1).encode()
    file.seek(0)
    file.write(MAGIC + raw.ljust(BYTES - len(MAGIC) - 1) + b"\n")


def read(file: BinaryIO, path: Path) -> Header:
    """Read it; the file then stands at the body. Raises Failure."""
    raw = file.read(BYTES)
    if not raw.startswith(MAGIC):
        raise faults.no_archive(path)
    if len(raw) < BYTES:
        raise faults.ends_too_early(path)
    try:
        given = json.loads(raw[len(MAGIC) :])
        if int(given["format"]) > FORMAT:
            raise faults.newer(path, str(given.get("program", "?")))
        key = given["key"]
        wrapped = WrappedKey(*(base64.b64decode(key[part], validate=True) for part in ("ephemeral", "archive")))
        return Header(
            str(given["program"]),
            datetime.fromisoformat(given["made_at"]),
            pair_from(key),
            wrapped,
            int(given["body_bytes"]),
            str(given["body_sha256"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise faults.broken_header(path) from error
