"""How a batch of records of a testing round is taken in: turns taken, checked, stored, decided again as a set.

Swabs and tubes go through one function of the database (`migrations/sql/take_in.sql`); what is said at doors, and what
takes records back, follows them here. State follows from what is there, never from the order of arrival.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import Heir
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.screening import deciding, reports, voids
from wuyicun.domains.screening.deciding import Swab
from wuyicun.domains.screening.queries import RoundFacts, round_facts
from wuyicun.domains.screening.rules import FLAGS, Fit, RoundState
from wuyicun.kernel import clock
from wuyicun.kernel.database.statements import look_up
from wuyicun.kernel.records.kinds import Outcome, Row
from wuyicun.kernel.records.voids import VOID, named_before

_OF_TUBES = frozenset(
    {"tube.open", "tube.close", "tube.end", "tube.box", "tube.handover", "tube.receipt", "tube.result"}
)

_RoundKey = tuple[UUID, UUID]
_Outcomes = Mapping[UUID, Outcome]


def apply(rows: Sequence[Row]) -> _Outcomes:
    """Take in records of all kinds of this room."""
    at = clock.now()
    outcomes = {row.id: Outcome(row.id) for row in rows}
    swabs = _swabs([row for row in rows if row.kind == "sample"])
    told = [row.id for row in rows if row.kind in _OF_TUBES]
    rest = [row for row in rows if row.kind != "sample" and row.kind not in _OF_TUBES]
    villages = {row.village_id for row in rows}
    # Alone goes what looks at all that is there, and what is said at a door: it would lock entries in another order.
    alone = {row.village_id for row in rows if row.kind == "tube.result"} | {row.village_id for row in rest}
    found = deciding.take_in(swabs, told, villages=villages, alone=alone, finish=not rest, at=at)
    for record_id, code in found.refused.items():
        _refuse(outcomes[record_id], code)
    taken = [swab for swab in swabs if swab.id not in found.refused] if found.refused else swabs
    more = bool(rest) or found.ask_for_more()
    if more:
        look_up()
    _note(deciding.follow(taken, found, at), outcomes)
    if more:
        reports.amend(found.late | _take_rest(rest, outcomes, at), at)
        rolls.touch(villages, at)
    return outcomes


def recall(ids: Collection[UUID]) -> _Outcomes:
    """What is said of swabs that were taken in before: held, or flagged where they do not count."""
    notes = deciding.notes_of(ids)
    outcomes = {record_id: Outcome(record_id) for record_id in notes}
    _note(notes, outcomes)
    return outcomes


def _swabs(rows: Sequence[Row]) -> Sequence[Swab]:
    """The swabs, each with the person whom it, or whose card it names; None for a card that nobody has."""
    cards = {(row.village_id, row.data.card) for row in rows if row.data.person is None}
    people = registry.people_of_cards(cards) if cards else {}
    swabs = []
    for row in rows:
        person = row.data.person or people.get((row.village_id, row.data.card))
        swabs.append(Swab(row.id, row.village_id, row.data.round, person, row.at))
    return swabs


def _refuse(outcome: Outcome, code: str) -> None:
    outcome.outcome, outcome.code = "quarantined", code


def _note(notes: Mapping[UUID, Fit | str], outcomes: _Outcomes) -> None:
    """Tell the phone what became of its swabs: held while the tube is unknown, flagged where they do not count."""
    for record_id, note in notes.items():
        outcome = outcomes[record_id]
        if note == Fit.NO_TUBE:
            outcome.outcome, outcome.code = "held", "tube_not_opened"
        elif isinstance(note, Fit):
            outcome.flags.extend([FLAGS[note]] if note in FLAGS else [])
        else:
            outcome.flags.append(note)


def _take_rest(rows: Sequence[Row], outcomes: _Outcomes, at: datetime) -> set[_RoundKey]:
    """Take in voids and what was said at doors; returns the closed rounds that they came for."""
    late_voids = voids.after_closing([row for row in rows if row.kind == VOID])
    rounds = round_facts({(row.village_id, row.data.round) for row in rows if row.kind != VOID})
    # Only who looks after an area may say what happened at a door in it.
    areas = registry.areas_of_people({(row.village_id, row.data.person) for row in rows if row.kind != VOID})
    taken: list[Row] = []
    for row in rows:
        if row.kind == VOID:
            code = "after_closing" if row.id in late_voids else ""
        else:
            code = closed_to(row, rounds) or _out_of_reach(row, areas)
        if code:
            _refuse(outcomes[row.id], code)
        else:
            taken.append(row)
    voided = voids.mark([row for row in taken if row.kind == VOID])
    if voided.tubes:
        deciding.follow([], deciding.decide(voided.tubes, at), at)
    said = [row for row in taken if row.kind != VOID]
    gone = named_before(said)
    heirs = registry.heirs({(row.village_id, row.data.person) for row in said})
    rolls.state([_said(row, rounds, row.id in gone, heirs) for row in said], at)
    rolls.take_back(voided.statements, at)
    named = {(row.village_id, row.data.round) for row in said}
    return {key for key in named if rounds[key].closed_at is not None} | voided.rounds


def closed_to(row: Row, rounds: Mapping[_RoundKey, RoundFacts]) -> str:
    """Why the round takes nothing that was said at a door or a station, '' when it does."""
    facts = rounds.get((row.village_id, row.data.round))
    if facts is None:
        return "unknown_round"
    if facts.state == RoundState.CANCELLED:
        return "round_cancelled"
    return "after_closing" if facts.closed_at is not None and row.corrected_at > facts.closed_at else ""


def _out_of_reach(row: Row, areas: Mapping[_RoundKey, str]) -> str:
    """Why the author cannot speak of this person, '' when they can."""
    area = areas.get((row.village_id, row.data.person))
    if area is None:
        return "unknown_person"
    return "" if any(area.startswith(path) for path in row.paths) else "outside_area"


def _said(
    row: Row, rounds: Mapping[_RoundKey, RoundFacts], voided: bool, heirs: Mapping[tuple[UUID, UUID], Heir]
) -> rolls.Said:
    data, closed_at = row.data, rounds[row.village_id, row.data.round].closed_at
    excuse = row.kind == "excuse"
    heir = heirs.get((row.village_id, data.person))
    if heir is not None and closed_at is not None and closed_at < heir.since:
        heir = None  # the round closed with both on its list
    return rolls.Said(
        id=row.id,
        village_id=row.village_id,
        roll_id=rounds[row.village_id, data.round].roll_id,
        subject_id=data.person if heir is None else heir.person_id,
        statement="excuse" if excuse else data.outcome,
        reason=data.reason,
        until=data.until if excuse else None,
        note=data.note,
        at=row.at,
        by=row.by,
        voided=voided,
        came_as=None if heir is None else data.person,
    )
