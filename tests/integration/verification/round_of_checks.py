"""A period of checks in the cast's village: 15 households, 6 + 4 in 西头岭 and 5 in 北头岭."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from tests.cast import Cast, make_cast
from tests.sending import Phone
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.queries import Standing
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.verification import actions, queries
from wuyicun.domains.verification.queries import PeriodRow
from wuyicun.kernel import clock
from wuyicun.kernel.records.kinds import Envelope, Outcome


class Checking:
    """The village, and how its checks stand."""

    def __init__(self) -> None:
        self.cast: Cast = make_cast()
        self.village = self.cast.village
        self.phone = Phone(self.cast, "王海斌")

    def begin(self, days_ago: int = 3) -> PeriodRow:
        period = self.keep_going(clock.now() - timedelta(days=days_ago))
        assert period is not None
        return period

    def keep_going(self, at: datetime) -> PeriodRow | None:
        return actions.keep_going(village_id=self.village.pk, area_path=self.village.area_path, by=None, at=at)

    def house(self, name: str) -> UUID:
        found = self.cast.people[name].household_id
        assert found is not None
        return found

    def check(self, name: str = "甲01", *, result: str = "confirmed", at: datetime | None = None) -> Envelope:
        return self.phone.make("household.check", at=at, household=self.house(name), result=result)

    def send(self, *envelopes: Envelope) -> list[Outcome]:
        return self.phone.send(*envelopes)

    def period(self) -> PeriodRow:
        found = queries.current(self.village.pk)
        assert found is not None
        return found

    def counts(self, period: PeriodRow | None = None) -> Counts:
        return rolls.counts(self.village.pk, (period or self.period()).roll_id)

    def entry(self, name: str = "甲01", period: PeriodRow | None = None) -> Standing:
        roll = (period or self.period()).roll_id
        (found,) = rolls.entries_of(self.village.pk, roll, [self.house(name)])
        return found

    def get(self, who: str, page: str, /, *arguments: object, **query: str) -> HttpResponse:
        response: Any = self.cast.client(who).get(reverse(page, args=arguments), query)
        return response

    def post(self, who: str, page: str, /, *arguments: object, **data: Any) -> HttpResponse:
        response: Any = self.cast.client(who).post(reverse(page, args=arguments), data, follow=True)
        return response
