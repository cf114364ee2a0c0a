"""Records that the office makes on a page: stored like those from the field, as a batch of their own.

A page has no device: an account's pages count as one, whose id follows from the account. `seq` is the moment in
microseconds. A form carries the id of the record that it will make, so that sending it twice makes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from django.db import transaction

from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records import queries as records
from wuyicun.kernel.records import words
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.store import Batch, store
from wuyicun.kernel.roles import Permission

_OFFICE = UUID("5b0c6a52-6d0e-5d0f-9a53-0f7a86d1c1f7")  # the namespace of the office's devices
_json = msgspec.json.Encoder()


class NotTaken(Refusal):
    """A record that the office made could not be taken in; nothing of it is kept."""

    code = "not_taken"

    def __init__(self, why: str) -> None:
        super().__init__(why=why)
        self.why = why

    def __str__(self) -> str:
        return str(words.on_a_form(self.why))


@dataclass(frozen=True)
class Fact:
    """A record to be made: its kind, its data, and the id that the form carried."""

    kind: str
    data: Mapping[str, object]
    record_id: UUID = field(default_factory=uuid7)


def device_of(account_id: UUID | None) -> UUID:
    """The device that an account's pages count as."""
    return uuid5(_OFFICE, str(account_id))


def submit(
    *,
    village_id: UUID,
    by: UUID | None,
    may: Mapping[Permission, tuple[str, ...]],
    kind: str,
    data: Mapping[str, object],
    at: datetime,
    record_id: UUID | None = None,
) -> Outcome:
    """Make one record.

    Args:
        may: what the account is allowed, and over which areas (`Scope.may_in`).
        record_id: from the form; the same id with the same data again is a duplicate and changes nothing.

    Raises:
        NotTaken: the record would have been quarantined.
    """
    fact = Fact(kind, data, record_id or uuid7())
    return submit_all(village_id=village_id, by=by, may=may, facts=[fact], at=at)[0]


@transaction.atomic
def submit_all(
    *, village_id: UUID, by: UUID | None, may: Mapping[Permission, tuple[str, ...]], facts: Sequence[Fact], at: datetime
) -> Sequence[Outcome]:
    """Make several records at once, all or none. Raises `NotTaken` for the first that is not taken."""
    known = records.stored(village_id, [fact.record_id for fact in facts])
    repeated = [fact for fact in facts if fact.record_id in known]
    for fact in repeated:
        earlier = known[fact.record_id]
        if (earlier.by, earlier.kind, earlier.data) != (by, fact.kind, msgspec.to_builtins(fact.data)):
            raise NotTaken("id_conflict")
    fresh = [fact for fact in facts if fact.record_id not in known]
    taken = {outcome.id: outcome for outcome in _store(village_id, by, may, fresh, at)} if fresh else {}
    return [taken.get(fact.record_id) or Outcome(fact.record_id, "duplicate") for fact in facts]


def _store(
    village_id: UUID, by: UUID | None, may: Mapping[Permission, tuple[str, ...]], facts: Sequence[Fact], at: datetime
) -> Sequence[Outcome]:
    first = int(at.timestamp() * 1_000_000)
    envelopes = [
        Envelope(
            id=fact.record_id, seq=first + number, kind=fact.kind, at=at, data=msgspec.Raw(_json.encode(fact.data))
        )
        for number, fact in enumerate(facts)
    ]
    outcomes = store([Batch(village_id, device_of(by), by, may, envelopes, at)])[0]
    for outcome in outcomes:
        if outcome.outcome == "quarantined":
            raise NotTaken(outcome.code)
    audit(
        "records.submit",
        by=by,
        at=at,
        village_id=village_id,
        subject=("record", facts[0].record_id),
        data={"kinds": sorted({fact.kind for fact in facts}), "records": len(facts)},
    )
    return outcomes
