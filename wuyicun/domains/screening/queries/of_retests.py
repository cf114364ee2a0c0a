"""What is asked of the single re-tests below a round."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts, State
from wuyicun.domains.screening.models import Round, Sample, Tube
from wuyicun.domains.screening.rules import (
    RETEST_KIND,
    TubeResult,
)


@dataclass(frozen=True)
class Retests:
    """The single re-tests below a round."""

    roll_id: UUID | None
    counts: Counts
    negative: int
    positive: int


def retests(village_id: UUID, round_: Round) -> Retests:
    """How many re-tests were opened, and what came out."""
    child = rolls.child(village_id, round_.roll_id, RETEST_KIND)
    if child is None:
        return Retests(None, Counts(), 0, 0)
    done = rolls.entries(village_id, child.pk, states=[State.DONE])
    settled = [entry.settled_by for entry in done if entry.settled_by]
    tubes_of = list(Sample.named(village_id, settled).values_list("tube", flat=True))
    results = list(
        Tube.rows().filter(village_id=village_id, round_id=round_.pk, code__in=tubes_of).values_list("code", "result")
    )
    by_code = dict(results)
    outcomes = [by_code.get(code, "") for code in tubes_of]
    return Retests(
        child.pk,
        rolls.counts(village_id, child.pk),
        outcomes.count(TubeResult.NEGATIVE),
        outcomes.count(TubeResult.POSITIVE),
    )


def retests_owed(village_id: UUID, round_: Round) -> int:
    """How many single re-tests below a round are still owed."""
    child = rolls.child(village_id, round_.roll_id, RETEST_KIND)
    return 0 if child is None else rolls.counts(village_id, child.pk).owed


def owes_retest(village_id: UUID, round_: Round, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who owe a single re-test in the round."""
    child = rolls.child(village_id, round_.roll_id, RETEST_KIND)
    if child is None:
        return set()
    return {each.subject_id for each in rolls.entries_of(village_id, child.pk, people) if each.state is State.OWED}
