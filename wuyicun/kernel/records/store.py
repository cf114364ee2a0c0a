"""Taking records in: stored once, given to their rooms, never dropped.

Several batches (of several requests, devices and villages) share one transaction; the caller entered the scope of
all their villages and commits. Same id and same body is a duplicate; same id and another body is kept in the tray.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Apply, Envelope, Kind, Outcome, Row, kinds
from wuyicun.kernel.roles import Permission

MAX_OFFSET = timedelta(days=36_500)


@dataclass(frozen=True)
class Batch:
    """What one device sent at once.

    Attributes:
        village_id: whose records they are.
        device: the device's id, as its token says.
        by: the account of the token.
        may: the permissions the account holds in the village now, each with the areas over which; a record beyond
            them is quarantined.
        envelopes: the records.
        received_at: the server's clock.
        offset: what to add to the device's clock (received less sent; zero when it was not said).
    """

    village_id: UUID
    device: UUID
    by: UUID | None
    may: Mapping[Permission, tuple[str, ...]]
    envelopes: Sequence[Envelope]
    received_at: datetime
    offset: timedelta = timedelta(0)


_json = msgspec.json.Encoder()


def store(batches: Sequence[Batch]) -> list[list[Outcome]]:
    """Store the batches' records and let their rooms take them in; the outcomes in the order they were sent."""
    parsed = [[_Parsed(batch, envelope) for envelope in batch.envelopes] for batch in batches]
    fresh = _insert([item for items in parsed for item in items])
    by_apply: dict[Apply, list[_Parsed]] = defaultdict(list)
    for item in fresh.values():
        if item.kind is not None and not item.code:
            by_apply[item.kind.apply].append(item)
    for apply, items in by_apply.items():
        for record_id, outcome in apply([item.row for item in items]).items():
            fresh[record_id].outcome = outcome
    quarantine([item for items in parsed for item in items if item.outcome.outcome == "quarantined"])
    return [[item.outcome for item in items] for items in parsed]


def retry(batch: Batch) -> Outcome:
    """Give a record that is stored already (it lies in the tray) to its room once more.

    Args:
        batch: the one envelope as it came, with the authority of who decided.
    """
    item = _Parsed(batch, batch.envelopes[0])
    if item.kind is None or item.code:
        return item.outcome
    return item.kind.apply([item.row])[item.row.id]


class _Parsed:
    """An envelope with its row, or the code that says why it cannot be taken in."""

    __slots__ = ("batch", "code", "digest", "envelope", "kind", "outcome", "row")

    def __init__(self, batch: Batch, envelope: Envelope) -> None:
        self.batch, self.envelope, self.code = batch, envelope, ""
        self.digest = _digest(batch, envelope)
        self.kind: Kind | None = kinds().get(envelope.kind)
        data = self._data()
        self.row = Row(
            envelope.id,
            batch.village_id,
            batch.device,
            envelope.seq,
            envelope.kind[:32],
            envelope.v,
            envelope.at,
            _shift(envelope.at, batch.offset),
            batch.received_at,
            batch.by,
            batch.may.get(self.kind.permission, ()) if self.kind is not None else (),
            data,
        )
        self.outcome = Outcome(envelope.id, "quarantined", self.code) if self.code else Outcome(envelope.id)

    def _data(self) -> Any:
        if self.kind is None or self.envelope.v != 1:
            self.code = "unknown_kind"
            return None
        if not self.batch.may.get(self.kind.permission):
            self.code = "not_allowed"
            return None
        try:
            return msgspec.json.decode(self.envelope.data, type=self.kind.schema)
        except msgspec.ValidationError:
            self.code = "invalid"
            return None


def _shift(at: datetime, offset: timedelta) -> datetime:
    try:
        return at + max(-MAX_OFFSET, min(MAX_OFFSET, offset))
    except OverflowError:
        return at


def _digest(batch: Batch, envelope: Envelope) -> bytes:
    body = _json.encode([batch.device, envelope.seq, envelope.kind, envelope.v, envelope.at]) + bytes(envelope.data)
    return hashlib.sha256(body).digest()


_INSERT = """
INSERT INTO records_record (id, village_id, device, seq, kind, v, at, corrected_at, received_at, by, digest, data)
SELECT id, village_id, device, seq, kind, v, at, corrected_at, received_at, by, decode(digest, 'hex'), data
FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, device uuid, seq bigint, kind text, v smallint,
  at timestamptz, corrected_at timestamptz, received_at timestamptz, by uuid, digest text, data jsonb)
ON CONFLICT DO NOTHING RETURNING id
"""


def _insert(parsed: Sequence[_Parsed]) -> dict[UUID, _Parsed]:
    """Insert what is new and return it by id; duplicates get their outcome, another body under a known id a conflict."""
    first: dict[UUID, _Parsed] = {}
    again = [item for item in parsed if first.setdefault(item.row.id, item) is not item]
    payload = _json.encode([_columns(item) for item in first.values()]).decode()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [payload])
        made = {row[0] for row in cursor.fetchall()}
    again += [item for record_id, item in first.items() if record_id not in made]
    if again:
        _settle_repeats(again)
    return {record_id: item for record_id, item in first.items() if record_id in made}


def _columns(item: _Parsed) -> dict[str, object]:
    row = item.row
    return {
        "id": row.id,
        "village_id": row.village_id,
        "device": row.device,
        "seq": row.seq,
        "kind": row.kind,
        "v": row.v,
        "at": row.at,
        "corrected_at": row.corrected_at,
        "received_at": row.received_at,
        "by": row.by,
        "digest": item.digest.hex(),
        "data": item.envelope.data,
    }


def _settle_repeats(again: Sequence[_Parsed]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, digest FROM records_record WHERE id = ANY (%s)", [[item.row.id for item in again]])
        known = {row[0]: bytes(row[1]) for row in cursor.fetchall()}
    for item in again:
        same = known.get(item.row.id) == item.digest
        item.outcome = Outcome(item.row.id, "duplicate") if same else Outcome(item.row.id, "quarantined", "id_conflict")


_QUARANTINE = """
INSERT INTO records_quarantined
  (id, village_id, record_id, envelope, device, by, received_at, offset_ms, code, decision, reason)
SELECT id, village_id, record_id, envelope, device, by, received_at, offset_ms, code, '', ''
FROM json_to_recordset(%s::json) AS r (id uuid, village_id uuid, record_id uuid, envelope jsonb, device uuid, by uuid,
  received_at timestamptz, offset_ms bigint, code text)
ON CONFLICT (village_id, record_id, code) DO NOTHING
"""


def quarantine(items: Sequence[_Parsed]) -> None:
    """Keep records that could not be taken in, each with the code that says why; telling it twice keeps one."""
    rows = [
        {
            "id": uuid7(),
            "village_id": item.row.village_id,
            "record_id": item.row.id,
            "envelope": item.envelope,
            "device": item.row.device,
            "by": item.row.by,
            "received_at": item.row.received_at,
            "offset_ms": round(item.batch.offset.total_seconds() * 1000),
            "code": item.outcome.code,
        }
        for item in items
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_QUARANTINE, [_json.encode(rows).decode()])
