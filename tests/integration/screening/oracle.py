"""A recount of a round from its records alone: docs/decisions/0003 in plain Python, nothing of the program's own.

What is decided in SQL, set by set, must come to the same for every round and after every step.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wuyicun.domains.registry.models import Person
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.models import Entry
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.models import Round
from wuyicun.kernel.records.models import Quarantined, Record

SAID = {"excuse": State.EXCUSED, "unreachable": State.UNREACHABLE, "refused": State.REFUSED}


@dataclass
class Recounted:
    """What a round's records come to.

    Attributes:
        states: each person's state.
        settled_by: the swab that counts for them.
        flags: why swabs do not count, by record.
        retests: who owes a single re-test, and whether it was taken.
        results: each tube's result; "disputed" when they contradict each other.
    """

    states: dict[UUID, State] = field(default_factory=dict)
    settled_by: dict[UUID, UUID] = field(default_factory=dict)
    flags: dict[UUID, str] = field(default_factory=dict)
    retests: dict[UUID, State] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)

    @property
    def coverage(self) -> float:
        """done / (owed + done + unreachable + refused)."""
        count = Counter(self.states.values())
        due = sum(count.values()) - count[State.EXCUSED]
        return count[State.DONE] / due if due else 1.0


@dataclass
class _Tube:
    device: UUID | None = None
    pool: int = 0
    ended: bool = False
    result: str = ""


def recount(round_: Round, at: datetime) -> Recounted:
    """Count again from the records that were taken in; `at`, or the closing, decides which excuses have ended."""
    at = min(at, round_.closed_at or at)
    records = _living(round_)
    tubes = {code: _tube(told, round_.pool_size) for code, told in _by_tube(records).items()}
    found = Recounted(results={code: tube.result for code, tube in tubes.items() if tube.result})
    fit, in_tube = _fits(records, tubes, found)
    live = {True: _lowest(fit, retest=True), False: _lowest(fit, retest=False)}
    for record in fit:
        if not _retest(record) and live[False][_person(record)] != record.pk:
            found.flags[record.pk] = "duplicate_sample"
    _count_people(round_, records, live[False], found, at)
    members = {
        _person(record) for record in in_tube if not _retest(record) and _positive_pool(tubes[record.data["tube"]])
    }
    singles = {_person(record) for record in fit if _retest(record) and tubes[record.data["tube"]].pool == 1}
    found.retests = {person: State.DONE if person in singles else State.OWED for person in members}
    return found


def _living(round_: Round) -> list[Record]:
    """The round's records that were taken in and not taken back, as (at, id) ranks them."""
    aside = set(Quarantined.rows().exclude(decision="taken_in").values_list("record_id", flat=True))
    records = [each for each in Record.rows().order_by("at", "id") if each.pk not in aside]
    voided = {UUID(each.data["record"]) for each in records if each.kind == "void"}
    return [each for each in records if each.pk not in voided and each.data.get("round") == str(round_.pk)]


def _by_tube(records: Iterable[Record]) -> Mapping[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for code in record.data.get("tubes") or [record.data.get("tube")]:
            if code:
                found[code].append(record)
    return found


def _tube(told: list[Record], most: int) -> _Tube:
    tube = _Tube()
    opened = next((each for each in told if each.kind == "tube.open"), None)
    if opened is not None:
        tube.device, tube.pool = opened.device, min(opened.data["pool"], most)
    tube.ended = any(each.kind == "tube.end" for each in told)
    results = {each.data["result"] for each in told if each.kind == "tube.result"}
    tube.result = results.pop() if len(results) == 1 else "disputed" if results else ""
    return tube


def _fits(records: Iterable[Record], tubes: Mapping[str, _Tube], found: Recounted) -> tuple[list[Record], list[Record]]:
    """The swabs that can count, and those that lie in a tube at all."""
    taken: Counter[str] = Counter()
    fit, in_tube = [], []
    for record in records:
        if record.kind != "sample":
            continue
        code: str = record.data["tube"]
        tube = tubes[code]
        if tube.device is None:
            found.flags[record.pk] = "tube_not_opened"
        elif tube.device != record.device:
            found.flags[record.pk] = "foreign_device"
        else:
            taken[code] += 1
            if taken[code] > tube.pool:
                found.flags[record.pk] = "over_pool"
                in_tube.append(record)
            elif tube.ended:
                found.flags[record.pk] = "tube_ended"
            else:
                fit.append(record)
                in_tube.append(record)
    return fit, in_tube


def _lowest(fit: Iterable[Record], *, retest: bool) -> dict[UUID, UUID]:
    live: dict[UUID, UUID] = {}
    for record in fit:
        if _retest(record) == retest:
            live.setdefault(_person(record), record.pk)
    return live


def _person(record: Record) -> UUID:
    return UUID(record.data["person"])


def _retest(record: Record) -> bool:
    return bool(record.data.get("retest"))


def _positive_pool(tube: _Tube) -> bool:
    return tube.result == "positive" and tube.pool > 1 and not tube.ended


def _count_people(
    round_: Round, records: list[Record], live: Mapping[UUID, UUID], found: Recounted, at: datetime
) -> None:
    said: dict[UUID, Record] = {}
    for record in records:
        if record.kind in ("excuse", "outcome") and _holds(record, at):
            said[_person(record)] = record
    for entry in Entry.rows().filter(roll_id=round_.roll_id):
        person = entry.subject_id
        if person in live:
            found.states[person], found.settled_by[person] = State.DONE, live[person]
        elif person in said:
            found.states[person] = SAID[said[person].data.get("outcome", "excuse")]
        else:
            away = entry.base_reason and (entry.base_until is None or entry.base_until > at)
            found.states[person] = State.EXCUSED if away else State.OWED
    assert live.keys() <= found.states.keys(), "somebody was sampled and stands on no roll"


def _holds(record: Record, at: datetime) -> bool:
    until = record.data.get("until")
    return until is None or datetime.fromisoformat(until) > at


def agrees(round_: Round, at: datetime) -> Recounted:
    """Assert that what the program keeps is what the records come to: entries, counters, coverage, re-tests."""
    village = round_.village_id
    found = recount(round_, at)
    entries = rolls.entries(village, round_.roll_id)
    assert {each.subject_id: each.state for each in entries} == found.states
    assert {each.subject_id: each.settled_by for each in entries if each.settled_by} == found.settled_by
    assert rolls.drift(village, round_.roll_id) == []
    assert rolls.counts(village, round_.roll_id).coverage == found.coverage
    leaf_of = dict(Person.rows().values_list("pk", "area_id"))
    kept: dict[UUID, Any] = {leaf.area_id: leaf.counts for leaf in rolls.leaf_counts(village, round_.roll_id)}
    for area, counts in kept.items():
        here = Counter(state for person, state in found.states.items() if leaf_of[person] == area)
        assert [getattr(counts, state.code) for state in State] == [here[state] for state in State]
    return found
