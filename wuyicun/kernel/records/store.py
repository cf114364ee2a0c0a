"""Taking records in: stored once, given to their rooms, never dropped.

Several batches (of several requests, devices and villages) share one transaction; the caller entered the scope of
all their villages and commits. Same id and same body is a duplicate; same id and another body is kept in the tray.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec

from wuyicun.kernel.database.statements import encode, execute, rows
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Apply, Envelope, Kind, Outcome, Row, kinds
from wuyicun.kernel.roles import Permission

ID_CONFLICT = "id_conflict"
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


def store(batches: Sequence[Batch]) -> list[list[Outcome]]:
    """Store the batches' records and let their rooms take them in; the outcomes in the order they were sent."""
    parsed = [_parse(batch) for batch in batches]
    fresh = _insert([item for items in parsed for item in items])
    by_apply: dict[Apply, list[_Item]] = defaultdict(list)
    for item in fresh.values():
        if item.kind is not None and not item.outcome.code:
            by_apply[item.kind.apply].append(item)
    for apply, items in by_apply.items():
        for record_id, outcome in apply([item.row for item in items]).items():
            fresh[record_id].outcome = outcome
    quarantine([item for items in parsed for item in items if item.outcome.outcome == "quarantined"])
    return [[item.outcome for item in items] for items in parsed]


def retry(batch: Batch) -> Outcome:
    """Give a record that lies in the tray to its room, which has not taken it in yet.

    One that has another's id (`ID_CONFLICT`) must not come here: the room knows its swabs and tubes by their ids.

    Args:
        batch: the one envelope as it came, with the authority of who decided.
    """
    item = _parse(batch)[0]
    if item.kind is None or item.outcome.code:
        return item.outcome
    _insert([item])  # what was set aside as bytes is not stored yet
    return item.kind.apply([item.row])[item.row.id]


def set_aside(batch: Batch, code: str, *, as_bytes: bool = False) -> list[Outcome]:
    """Keep records in the tray that can be read but not taken in, without giving them to their room.

    Args:
        code: says why.
        as_bytes: when PostgreSQL cannot even hold what they say (a NUL in a text, a number beyond all bounds).
    """
    items = _parse(batch)
    if not as_bytes:
        _insert(items)
    for item in items:
        if item.outcome.outcome != "duplicate":
            item.outcome = Outcome(item.row.id, "quarantined", item.outcome.code or code)
    quarantine([item for item in items if item.outcome.outcome == "quarantined"], as_bytes=as_bytes)
    return [item.outcome for item in items]


class _Item:
    """An envelope with its row; its outcome is accepted until something says otherwise."""

    __slots__ = ("batch", "digest", "envelope", "kind", "outcome", "row")

    def __init__(self, batch: Batch, envelope: Envelope, kind: Kind | None, row: Row, code: str) -> None:
        self.batch, self.envelope, self.kind, self.row = batch, envelope, kind, row
        head = encode((batch.device, envelope.seq, envelope.kind, envelope.v, envelope.at))
        self.digest = sha256(head + bytes(envelope.data))
        self.outcome = Outcome(envelope.id, "quarantined", code) if code else Outcome(envelope.id)


def _parse(batch: Batch) -> list[_Item]:
    offset = max(-MAX_OFFSET, min(MAX_OFFSET, batch.offset))
    known = kinds()
    items = []
    for envelope in batch.envelopes:
        kind = known.get(envelope.kind) if envelope.v == 1 else None
        paths = batch.may.get(kind.permission, ()) if kind is not None else ()
        data, code = None, ""
        if kind is None:
            code = "unknown_kind"
        elif not paths:
            code = "not_allowed"
        else:
            try:
                data = kind.decode(envelope.data)
            except msgspec.ValidationError:
                code = "invalid"
        row = Row(
            envelope.id,
            batch.village_id,
            batch.device,
            envelope.seq,
            envelope.kind[:32],
            envelope.v,
            envelope.at,
            _shift(envelope.at, offset),
            batch.received_at,
            batch.by,
            paths,
            data,
        )
        items.append(_Item(batch, envelope, kind, row, code))
    return items


def _shift(at: datetime, offset: timedelta) -> datetime:
    try:
        return at + offset
    except OverflowError:
        return at


_INSERT = """
INSERT INTO records_record (id, village_id, device, seq, kind, v, at, corrected_at, received_at, by, digest, data)
SELECT id, village_id, device, seq, kind, v, at, corrected_at, received_at, by, decode(digest, 'hex'), data
FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, device uuid, seq bigint, kind text, v smallint,
  at timestamptz, corrected_at timestamptz, received_at timestamptz, by uuid, digest text, data jsonb)
ON CONFLICT DO NOTHING RETURNING id
"""


class _Columns(msgspec.Struct):
    id: UUID
    village_id: UUID
    device: UUID
    seq: int
    kind: str
    v: int
    at: datetime
    corrected_at: datetime
    received_at: datetime
    by: UUID | None
    digest: str
    data: msgspec.Raw


def _insert(parsed: Sequence[_Item]) -> dict[UUID, _Item]:
    """Insert what is new and return it by id.

    Duplicates get their outcome, another body under a known id becomes a conflict.
    """
    first: dict[UUID, _Item] = {}
    again = [item for item in parsed if first.setdefault(item.row.id, item) is not item]
    made = {row[0] for row in execute(_INSERT, rows([_columns(item) for item in first.values()]))}
    if len(made) < len(first):
        again += [item for record_id, item in first.items() if record_id not in made]
    if again:
        _settle_repeats(again)
    return {record_id: item for record_id, item in first.items() if record_id in made}


def _columns(item: _Item) -> _Columns:
    row = item.row
    return _Columns(
        row.id,
        row.village_id,
        row.device,
        row.seq,
        row.kind,
        row.v,
        row.at,
        row.corrected_at,
        row.received_at,
        row.by,
        item.digest.hexdigest(),
        item.envelope.data,
    )


def _settle_repeats(again: Sequence[_Item]) -> None:
    found = execute("SELECT id, digest FROM records_record WHERE id = ANY (%s)", [item.row.id for item in again])
    known = {record_id: bytes(digest) for record_id, digest in found}
    for item in again:
        same = known.get(item.row.id) == item.digest.digest()
        item.outcome = Outcome(item.row.id, "duplicate") if same else Outcome(item.row.id, "quarantined", ID_CONFLICT)


_QUARANTINE = """
INSERT INTO records_quarantined
  (id, village_id, record_id, envelope, device, by, received_at, offset_ms, code, decision, reason)
SELECT id, village_id, record_id, envelope, device, by, received_at, offset_ms, code, '', ''
FROM json_to_recordset(%s) AS r (id uuid, village_id uuid, record_id uuid, envelope jsonb, device uuid, by uuid,
  received_at timestamptz, offset_ms bigint, code text)
ON CONFLICT (village_id, record_id, code) DO NOTHING
"""


def quarantine(items: Sequence[_Item], *, as_bytes: bool = False) -> None:
    """Keep records that could not be taken in, each with the code that says why; telling it twice keeps one."""
    kept = [
        {
            "id": uuid7(),
            "village_id": item.row.village_id,
            "record_id": item.row.id,
            "envelope": _as_bytes(item.envelope) if as_bytes else item.envelope,
            "device": item.row.device,
            "by": item.row.by,
            "received_at": item.row.received_at,
            "offset_ms": round(item.batch.offset.total_seconds() * 1000),
            "code": item.outcome.code,
        }
        for item in items
    ]
    if kept:
        execute(_QUARANTINE, rows(kept))


def _as_bytes(envelope: Envelope) -> dict[str, object]:
    kind = envelope.kind.encode("ascii", "backslashreplace").decode().replace("\0", "")
    return {"id": envelope.id, "kind": kind[:32], "data": {}, "whole": b64encode(encode(envelope)).decode()}


def from_tray(kept: Mapping[str, object]) -> Envelope:
    """The envelope as it came, from what the tray holds of it."""
    whole = kept.get("whole")
    if isinstance(whole, str):
        return msgspec.json.decode(b64decode(whole), type=Envelope)
    return msgspec.convert({**kept, "data": msgspec.Raw(encode(kept["data"]))}, Envelope)
