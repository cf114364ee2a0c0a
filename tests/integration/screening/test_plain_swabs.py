"""Swabs for which their tube has room are stored without ranking the tube; the rest of the batch is decided as ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.cast import Cast, make_cast
from tests.integration.screening.oracle import agrees
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.rolls import queries as rolls
from wuyicun.kernel import clock, scope


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cast = make_cast()
    with scope.enter(cast.scope()):
        yield cast


def test_the_first_of_two_swabs_settles_though_the_same_batch_fills_a_tube_too_far(cast: Cast) -> None:
    round_ = open_round(cast)
    phone, now = Phone(cast, round_), clock.now()
    twice, one, other = (cast.people[name].pk for name in ("甲01", "甲02", "甲03"))
    batch = [phone.make("tube.open", tube="X-1", pool=1), phone.make("tube.open", tube="X-2", pool=10)]
    batch += [phone.make("sample", tube="X-1", person=each) for each in (one, other)]
    late = phone.make("sample", tube="X-2", person=twice, at=now)
    early = phone.make("sample", tube="X-2", person=twice, at=now - timedelta(minutes=1))
    phone.send(*batch, late, early)
    (entry,) = rolls.entries_of(cast.village.pk, round_.roll_id, [twice])
    assert entry.settled_by == early.id
    agrees(round_, clock.now())


def test_a_tube_that_is_opened_after_its_swabs_counts_them(cast: Cast) -> None:
    round_ = open_round(cast)
    phone = Phone(cast, round_)
    first, second = (cast.people[name].pk for name in ("甲01", "甲02"))
    (held,) = phone.send(phone.make("sample", tube="X-1", person=first))
    assert held.outcome == "held"
    phone.send(phone.make("tube.open", tube="X-1", pool=10), phone.make("sample", tube="X-1", person=second))
    states = rolls.entries_of(cast.village.pk, round_.roll_id, [first, second])
    assert all(entry.settled_by for entry in states)
    agrees(round_, clock.now())
