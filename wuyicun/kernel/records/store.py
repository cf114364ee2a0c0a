"""Taking records in: stored once, given to their rooms, never dropped.

Several batches (of several requests, devices and villages) share one transaction; the caller entered the scope of
all their villages and commits. Same id and same body is a duplicate; same id and another body is kept in the tray.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec

from wuyicun.kernel.database import turns
from wuyicun.kernel.database.statements import array, encode, execute, rows
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records import voids
from wuyicun.kernel.records.kinds import Apply, Envelope, Kind, Outcome, Recall, Row, kinds
from wuyicun.kernel.records.voids import VOID
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
    _hand_over([item for item in fresh.values() if not item.outcome.code])
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
    item.outcome = Outcome(item.row.id)
    _hand_over([item])
    return item.outcome


def set_aside(batch: Batch, code: str, *, as_bytes: bool = False) -> list[Outcome]:
    """Keep records in the tray that can be read but not taken in, without giving them to their room.

    Args:
        code: says why.
        as_bytes: when PostgreSQL cannot even hold what they say (a NUL in a text, a number beyond all bounds).
    """
    items = _parse(batch)
    new = {item.row.id: item for item in items} if as_bytes else _insert(items)
    for item in items:
        if new.get(item.row.id) is item:
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
        paths = _paths(batch, kind)
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


def _paths(batch: Batch, kind: Kind | None) -> tuple[str, ...]:
    if kind is None:
        return ()
    if kind.permission is None:
        return ("",) if batch.may else ()
    return batch.may.get(kind.permission, ())


def _shift(at: datetime, offset: timedelta) -> datetime:
    try:
        return at + offset
    except OverflowError:
        return at


# Columns as arrays: half the price of `json_to_recordset`. What a whole batch has in common comes once.
_INSERT = """
WITH made AS (
  INSERT INTO records_record (id, village_id, device, seq, kind, v, at, corrected_at, received_at, by, digest, data)
  SELECT r.id, b.villages[r.batch], b.devices[r.batch], r.seq, r.kind, r.v, r.at, r.corrected_at, b.received[r.batch],
    b.authors[r.batch], decode(r.digest, 'hex'), r.data
  FROM ROWS FROM (unnest(%s::int[]), unnest(%s::uuid[]), unnest(%s::bigint[]), json_array_elements_text(%s::json),
      unnest(%s::smallint[]), unnest(%s::timestamptz[]), unnest(%s::timestamptz[]), unnest(%s::text[]),
      jsonb_array_elements(%s::jsonb))
      AS r (batch, id, seq, kind, v, at, corrected_at, digest, data),
    (SELECT %s::uuid[] AS villages, %s::uuid[] AS devices, %s::timestamptz[] AS received, %s::uuid[] AS authors) AS b
  ON CONFLICT DO NOTHING RETURNING id)
SELECT count(*), CASE WHEN count(*) < %s THEN array_agg(id) END FROM made
"""


def _insert(parsed: Sequence[_Item]) -> dict[UUID, _Item]:
    """Insert what is new and return it by id.

    Duplicates get their outcome, another body under a known id becomes a conflict.
    """
    first: dict[UUID, _Item] = {}
    again = [item for item in parsed if first.setdefault(item.row.id, item) is not item]
    stored: list[_Item] = []
    if first:
        ((count, made),) = execute(_INSERT, *_columns(list(first.values())), len(first))
        if count < len(first):
            known = set(made or ())
            stored = [item for record_id, item in first.items() if record_id not in known]
            first = {record_id: item for record_id, item in first.items() if record_id in known}
    if again or stored:
        received = _settle_repeats([*again, *stored])
        _answer_own([item for item in stored if received.get(item.row.id) == (item.row.device, item.row.received_at)])
    return first


def _answer_own(items: Iterable[_Item]) -> None:
    """This very request has stored them, in an attempt of which the database said nothing: it is their first answer."""
    for item in items:
        if item.outcome.outcome == "duplicate":
            item.outcome = Outcome(item.row.id, "accepted", item.outcome.code, item.outcome.flags)


def _columns(items: Sequence[_Item]) -> Iterator[str]:
    numbers: dict[int, int] = {}
    batches: list[Batch] = []
    for item in items:
        if numbers.setdefault(id(item.batch), len(batches) + 1) > len(batches):
            batches.append(item.batch)
    yield array([numbers[id(item.batch)] for item in items])
    yield array([item.row.id for item in items])
    yield array([item.row.seq for item in items])
    yield encode([item.row.kind for item in items]).decode()
    yield array([item.row.v for item in items])
    yield array([item.row.at for item in items])
    yield array([item.row.corrected_at for item in items])
    yield array([item.digest.hexdigest() for item in items])
    yield encode([item.envelope.data for item in items]).decode()
    yield array([batch.village_id for batch in batches])
    yield array([batch.device for batch in batches])
    yield array([batch.received_at for batch in batches])
    yield array([batch.by for batch in batches])


def _hand_over(items: Sequence[_Item]) -> None:
    """Give records to their rooms, a void to the room of the record it names; keep the voids."""
    voiding = [item for item in items if item.row.kind == VOID]
    if voiding or not all(item.kind is None or item.kind.takes_turns for item in items):
        alone = {item.row.village_id for item in items if item.kind is not None and item.kind.alone}
        turns.take(side_by_side={item.row.village_id for item in items}, alone=alone)
    rooms = _rooms_of_named(voiding) if voiding else {}
    by_apply: dict[Apply, dict[UUID, _Item]] = defaultdict(dict)
    for item in items:
        kind = rooms.get(item.row.id, item.kind)
        if kind is not None and not item.outcome.code:
            by_apply[kind.apply][item.row.id] = item
    for apply, of_room in by_apply.items():
        for record_id, outcome in apply([item.row for item in of_room.values()]).items():
            of_room[record_id].outcome = outcome
    voids.add([item.row for item in voiding if item.outcome.outcome != "quarantined"])


_KINDS_OF = "SELECT village_id, id, kind FROM records_record WHERE id = ANY (%s::uuid[])"


def _rooms_of_named(voiding: Sequence[_Item]) -> Mapping[UUID, Kind]:
    """The kinds of the records that voids name, as far as they have arrived; whose cannot be taken back is refused.

    Nobody else may be storing just what a void names: its village is ours alone.
    """
    stored = execute(_KINDS_OF, array([item.row.data.record for item in voiding]))
    named = {(village_id, record_id): kind for village_id, record_id, kind in stored}
    rooms: dict[UUID, Kind] = {}
    for item in voiding:
        kind = kinds().get(named.get((item.row.village_id, item.row.data.record), ""))
        if kind is None:
            continue
        if not kind.takes_back:
            item.outcome = Outcome(item.row.id, "quarantined", "not_voidable")
        elif kind.permission is not None and kind.permission not in item.batch.may:
            item.outcome = Outcome(item.row.id, "quarantined", "not_allowed")
        else:
            rooms[item.row.id] = kind
    return rooms


_STORED = "SELECT id, digest, device, received_at FROM records_record WHERE id = ANY (%s)"


def _settle_repeats(again: Sequence[_Item]) -> Mapping[UUID, tuple[UUID, datetime]]:
    """Say what became of records that were here before: kept aside, or what their room says of them again.

    Returns from which device, and when, each was received.
    """
    found = execute(_STORED, [item.row.id for item in again])
    known = {record_id: bytes(digest) for record_id, digest, _device, _received_at in found}
    for item in again:
        same = known.get(item.row.id) == item.digest.digest()
        item.outcome = Outcome(item.row.id, "duplicate") if same else Outcome(item.row.id, "quarantined", ID_CONFLICT)
    _say_again([item for item in again if not item.outcome.code])
    return {record_id: (device, received_at) for record_id, _digest, device, received_at in found}


_ASIDE = """
SELECT record_id, min(code) FROM records_quarantined
WHERE record_id = ANY (%s::uuid[]) AND decision <> 'taken_in' AND code <> %s GROUP BY record_id
"""


def _say_again(items: Sequence[_Item]) -> None:
    """The first answer to a record may never have arrived."""
    aside = dict(execute(_ASIDE, array([item.row.id for item in items]), ID_CONFLICT)) if items else {}
    by_recall: dict[Recall, list[UUID]] = defaultdict(list)
    for item in items:
        if item.row.id in aside:
            item.outcome = Outcome(item.row.id, "quarantined", aside[item.row.id])
        elif item.kind is not None and item.kind.recall is not None:
            by_recall[item.kind.recall].append(item.row.id)
    said = {record_id: each for recall, ids in by_recall.items() for record_id, each in recall(ids).items()}
    for item in items:
        again = said.get(item.row.id)
        if again is not None:
            outcome = "duplicate" if again.outcome == "accepted" else again.outcome
            item.outcome = Outcome(item.row.id, outcome, again.code, list(again.flags))


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
