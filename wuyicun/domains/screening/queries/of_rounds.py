"""What is asked of rounds: which there are, their facts, stations and reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wuyicun.domains.rolls.deciding import execute
from wuyicun.domains.screening.models import Report, Round, Station
from wuyicun.domains.screening.rules import (
    RoundState,
)

RoundRow = Round
"""For rooms above, which may name what they are given but not query it."""


@dataclass(frozen=True)
class RoundFacts:
    """What taking in records must know of a round."""

    roll_id: UUID
    state: str
    closed_at: datetime | None


_FACTS = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, round_id uuid))
SELECT r.village_id, r.id, r.roll_id, r.state, r.closed_at
FROM screening_round r JOIN given g ON g.village_id = r.village_id AND g.round_id = r.id
"""


def round_facts(named: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], RoundFacts]:
    """The facts of rounds by (village, round); unknown ones are left out."""
    given = [{"village_id": village, "round_id": round_id} for village, round_id in named]
    return {(row[0], row[1]): RoundFacts(row[2], row[3], row[4]) for row in (execute(_FACTS, given) if given else [])}


def names_of(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The names of those of the ids that are rounds or stations of the village."""
    rounds = Round.rows().filter(village_id=village_id, pk__in=ids).values_list("pk", "title")
    return dict([*rounds, *Station.rows().filter(village_id=village_id, pk__in=ids).values_list("pk", "name")])


def rounds(village_id: UUID) -> Sequence[Round]:
    """The village's rounds, latest first."""
    return list(Round.rows().filter(village_id=village_id).order_by("-number"))


def round_(village_id: UUID, round_id: UUID) -> Round:
    """Raises Round.DoesNotExist."""
    found: Round = Round.rows().get(village_id=village_id, pk=round_id)
    return found


def current_round(village_id: UUID) -> Round | None:
    """The latest open round, else the latest that was not cancelled."""
    rows = Round.rows().filter(village_id=village_id).exclude(state=RoundState.CANCELLED)
    found: Round | None = (
        rows.filter(state=RoundState.OPEN).order_by("-number").first() or rows.order_by("-number").first()
    )
    return found


def open_rounds(village_id: UUID) -> Sequence[Round]:
    """The open rounds, latest first."""
    return list(Round.rows().filter(village_id=village_id, state=RoundState.OPEN).order_by("-number"))


def stations(village_id: UUID, round_id: UUID) -> Sequence[Station]:
    """A round's stations by name."""
    return list(Station.rows().filter(village_id=village_id, round_id=round_id).order_by("kind", "name"))


def reports(village_id: UUID, round_id: UUID) -> Sequence[Report]:
    """The frozen reports of a round, latest version first."""
    return list(Report.rows().filter(village_id=village_id, round_id=round_id).order_by("-version"))
