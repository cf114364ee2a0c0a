"""Checks of households as records: they settle, once, in whatever order they come, and only where one may."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from tests.integration.verification.round_of_checks import Checking
from tests.sending import Phone, office
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts, State
from wuyicun.domains.verification import queries
from wuyicun.domains.verification.models import LastCheck
from wuyicun.kernel import clock
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.office import NotTaken


def test_a_period_owes_each_household_one_check(checking: Checking) -> None:
    assert checking.counts() == Counts(opening=15, owed=15)


def test_a_check_settles_its_household_and_is_remembered(checking: Checking) -> None:
    check = checking.check(result="corrected")
    assert [each.outcome for each in checking.send(check)] == ["accepted"]
    assert (checking.entry().state, checking.entry().settled_by) == (State.DONE, check.id)
    last = queries.last_checks(checking.village.pk, [checking.house("甲01")])[checking.house("甲01")]
    assert (last.id, last.result, last.by) == (check.id, "corrected", checking.cast.accounts["王海斌"].pk)
    assert rolls.drift(checking.village.pk, checking.period().roll_id) == []


def test_a_check_sent_twice_counts_once(checking: Checking) -> None:
    check = checking.check()
    checking.send(check)
    assert [each.outcome for each in checking.send(check)] == ["duplicate"]
    assert checking.counts() == Counts(opening=15, owed=14, done=1)


def test_two_who_check_the_same_household_settle_it_once_and_both_stay_known(checking: Checking) -> None:
    first, second = checking.check(at=clock.now() - timedelta(hours=2)), checking.check()
    checking.send(second)
    checking.send(first)
    assert checking.entry().settled_by == first.id
    assert checking.counts().done == 1
    assert len(queries.checks(checking.village.pk, checking.house("甲01"), 10)) == 2


def test_a_check_taken_back_owes_the_household_again_whatever_came_first(checking: Checking) -> None:
    for order, name in zip(permutations(range(3)), ("甲01", "甲03", "甲05", "甲07", "甲09", "甲11"), strict=True):
        first, second = checking.check(name), checking.check(name)
        takes_back = [checking.phone.make("household.uncheck", check=each.id) for each in (first, second)]
        parcels = [(first, second), (takes_back[0],), (takes_back[1],)]
        for place in order:
            checking.send(*parcels[place])
        assert checking.entry(name).state is State.OWED, order
        assert queries.last_checks(checking.village.pk, [checking.house(name)]) == {}
    assert rolls.drift(checking.village.pk, checking.period().roll_id) == []


def test_what_takes_back_one_of_two_checks_leaves_the_other(checking: Checking) -> None:
    first, second = checking.check(at=clock.now() - timedelta(hours=2)), checking.check()
    checking.send(first, second, checking.phone.make("household.uncheck", check=first.id))
    assert (checking.entry().state, checking.entry().settled_by) == (State.DONE, second.id)


def test_nobody_takes_back_ahead_what_somebody_else_will_say(checking: Checking) -> None:
    check, stranger = checking.check(), Phone(checking.cast, "钟花")
    assert stranger.send(stranger.make("household.uncheck", check=check.id))[0].outcome == "accepted"
    checking.send(check)
    assert checking.entry().state is State.DONE


@pytest.mark.parametrize("who", ["钟花", "外人"])
def test_a_check_beyond_ones_area_is_kept_aside(checking: Checking, who: str) -> None:
    phone = Phone(checking.cast, who)
    (outcome,) = phone.send(phone.make("household.check", household=checking.house("甲01"), result="confirmed"))
    assert (outcome.outcome, outcome.code) == ("quarantined", "outside_area" if who == "钟花" else "not_allowed")
    assert checking.entry().state is State.OWED


def test_another_grids_worker_does_not_take_back_a_check(checking: Checking) -> None:
    check, phone = checking.check(), Phone(checking.cast, "钟花")
    checking.send(check)
    (outcome,) = phone.send(phone.make("household.uncheck", check=check.id))
    assert (outcome.outcome, outcome.code) == ("quarantined", "outside_area")
    assert checking.entry().state is State.DONE


def test_a_household_that_nobody_knows_is_kept_aside_and_said_in_words(checking: Checking) -> None:
    (outcome,) = checking.send(checking.phone.make("household.check", household=uuid7(), result="confirmed"))
    assert (outcome.outcome, outcome.code) == ("quarantined", "unknown_household")
    with pytest.raises(NotTaken, match="名册里没有这一户"):
        office(checking.cast, "王海斌", "household.check", household=uuid7(), result="confirmed")


def test_a_clock_that_runs_ahead_does_not_check_the_future(checking: Checking) -> None:
    checking.send(checking.check(at=clock.now() + timedelta(days=90)))
    last = queries.last_checks(checking.village.pk, [checking.house("甲01")])[checking.house("甲01")]
    assert last.at <= clock.now()
    assert checking.entry().state is State.DONE


def test_a_check_from_before_all_periods_is_known_but_settles_none(checking: Checking) -> None:
    checking.send(checking.check(at=clock.now() - timedelta(days=10)))
    assert checking.entry().state is State.OWED
    assert checking.house("甲01") in queries.last_checks(checking.village.pk, [checking.house("甲01")])


def test_the_last_check_of_each_household_is_the_same_in_whatever_order_they_came(checking: Checking) -> None:
    for order, name in zip(permutations(range(3)), ("甲01", "甲03", "甲05", "甲07", "甲09", "甲11"), strict=True):
        early, late = checking.check(name, at=clock.now() - timedelta(hours=5)), checking.check(name)
        records = [early, late, checking.phone.make("household.uncheck", check=late.id)]
        for place in order:
            checking.send(records[place])
        found = queries.last_checks(checking.village.pk, [checking.house(name)])
        kept = LastCheck.rows().get(village_id=checking.village.pk, household_id=checking.house(name))
        assert found[checking.house(name)].id == early.id
        assert kept.at == found[checking.house(name)].at
    paths = queries.freshness(checking.village.pk, clock.now() - timedelta(hours=6))
    area = checking.cast.areas["第一微网格"].area_path
    assert (paths[area].fresh, paths[area].never) == (6, 0)
    assert queries.freshness(checking.village.pk, clock.now(), area).keys() == {area}
    assert queries.freshness(checking.village.pk, clock.now())[area].fresh == 0
