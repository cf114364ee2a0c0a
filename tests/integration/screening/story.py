"""A round as a test tells it: two phones, people by their names, and a recount after every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tests.cast import Cast
from tests.integration.screening.oracle import Recounted, agrees
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts, State
from wuyicun.domains.screening import actions, queries
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import TubeView
from wuyicun.domains.screening.rules import TubeResult, TubeState
from wuyicun.domains.standing import queries as standing
from wuyicun.domains.standing.queries import PersonStanding
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.portal import queries as portal

HOUR = timedelta(hours=1)


@dataclass
class Story:
    """A round that was opened two hours ago, within the scope that the test entered.

    Attributes:
        one, other: the two sampling pages.
    """

    cast: Cast
    round: Round
    opened_at: datetime
    one: Phone = field(init=False)
    other: Phone = field(init=False)

    def __post_init__(self) -> None:
        self.one, self.other = Phone(self.cast, self.round), Phone(self.cast, self.round)

    def person(self, name: str) -> UUID:
        """Whose name it is."""
        return self.cast.people[name].pk

    def at(self, minutes: float) -> datetime:
        """So many minutes after the opening."""
        return self.opened_at + timedelta(minutes=minutes)

    def opens(self, phone: Phone, tube: str, *, pool: int = 10, minutes: float = 1) -> Outcome:
        """A tube is opened on a phone."""
        return self.told(phone.send(phone.make("tube.open", at=self.at(minutes), tube=tube, pool=pool)))

    def swab(self, phone: Phone, tube: str, name: str, *, minutes: float = 2, retest: bool = False) -> Envelope:
        """A swab, not sent yet."""
        return phone.make("sample", at=self.at(minutes), tube=tube, person=self.person(name), retest=retest)

    def swabs(self, phone: Phone, tube: str, *names: str, minutes: float = 2, retest: bool = False) -> list[Outcome]:
        """People are sampled into a tube, one after the other."""
        made = [
            self.swab(phone, tube, name, minutes=minutes + number / 100, retest=retest)
            for number, name in enumerate(names)
        ]
        return phone.send(*made)

    def says(self, kind: str, *, minutes: float = 3, **data: object) -> Outcome:
        """Any other record, from the first phone."""
        return self.told(self.one.send(self.one.make(kind, at=self.at(minutes), **data)))

    @staticmethod
    def told(outcomes: list[Outcome]) -> Outcome:
        """The only outcome."""
        (outcome,) = outcomes
        return outcome

    def fills(self, phone: Phone, tube: str, *names: str, minutes: float = 2) -> None:
        """A tube is opened, filled and closed."""
        self.opens(phone, tube, minutes=minutes)
        self.swabs(phone, tube, *names, minutes=minutes)
        reason = None if len(names) == 10 else "no_more_people"
        self.says("tube.close", tube=tube, count=len(names), reason=reason, minutes=minutes + 1)

    def state(self, name: str) -> State:
        """The state of somebody's entry."""
        (entry,) = rolls.entries_of(self.round.village_id, self.round.roll_id, [self.person(name)])
        return entry.state

    def standing(self, name: str, at: datetime | None = None) -> PersonStanding:
        """What others see of somebody."""
        person = self.person(name)
        return standing.standing(self.round.village_id, [person], at or clock.now()).get(person, PersonStanding())

    def counts(self) -> Counts:
        """The round's counts, from the counters."""
        return rolls.counts(self.round.village_id, self.round.roll_id)

    def tube(self, code: str) -> TubeView:
        """A tube as lists show it."""
        (view,) = queries.tubes(self.round.village_id, self.round, clock.now(), codes=[code])
        return view

    def recounted(self) -> Recounted:
        """The program and its board agree with a recount from the records; what that came to."""
        found = agrees(self.round, clock.now())
        shown = portal.board(scope.required(), self.round.village_id, clock.now())
        if shown.round is not None and shown.round.pk == self.round.pk:
            assert shown.counts.coverage == found.coverage
            assert sum((section.counts for section in shown.coverage), Counts()) == shown.counts
            _tubes_agree(shown.tubes, queries.tubes(self.round.village_id, self.round, clock.now()))
        wrong = portal.mistakes(self.round.village_id, clock.now())
        assert shown.mistakes == sum(each.total for each in wrong), "the figure is that of the list behind it"
        return found

    def close(self, at: datetime | None = None) -> None:
        """The secretary closes the round."""
        actions.close_round(village_id=self.round.village_id, round_id=self.round.pk, by=None, at=at or clock.now())
        self.round.refresh_from_db()


def begin(cast: Cast, *, area: str = "village", hours_ago: float = 2) -> Story:
    """Open a round over an area."""
    opened_at = clock.now() - hours_ago * HOUR
    return Story(cast, open_round(cast, area_path=cast.areas[area].area_path, at=opened_at), opened_at)


def _tubes_agree(totals: queries.TubeTotals, tubes: Sequence[queries.TubeView]) -> None:
    """The figures are those of the tubes one by one."""
    states = Counter(tube.state for tube in tubes)
    assert totals.all == len(tubes)
    assert totals.open == states[TubeState.OPEN] + states[TubeState.EXPECTED]
    assert totals.waiting == states[TubeState.CLOSED]
    assert totals.under_way == states[TubeState.HANDED] + states[TubeState.RECEIVED]
    assert (totals.lost, totals.unmatched) == (states[TubeState.LOST], states[TubeState.EXPECTED])
    assert totals.late == sum(tube.late for tube in tubes)
    assert totals.short == sum(tube.short for tube in tubes)
    assert totals.sent == sum(tube.handed_at is not None for tube in tubes)
    assert totals.positive == sum(tube.result == TubeResult.POSITIVE for tube in tubes)
    assert totals.disputed == sum(tube.result == TubeResult.DISPUTED for tube in tubes)
