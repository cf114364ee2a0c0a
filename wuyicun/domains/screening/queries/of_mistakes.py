"""工作零失误: what went wrong in rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries.of_tubes import TubeTotals, TubeView, totals, tubes
from wuyicun.domains.screening.rules import RoundState, TubeState

Figures = tuple[Counts, TubeTotals]
"""The people of a round, and its tubes."""


@dataclass(frozen=True)
class Mistakes:
    """工作零失误 as far as testing goes, of one round: who was forgotten, and tubes that went wrong."""

    round: Round
    owed_late: int
    unreachable: int
    tubes_late: tuple[TubeView, ...]
    tubes_lost: tuple[TubeView, ...]
    tubes_unmatched: tuple[TubeView, ...]
    drift: int

    @property
    def total(self) -> int:
        """All of them."""
        tubes_wrong = len(self.tubes_late) + len(self.tubes_lost) + len(self.tubes_unmatched)
        return self.owed_late + self.unreachable + tubes_wrong + self.drift


def mistakes_count(village_id: UUID, since: datetime, at: datetime, known: Mapping[UUID, Figures]) -> int:
    """How much went wrong in the rounds opened since a moment: of closed rounds as their last report has it.

    known: the figures of rounds that were asked for already.
    """
    wrong = 0
    for round_ in _opened_since(village_id, since).select_related("roll"):
        open_ = round_.state == RoundState.OPEN
        wrong += round_.roll.drift + (_mistakes_now(village_id, round_, at, known) if open_ else round_.mistakes)
    return wrong


def _mistakes_now(village_id: UUID, round_: Round, at: datetime, known: Mapping[UUID, Figures]) -> int:
    found = known.get(round_.pk)
    counts, tubes = found or (rolls.counts(village_id, round_.roll_id), totals(village_id, round_, at))
    return (counts.owed if round_.due_at < at else 0) + tubes.late + tubes.lost + tubes.unmatched


def mistakes(village_id: UUID, since: datetime, at: datetime) -> Sequence[Mistakes]:
    """What went wrong in the rounds opened since a moment, latest round first; rounds without mistakes are left out."""
    rows = _opened_since(village_id, since).filter(Q(state=RoundState.OPEN) | Q(mistakes__gt=0) | Q(roll__drift__gt=0))
    found = [_mistakes(village_id, round_, at) for round_ in rows.select_related("roll").order_by("-number")]
    return [each for each in found if each.total]


def _opened_since(village_id: UUID, since: datetime) -> QuerySet[Round]:
    return Round.rows().filter(village_id=village_id, opened_at__gte=since).exclude(state=RoundState.CANCELLED)


def _mistakes(village_id: UUID, round_: Round, at: datetime) -> Mistakes:
    counts = rolls.counts(village_id, round_.roll_id)
    views = tubes(village_id, round_, round_.closed_at or at)
    closed = round_.closed_at is not None
    return Mistakes(
        round=round_,
        owed_late=counts.owed if not closed and round_.due_at < at else 0,
        unreachable=counts.unreachable if closed else 0,
        tubes_late=tuple(tube for tube in views if tube.late),
        tubes_lost=tuple(tube for tube in views if tube.state is TubeState.LOST),
        tubes_unmatched=tuple(tube for tube in views if tube.state is TubeState.EXPECTED),
        drift=round_.roll.drift,
    )
