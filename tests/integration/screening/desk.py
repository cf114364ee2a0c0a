"""A round that runs, for the tests of the pages: a phone fills tubes, people look at pages as who they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast, make_cast
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts, State
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Tube
from wuyicun.domains.screening.queries import TubeView
from wuyicun.kernel import clock, scope


class Desk:
    """西头岭村 with one round, and its pages."""

    def __init__(self) -> None:
        self.cast: Cast = make_cast()
        with self.scope():
            self.round = open_round(
                self.cast, at=clock.now() - timedelta(hours=2), due_at=clock.now() + timedelta(hours=3)
            )
            self.phone = Phone(self.cast, self.round)

    def scope(self) -> Any:
        """The program's own scope over the village."""
        return scope.enter(self.cast.scope())

    def person(self, name: str) -> UUID:
        return self.cast.people[name].pk

    def fill(
        self, tube: str, names: Sequence[str], *, minutes_ago: int = 30, close: bool = True, pool: int = 10
    ) -> None:
        """Sample these people into a tube, and close it."""
        at = clock.now() - timedelta(minutes=minutes_ago)
        envelopes = [self.phone.make("tube.open", at=at, tube=tube, pool=pool)]
        envelopes += [self.phone.make("sample", at=at, tube=tube, person=self.person(name)) for name in names]
        if close:
            reason = None if len(names) >= pool else "no_more_people"
            envelopes.append(self.phone.make("tube.close", at=at, tube=tube, count=len(names), reason=reason))
        with self.scope():
            self.phone.send(*envelopes)

    def send(self, kind: str, **data: object) -> UUID:
        """One record of the phone; its id."""
        envelope = self.phone.make(kind, **data)
        with self.scope():
            self.phone.send(envelope)
        return envelope.id

    def hand_over(self, *tubes: str) -> None:
        self.send("tube.handover", tubes=list(tubes), counted=len(tubes), giver="甲", receiver="乙")

    def settle_everyone(self) -> None:
        """Sample all who are owed, hand over, all negative."""
        names = [name for name in self.cast.people if self.state(name) is State.OWED]
        for number, start in enumerate(range(0, len(names), 10)):
            self.fill(f"Z-{number}", names[start : start + 10])
        with self.scope():
            open_tubes = [tube.code for tube in self.tubes() if not tube.result]
        self.hand_over(*open_tubes)
        for code in open_tubes:
            self.send("tube.result", tube=code, result="negative")

    def get(self, who: str, name: str, /, *arguments: object, **query: str) -> HttpResponse:
        """A page of this round (or of what the arguments name), as somebody."""
        url = reverse(name, args=arguments or [self.round.pk])
        response: Any = self.cast.client(who).get(url, query)
        return response

    def post(self, who: str, name: str, /, *arguments: object, follow: bool = False, **data: Any) -> HttpResponse:
        """Send a form of such a page."""
        url = reverse(name, args=arguments or [self.round.pk])
        response: Any = self.cast.client(who).post(url, data, follow=follow)
        return response

    def counts(self) -> Counts:
        with self.scope():
            return rolls.counts(self.cast.village.pk, self.round.roll_id)

    def state(self, name: str) -> State:
        with self.scope():
            (entry,) = rolls.entries_of(self.cast.village.pk, self.round.roll_id, [self.person(name)])
        return entry.state

    def tubes(self) -> Sequence[TubeView]:
        with self.scope():
            return queries.tubes(self.cast.village.pk, self.round, clock.now())

    def tube(self, code: str) -> TubeView:
        return next(tube for tube in self.tubes() if tube.code == code)

    def tube_id(self, code: str) -> UUID:
        with self.scope():
            return Tube.rows().get(round_id=self.round.pk, code=code).pk
