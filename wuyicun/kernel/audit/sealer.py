"""The sealer and the verifier.

Rows are not chained as they are written: that would queue all commits. The sealer, alone under an advisory lock,
covers the rows of all transactions older than the oldest one still open. A seal keeps each row's id and digest, so
that the verifier names the first row that was altered, removed or slipped in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

LOCK = 0x57555949
ROW_BYTES = 16 + 32
LAST_XID = 2**63 - 1

_ROW = (
    "uuid_send(id) || sha256(convert_to(concat_ws(E'\\x1f', id, xid, coalesce(village_id::text, '-'),"
    " extract(epoch from at), coalesce(by::text, '-'), action, subject_kind, coalesce(subject_id::text, '-'),"
    " data::text), 'UTF8'))"
)


@dataclass(frozen=True)
class Verdict:
    """What a verification found.

    Attributes:
        rows: audit rows there are.
        sealed: rows that a seal covers.
        seals: links of the chain.
        verified: nothing is wrong.
        first_bad: what is wrong with the first bad row or seal, or None.
        head: number and hash of the last seal, to be kept outside.
    """

    rows: int
    sealed: int
    seals: int
    verified: bool
    first_bad: str | None
    head: str

    @property
    def unsealed(self) -> int:
        """Rows that no seal covers yet."""
        return self.rows - self.sealed


def seal(connection: psycopg.Connection[Any], at: datetime) -> int:
    """Append a seal over what can no longer change; returns how many rows are newly sealed (0: nothing to seal).

    After a restore the rest of what the old cluster wrote is sealed first, then a new epoch begins.

    Args:
        connection: as `wuyi_sealer`, which may read the audit and insert seals, nothing else.
        at: the time written into the seal.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        here = int((cursor.fetchone() or (0,))[0])
        last = _last(cursor, here)
        sealed = 0
        if last.cluster != here:
            last, sealed = _append(cursor, last, LAST_XID, at)
            cursor.execute("SELECT coalesce(max(to_xid), 0) FROM audit_auditseal WHERE cluster = %s", [here])
            last = _Last(last.epoch + 1, here, int((cursor.fetchone() or (0,))[0]), last.hash)
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        end = int((cursor.fetchone() or (0,))[0])
        return sealed + _append(cursor, last, end, at)[1]


@dataclass(frozen=True)
class _Last:
    """Where the chain ends: the transactions of this cluster below `to_xid` are sealed."""

    epoch: int
    cluster: int
    to_xid: int
    hash: bytes


def _last(cursor: psycopg.Cursor[Any], here: int) -> _Last:
    cursor.execute("SELECT epoch, cluster, to_xid, hash FROM audit_auditseal ORDER BY number DESC LIMIT 1")
    if found := cursor.fetchone():
        return _Last(int(found[0]), int(found[1]), int(found[2]), bytes(found[3]))
    # Nothing was ever sealed: begin where the first row was written, which may have been before a restore.
    cursor.execute("SELECT cluster FROM audit_auditrow ORDER BY id LIMIT 1")
    first = cursor.fetchone()
    return _Last(1, int(first[0]) if first else here, 0, b"")


def _append(cursor: psycopg.Cursor[Any], last: _Last, end: int, at: datetime) -> tuple[_Last, int]:
    """Seal the rows up to a transaction, if there are any; where the chain then ends, and how many they were."""
    rows, content = _content(cursor, last.cluster, last.to_xid, end)
    if rows == 0:
        return last, 0
    link = _link(last.hash, last.epoch, last.to_xid, end, content)
    cursor.execute(
        "INSERT INTO audit_auditseal (epoch, cluster, from_xid, to_xid, rows, content, previous, hash, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [last.epoch, last.cluster, last.to_xid, end, rows, content, last.hash, link, at],
    )
    return _Last(last.epoch, last.cluster, end, link), rows


def verify(connection: psycopg.Connection[Any]) -> Verdict:
    """Check every link against the one before it and every row against its seal."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_auditrow")
        total = int(str((cursor.fetchone() or (0,))[0]))
        cursor.execute(
            "SELECT number, epoch, cluster, from_xid, to_xid, content, previous, hash FROM audit_auditseal"
            " ORDER BY number"
        )
        seals = cursor.fetchall()
        previous, sealed, bad, head = b"", 0, None, "0:"
        for number, epoch, cluster, start, end, content, before, link in seals:
            kept = bytes(content)
            bad = bad or _broken_link(
                number=int(number),
                expected=previous,
                previous=bytes(before),
                link=bytes(link),
                span=(int(epoch), int(start), int(end)),
                content=kept,
            )
            _, found = _content(cursor, int(cluster), int(start), int(end))
            bad = bad or _first_difference(int(number), kept, found)
            previous, sealed, head = bytes(link), sealed + len(kept) // ROW_BYTES, f"{number}:{bytes(link).hex()}"
        return Verdict(total, sealed, len(seals), bad is None, bad, head)


def _content(cursor: psycopg.Cursor[Any], cluster: int, start: int, end: int) -> tuple[int, bytes]:
    cursor.execute(
        f"SELECT count(*), coalesce(string_agg({_ROW}, ''::bytea ORDER BY xid, id), ''::bytea)"
        " FROM audit_auditrow WHERE xid >= %s AND xid < %s AND cluster = %s",
        [start, end, cluster],
    )
    count, content = cursor.fetchone() or (0, b"")
    return int(count), bytes(content)


def _link(previous: bytes, epoch: int, start: int, end: int, content: bytes) -> bytes:
    return hashlib.sha256(previous + f"|{epoch}|{start}|{end}|".encode() + content).digest()


def _broken_link(
    *, number: int, expected: bytes, previous: bytes, link: bytes, span: tuple[int, int, int], content: bytes
) -> str | None:
    if previous != expected or link != _link(previous, *span, content):
        return f"seal {number}"
    return None


def _rows(content: bytes) -> Iterator[tuple[str, bytes]]:
    for start in range(0, len(content), ROW_BYTES):
        yield content[start : start + 16].hex(), content[start + 16 : start + ROW_BYTES]


def _first_difference(number: int, kept: bytes, found: bytes) -> str | None:
    if kept == found:
        return None
    before, now = dict(_rows(kept)), dict(_rows(found))
    for row, value in before.items():
        if row not in now:
            return f"row {row} (seal {number}): removed"
        if now[row] != value:
            return f"row {row} (seal {number}): altered"
    added = next((row for row in now if row not in before), "?")
    return f"row {added} (seal {number}): slipped in"
