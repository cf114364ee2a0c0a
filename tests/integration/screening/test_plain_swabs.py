"""Swabs for which their tube has room are stored without ranking the tube; the rest of the batch is decided as ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import sending
from tests.cast import Cast, make_cast
from tests.integration.screening.oracle import agrees
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening.models import Tube
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records.store import Batch, store


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


def test_a_tube_that_one_batch_opens_and_fills_too_far_takes_what_it_holds(cast: Cast) -> None:
    round_ = open_round(cast)
    phone = Phone(cast, round_)
    people = [cast.people[name].pk for name in ("甲01", "甲02", "甲03")]
    outcomes = phone.send(
        phone.make("tube.open", tube="X-1", pool=2),
        *(phone.make("sample", tube="X-1", person=person) for person in people),
    )
    assert [each.flags for each in outcomes] == [[], [], [], ["over_pool"]]
    assert Tube.rows().get(code="X-1").swabs == 3
    assert [entry.settled_by is not None for entry in rolls.entries_of(cast.village.pk, round_.roll_id, people)].count(
        True
    ) == 2
    agrees(round_, clock.now())


def test_a_tube_that_one_batch_opens_and_closes_is_closed(cast: Cast) -> None:
    round_ = open_round(cast)
    phone = Phone(cast, round_)
    phone.send(
        phone.make("tube.open", tube="X-1", pool=10),
        phone.make("sample", tube="X-1", person=cast.people["甲01"].pk),
        phone.make("tube.close", tube="X-1", count=1, reason="no_more_people"),
    )
    tube = Tube.rows().get(code="X-1")
    assert (tube.state, tube.pool, tube.swabs, tube.closed_count) == ("closed", 10, 1, 1)
    agrees(round_, clock.now())


def test_an_opening_that_was_taken_back_before_it_came_opens_nothing(cast: Cast) -> None:
    round_ = open_round(cast)
    phone = Phone(cast, round_)
    opening = phone.make("tube.open", tube="X-1", pool=10)
    phone.send(phone.make("void", record=opening.id, reason="wrong_tube"))
    _opened, swab = phone.send(opening, phone.make("sample", tube="X-1", person=cast.people["甲01"].pk))
    assert swab.outcome == "held"
    assert Tube.rows().get(code="X-1").state == "expected"
    agrees(round_, clock.now())


def test_a_swab_that_another_device_puts_into_a_tube_of_the_same_transaction_does_not_count(cast: Cast) -> None:
    round_ = open_round(cast)
    phone, other = Phone(cast, round_), Phone(cast, round_)
    one, two = (cast.people[name].pk for name in ("甲01", "甲02"))
    of_owner = [
        phone.make("tube.open", tube="X-1", pool=10),
        phone.make("sample", tube="X-1", person=one),
        phone.make("tube.open", tube="X-2", pool=10),
    ]
    foreign = [other.make("sample", tube=code, person=two) for code in ("X-1", "X-2")]
    batches = [
        Batch(cast.village.pk, device.device, None, sending.powers(cast), envelopes, clock.now())
        for device, envelopes in ((phone, of_owner), (other, foreign))
    ]
    _owners, others = store(batches)
    assert [each.flags for each in others] == [["foreign_device"], ["foreign_device"]]
    assert [entry.settled_by is None for entry in rolls.entries_of(cast.village.pk, round_.roll_id, [two])] == [True]
    assert dict(Tube.rows().values_list("code", "swabs")) == {"X-1": 1, "X-2": 0}
    agrees(round_, clock.now())
