"""The record kinds of a testing round and how a batch of them is taken in: checked, stored, decided again as a set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls.deciding import Debtor
from wuyicun.domains.screening import deciding, reports
from wuyicun.domains.screening.deciding import TubeKey
from wuyicun.domains.screening.queries import RoundFacts, round_facts
from wuyicun.domains.screening.rules import RoundState
from wuyicun.kernel import clock
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Kind, Outcome, Row
from wuyicun.kernel.roles import Permission

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z._/-]*$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Note = Annotated[str, msgspec.Meta(max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Codes = Annotated[list[Code], msgspec.Meta(min_length=1, max_length=500)]


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all data of a kind have in common."""


class TubeOpen(_Data, frozen=True):
    """A tube is opened at a station by a device, which owns it from then on."""

    round: UUID
    station: UUID
    tube: Code
    pool: Annotated[int, msgspec.Meta(ge=1, le=100)]


class Sample(_Data, frozen=True):
    """A swab of a person (or of whom a card names) into a tube."""

    round: UUID
    station: UUID
    tube: Code
    person: UUID | None = None
    card: Annotated[str, msgspec.Meta(max_length=128)] | None = None
    retest: bool = False


class TubeClose(_Data, frozen=True):
    """A tube is sealed with so many swabs; fewer than its pool need a reason."""

    round: UUID
    tube: Code
    count: Count
    reason: Literal["no_more_people", "end_of_session", "household_tube", "damaged", "single"] | None = None


class TubeEnd(_Data, frozen=True):
    """A tube is void or lost; its people owe again."""

    round: UUID
    tube: Code
    state: Literal["void", "lost"]
    reason: Note = ""


class TubeHandover(_Data, frozen=True):
    """Tubes leave with a runner; two people sign."""

    round: UUID
    tubes: Codes
    counted: Count
    giver: Name
    receiver: Name

    def __post_init__(self) -> None:
        if self.giver.strip() == self.receiver.strip():
            raise ValueError("giver and receiver are the same person")


class TubeReceipt(_Data, frozen=True):
    """Tubes arrive at the laboratory."""

    round: UUID
    tubes: Codes
    counted: Count
    laboratory: Name


class TubeResult(_Data, frozen=True):
    """The laboratory's result of a tube."""

    round: UUID
    tube: Code
    result: Literal["negative", "positive", "invalid"]


class DoorOutcome(_Data, frozen=True):
    """What happened at the door when nobody was sampled."""

    round: UUID
    person: UUID
    outcome: Literal["unreachable", "refused"]
    reason: Literal[
        "nobody_home", "phone_off", "moved", "away_unconfirmed", "refused_no_reason", "refused_ill", "refused_other"
    ]
    note: Note = ""


class Excuse(_Data, frozen=True):
    """Somebody is excused for a reason, until a time."""

    round: UUID
    person: UUID
    reason: Literal["away", "left", "isolated", "vaccinated", "ill", "infant", "died", "other"]
    until: datetime
    note: Note = ""


class Void(_Data, frozen=True):
    """An earlier record is taken back; it may not have arrived yet."""

    record: UUID
    reason: Literal["undo", "wrong_person", "wrong_tube", "entered_twice", "other"]


@dataclass(slots=True)
class _Taken:
    """What a batch adds up to before it is decided."""

    tubes: dict[TubeKey, bool]  # True when more than swabs changed
    outcomes: dict[UUID, Outcome]
    rounds: Mapping[tuple[UUID, UUID], RoundFacts]

    def touch(self, row: Row, code: str, told: bool) -> None:
        key = TubeKey(row.village_id, row.data.round, code)
        self.tubes[key] = self.tubes.get(key, False) or told


def apply(rows: Sequence[Row]) -> Mapping[UUID, Outcome]:
    """Take in records of all the kinds below. State follows from what is there, never from the order of arrival."""
    at = clock.now()
    named = {(row.village_id, row.data.round) for row in rows if not isinstance(row.data, Void)}
    taken = _Taken({}, {row.id: Outcome(row.id) for row in rows}, round_facts(named))
    good: dict[str, list[Row]] = defaultdict(list)
    people = _people(rows)
    areas = _areas(rows)
    late_voids = deciding.voids_after_closing([row for row in rows if isinstance(row.data, Void)])
    for row in rows:
        code = "after_closing" if row.id in late_voids else _refusal(row, taken.rounds, people, areas)
        if code:
            taken.outcomes[row.id] = Outcome(row.id, "quarantined", code)
        else:
            good[row.kind].append(row)
    _take_tube_records([row for kind in _TUBE_KINDS for row in good[kind]], taken)
    _take_samples(good["sample"], people, taken)
    voided = deciding.add_voids(good["void"])
    for key, told in voided.tubes.items():
        taken.tubes[key] = taken.tubes.get(key, False) or told
    spoken = [*good["outcome"], *good["excuse"]]
    gone = deciding.voided_before(spoken)
    said = [_said(row, taken.rounds, row.id in gone) for row in spoken]
    debtors = [Debtor(each.village_id, each.roll_id, each.subject_id) for each in said]
    deciding.decide(taken.tubes, at, [*debtors, *rolls.spoken_of(voided.statements)])
    rolls.state(said, at)
    rolls.take_back(voided.statements, at)
    _flag(good, taken)
    taken_in = [row for each in good.values() for row in each if not isinstance(row.data, Void)]
    reports.amend({(row.village_id, row.data.round) for row in taken_in} | voided.rounds, at)
    rolls.touch({row.village_id for row in rows}, at)
    return taken.outcomes


_People = Mapping[tuple[UUID, UUID | str], UUID]
_TUBE_KINDS = ("tube.open", "tube.close", "tube.end", "tube.handover", "tube.receipt", "tube.result")


def _people(rows: Sequence[Row]) -> _People:
    """The people that the rows name, by (village, id or card token)."""
    ids = {(row.village_id, row.data.person) for row in rows if getattr(row.data, "person", None)}
    cards = {(row.village_id, row.data.card) for row in rows if getattr(row.data, "card", None)}
    return {**registry.known_people(ids), **registry.people_of_cards(cards)}


def _areas(rows: Sequence[Row]) -> Mapping[tuple[UUID, UUID], str]:
    """Where those live of whom something is said at the door: only who looks after an area may say it."""
    return registry.areas_of_people(
        {(r.village_id, r.data.person) for r in rows if isinstance(r.data, (DoorOutcome, Excuse))}
    )


def _refusal(
    row: Row,
    rounds: Mapping[tuple[UUID, UUID], RoundFacts],
    people: _People,
    areas: Mapping[tuple[UUID, UUID], str],
) -> str:
    data = row.data
    if isinstance(data, Void):
        return ""
    facts = rounds.get((row.village_id, data.round))
    if facts is None:
        return "unknown_round"
    if facts.state == RoundState.CANCELLED:
        return "round_cancelled"
    if facts.closed_at is not None and row.corrected_at > facts.closed_at and not _may_follow(data):
        return "after_closing"
    if isinstance(data, (TubeOpen, Sample)) and data.station not in facts.stations:
        return "unknown_station"
    if isinstance(data, Sample):
        named = data.person or data.card
        return (
            "" if named and (row.village_id, named) in people else ("unknown_card" if data.card else "unknown_person")
        )
    if isinstance(data, (DoorOutcome, Excuse)):
        area = areas.get((row.village_id, data.person))
        if area is None:
            return "unknown_person"
        return "" if any(area.startswith(path) for path in row.paths) else "outside_area"
    return ""


def _may_follow(data: object) -> bool:
    """May this be made after the round was closed? Only what re-tests need, and the laboratory's answers."""
    if isinstance(data, Sample):
        return data.retest
    if isinstance(data, TubeOpen):
        return data.pool == 1
    return isinstance(data, (TubeClose, TubeHandover, TubeReceipt, TubeResult))


def _take_tube_records(rows: Sequence[Row], taken: _Taken) -> None:
    told = []
    for row in rows:
        for code in row.data.tubes if hasattr(row.data, "tubes") else [row.data.tube]:
            taken.touch(row, code, told=True)
            told.append(
                {
                    "id": uuid7(),
                    "village_id": row.village_id,
                    "record_id": row.id,
                    "round_id": row.data.round,
                    "tube": code,
                    "kind": row.kind,
                    "device": row.device,
                    "at": row.at,
                    "corrected_at": row.corrected_at,
                    "by": row.by,
                    "data": row.data,
                }
            )
    deciding.add_tube_records(told)


def _take_samples(rows: Sequence[Row], people: _People, taken: _Taken) -> None:
    swabs: list[dict[str, Any]] = []
    for row in rows:
        taken.touch(row, row.data.tube, told=False)
        swabs.append(
            {
                "id": row.id,
                "village_id": row.village_id,
                "round_id": row.data.round,
                "tube": row.data.tube,
                "person_id": people[row.village_id, row.data.person or row.data.card],
                "station_id": row.data.station,
                "retest": row.data.retest,
                "device": row.device,
                "at": row.at,
                "corrected_at": row.corrected_at,
                "by": row.by,
            }
        )
    deciding.add_samples(swabs)


def _said(row: Row, rounds: Mapping[tuple[UUID, UUID], RoundFacts], voided: bool) -> rolls.Said:
    data = row.data
    excuse = isinstance(data, Excuse)
    return rolls.Said(
        id=row.id,
        village_id=row.village_id,
        roll_id=rounds[row.village_id, data.round].roll_id,
        subject_id=data.person,
        statement="excuse" if excuse else data.outcome,
        reason=data.reason,
        until=data.until if excuse else None,
        note=data.note,
        at=row.at,
        by=row.by,
        voided=voided,
    )


def _flag(good: Mapping[str, Sequence[Row]], taken: _Taken) -> None:
    """Tell the phone what became of its swabs: held while the tube is unknown, flagged where they do not count."""
    samples = good["sample"]
    for record_id, flags in deciding.flags_of([(row.village_id, row.id) for row in samples]).items():
        outcome = taken.outcomes[record_id]
        if flags is None:
            outcome.outcome, outcome.code = "held", "tube_not_opened"
        else:
            outcome.flags.extend(flags)


KINDS = (
    Kind("tube.open", TubeOpen, Permission.SAMPLE, apply),
    Kind("sample", Sample, Permission.SAMPLE, apply),
    Kind("tube.close", TubeClose, Permission.SAMPLE, apply),
    Kind("tube.end", TubeEnd, Permission.CARRY_TUBES, apply),
    Kind("tube.handover", TubeHandover, Permission.CARRY_TUBES, apply),
    Kind("tube.receipt", TubeReceipt, Permission.CARRY_TUBES, apply),
    Kind("tube.result", TubeResult, Permission.ENTER_RESULTS, apply),
    Kind("outcome", DoorOutcome, Permission.SAMPLE, apply),
    Kind("excuse", Excuse, Permission.EXCUSE, apply),
    Kind("void", Void, Permission.SAMPLE, apply),
)
