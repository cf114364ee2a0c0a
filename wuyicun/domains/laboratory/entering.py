"""Results become records like any other, portion by portion: stored once, decided again with all that is there.

A line and its record are written in one transaction, so that a portion that dies leaves nothing half done; undoing
takes the records back by records of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from wuyicun.domains.laboratory.models import Delivery, Line
from wuyicun.domains.laboratory.rules import OF_LINES
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.database import statements
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.office import device_of
from wuyicun.kernel.records.store import Batch, store
from wuyicun.kernel.records.voids import VOID
from wuyicun.kernel.roles import Permission

PORTION = 2_000
"""Lines of a portion: while it is stored, the village's other records wait."""

_NEXT = "SELECT id, tube, result FROM laboratory_line WHERE village_id = %s AND delivery_id = %s AND status = 'ready'"
# `IS TRUE`: rows are found by their ids; see `VillageModel.named`.
_ENTERED = """
UPDATE laboratory_line l SET status = 'entered', record_id = g.record
FROM unnest(%s::uuid[], %s::uuid[]) AS g (id, record)
WHERE l.id = g.id AND (l.village_id = %s) IS TRUE
"""
_REFUSED = """
UPDATE laboratory_line l SET status = 'aside', cause = 'unmatched', detail = 'refused'
WHERE (l.village_id = %s) IS TRUE AND l.id = ANY (%s::uuid[])
"""
_TO_UNDO = """
SELECT id, record_id FROM laboratory_line WHERE village_id = %s AND delivery_id = %s AND status = 'entered' LIMIT %s
"""
_UNDONE = """
UPDATE laboratory_line SET status = 'aside', open = false WHERE (village_id = %s) IS TRUE AND id = ANY (%s::uuid[])
"""


class Author:
    """Who enters results in a village, and what they may do there now."""

    def __init__(self, village: Village, account_id: UUID | None, at: datetime) -> None:
        account = accounts.by_id([account_id]).get(account_id) if account_id else None
        self.village, self.account_id = village, account_id
        self.may: Mapping[Permission, tuple[str, ...]] = (
            accounts.scope_of(account, at).may_in(village.area_path) if account else {}
        )

    def store(self, kind: str, records: Sequence[tuple[UUID, Mapping[str, object]]], at: datetime) -> Sequence[Outcome]:
        """Make records of a kind, each with its id and what it says."""
        first = int(at.timestamp() * 1_000_000)
        envelopes = [
            Envelope(id=record, seq=first + place, kind=kind, at=at, data=msgspec.Raw(statements.encode(data)))
            for place, (record, data) in enumerate(records)
        ]
        return store([Batch(self.village.pk, device_of(self.account_id), self.account_id, self.may, envelopes, at)])[0]


def enter_portion(author: Author, delivery: Delivery, at: datetime) -> int:
    """Enter the next lines of a delivery that are ready; how many there were."""
    lines = statements.execute(f"{_NEXT} ORDER BY number LIMIT %s", author.village.pk, delivery.pk, PORTION)
    if lines:
        enter(author, delivery.round_id, lines, at)
    return len(lines)


def enter(author: Author, round_id: UUID, lines: Sequence[tuple[UUID, str, str]], at: datetime) -> int:
    """Enter lines (their id, the tube, the result); how many were taken. One that is refused stands aside."""
    made = [(uuid7(), {"round": round_id, "tube": tube, "result": result}) for _line, tube, result in lines]
    outcomes = author.store("tube.result", made, at)
    taken = [outcome.outcome != "quarantined" for outcome in outcomes]
    entered = [(line[0], record) for line, (record, _data), fine in zip(lines, made, taken, strict=True) if fine]
    ids, records = [line for line, _ in entered], [record for _, record in entered]
    statements.execute(_ENTERED, statements.array(ids), statements.array(records), author.village.pk)
    refused = [line[0] for line, fine in zip(lines, taken, strict=True) if not fine]
    if refused:
        statements.execute(_REFUSED, author.village.pk, statements.array(refused))
    return len(entered)


def open_queues(delivery: Delivery) -> None:
    """Everything is entered: what somebody must look at stands in the queues from now on."""
    causes = [str(cause) for cause in OF_LINES]
    Line.rows().filter(village_id=delivery.village_id, delivery=delivery, cause__in=causes, decided_at=None).update(
        open=True
    )


def close_queues(delivery: Delivery) -> None:
    """Nothing of it is entered any more."""
    Line.rows().filter(village_id=delivery.village_id, delivery=delivery, open=True).update(open=False)


def undo_portion(author: Author, delivery: Delivery, at: datetime) -> int:
    """Take back the next records of a delivery; how many there were."""
    lines = statements.execute(_TO_UNDO, author.village.pk, delivery.pk, PORTION)
    if lines:
        take_back(author, [record for _line, record in lines], at)
        statements.execute(_UNDONE, author.village.pk, statements.array([line for line, _record in lines]))
    return len(lines)


def take_back(author: Author, records: Sequence[UUID], at: datetime, reason: str = "undo") -> None:
    """Take records back."""
    author.store(VOID, [(uuid7(), {"record": record, "reason": reason}) for record in records], at)
