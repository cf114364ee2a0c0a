"""How a batch of records of a testing round is taken in: turns taken, checked, stored, decided again as a set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.screening import deciding, reports, tubes, voids
from wuyicun.domains.screening.deciding import Swab
from wuyicun.domains.screening.queries import RoundFacts, round_facts
from wuyicun.domains.screening.rules import FLAGS, Fit, RoundState
from wuyicun.domains.screening.tubes import TubeKey
from wuyicun.kernel import clock
from wuyicun.kernel.database import turns
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Outcome, Row

_OF_TUBES = frozenset({"tube.open", "tube.close", "tube.end", "tube.handover", "tube.receipt", "tube.result"})
_AT_THE_DOOR = frozenset({"outcome", "excuse"})
# Alone, too, goes what is said at the door: its entries would be locked after those of swabs, in another order.
_LOOKS_AT_ALL = frozenset({"void", "tube.result"}) | _AT_THE_DOOR

_Rounds = Mapping[tuple[UUID, UUID], RoundFacts]


def apply(rows: Sequence[Row]) -> Mapping[UUID, Outcome]:
    """Take in records of all kinds of this room. State follows from what is there, never from the order of arrival."""
    at = clock.now()
    _take_turns(rows)
    rounds = round_facts({(row.village_id, row.data.round) for row in rows if row.kind != "void"})
    outcomes = {row.id: Outcome(row.id) for row in rows}
    good = _sort_out(rows, rounds, outcomes)
    touched = _touched(row for each in good.values() for row, _person in each)
    tubes.add_records([told for kind in _OF_TUBES for row, _person in good[kind] for told in _told(row)])
    voided = voids.add([row for row, _person in good["void"]])
    for key, more in voided.tubes.items():
        touched[key] = touched.get(key, False) or more
    swabs = [_swab(row, person, rounds) for row, person in good["sample"] if person is not None]
    _note(deciding.decide(touched, swabs, at), outcomes)
    said = [row for kind in _AT_THE_DOOR for row, _person in good[kind]]
    gone = voids.named_before(said)
    rolls.state([_said(row, rounds, row.id in gone) for row in said], at)
    rolls.take_back(voided.statements, at)
    named = {(row.village_id, row.data.round) for kind, each in good.items() if kind != "void" for row, _person in each}
    reports.amend({key for key in named if rounds[key].closed_at is not None} | voided.rounds, at)
    rolls.touch({row.village_id for row in rows}, at)
    return outcomes


def _take_turns(rows: Sequence[Row]) -> None:
    """Side by side go records that meet in tubes and entries; alone goes what takes back or brings results."""
    alone = {row.village_id for row in rows if row.kind in _LOOKS_AT_ALL}
    alone |= tubes.villages_with_results(_touched(rows))
    turns.take(side_by_side={row.village_id for row in rows}, alone=alone)


def _sort_out(
    rows: Sequence[Row], rounds: _Rounds, outcomes: Mapping[UUID, Outcome]
) -> Mapping[str, Sequence[tuple[Row, UUID | None]]]:
    """By kind the records that can be taken in, a swab with its person; the others' outcomes say why not."""
    late_voids = voids.after_closing([row for row in rows if row.kind == "void"])
    people = _People(rows)
    good: dict[str, list[tuple[Row, UUID | None]]] = defaultdict(list)
    for row in rows:
        person = people.sampled(row) if row.kind == "sample" else None
        if row.kind == "void":
            code = "after_closing" if row.id in late_voids else ""
        else:
            code = _closed_to(row, rounds.get((row.village_id, row.data.round))) or people.refusal(row, person)
        if code:
            outcome = outcomes[row.id]
            outcome.outcome, outcome.code = "quarantined", code
        else:
            good[row.kind].append((row, person))
    return good


def _closed_to(row: Row, facts: RoundFacts | None) -> str:
    """Why the round takes no such record, '' when it does."""
    if facts is None:
        return "unknown_round"
    if facts.state == RoundState.CANCELLED:
        return "round_cancelled"
    if facts.closed_at is not None and row.corrected_at > facts.closed_at and not _may_follow(row):
        return "after_closing"
    if row.kind in ("tube.open", "sample") and row.data.station not in facts.stations:
        return "unknown_station"
    return ""


def _may_follow(row: Row) -> bool:
    """May this be made after the round was closed? Only what re-tests need, and the laboratory's answers."""
    if row.kind == "sample":
        return bool(row.data.retest)
    if row.kind == "tube.open":
        return bool(row.data.pool == 1)
    return row.kind in _OF_TUBES and row.kind != "tube.end"


class _People:
    """The people that records name, as far as the registry knows them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        swabs = [row for row in rows if row.kind == "sample"]
        self._unknown = registry.unknown_people(
            [(row.village_id, row.data.person) for row in swabs if row.data.person is not None]
        )
        self._by_card = registry.people_of_cards({(row.village_id, row.data.card) for row in swabs if row.data.card})
        # Only who looks after an area may say what happened at a door in it.
        self._areas = registry.areas_of_people(
            {(row.village_id, row.data.person) for row in rows if row.kind in _AT_THE_DOOR}
        )

    def sampled(self, row: Row) -> UUID | None:
        """Whom a swab is of."""
        person: UUID | None = row.data.person
        if person is None:
            return self._by_card.get((row.village_id, row.data.card))
        return None if self._unknown and (row.village_id, person) in self._unknown else person

    def refusal(self, row: Row, person: UUID | None) -> str:
        """Why the record cannot be about whom it names, '' when it can."""
        if row.kind == "sample" and person is None:
            return "unknown_card" if row.data.card else "unknown_person"
        if row.kind in _AT_THE_DOOR:
            area = self._areas.get((row.village_id, row.data.person))
            if area is None:
                return "unknown_person"
            return "" if any(area.startswith(path) for path in row.paths) else "outside_area"
        return ""


def _codes(row: Row) -> Sequence[str]:
    """The tubes that a record names."""
    if row.kind == "sample" or row.kind in _OF_TUBES:
        codes: Sequence[str] | None = getattr(row.data, "tubes", None)
        return [row.data.tube] if codes is None else codes
    return ()


def _touched(rows: Iterable[Row]) -> dict[TubeKey, bool]:
    """The tubes that records name, and whether any of them says more than that there is a swab."""
    touched: dict[TubeKey, bool] = {}
    for row in rows:
        for code in _codes(row):
            key = TubeKey(row.village_id, row.data.round, code)
            touched[key] = touched.get(key, False) or row.kind != "sample"
    return touched


def _told(row: Row) -> Iterator[Mapping[str, object]]:
    """What a record says of each of its tubes."""
    for code in _codes(row):
        yield {
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


def _swab(row: Row, person: UUID, rounds: _Rounds) -> Swab:
    data = row.data
    return Swab(
        id=row.id,
        village_id=row.village_id,
        round_id=data.round,
        roll_id=rounds[row.village_id, data.round].roll_id,
        tube=data.tube,
        person_id=person,
        station_id=data.station,
        retest=data.retest,
        device=row.device,
        at=row.at,
        corrected_at=row.corrected_at,
        by=row.by,
    )


def _said(row: Row, rounds: _Rounds, voided: bool) -> rolls.Said:
    data = row.data
    excuse = row.kind == "excuse"
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


def _note(notes: Mapping[UUID, Fit | str], outcomes: Mapping[UUID, Outcome]) -> None:
    """Tell the phone what became of its swabs: held while the tube is unknown, flagged where they do not count."""
    for record_id, note in notes.items():
        outcome = outcomes[record_id]
        if note == Fit.NO_TUBE:
            outcome.outcome, outcome.code = "held", "tube_not_opened"
        elif isinstance(note, Fit):
            outcome.flags.extend([FLAGS[note]] if note in FLAGS else [])
        else:
            outcome.flags.append(note)
