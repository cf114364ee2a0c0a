"""重复登记: what was swabbed and said of either is the kept one's, and goes back when they part."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Cast
from tests.integration.registry.twins import merge, twins
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import Person
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.models import Round, Sample
from wuyicun.domains.screening.queries import results_of
from wuyicun.domains.screening.rules import RETEST_KIND
from wuyicun.domains.standing import queries as standing
from wuyicun.kernel import clock


def _states(cast: Cast, roll_id: Any, *people: Person) -> list[State]:
    by_id = {each.subject_id: each.state for each in rolls.entries(cast.village.pk, roll_id)}
    return [by_id[person.pk] for person in people]


@pytest.mark.parametrize("late", [False, True])
def test_a_swab_of_the_other_settles_the_kept_ones_entry_before_or_after_and_goes_back(cast: Cast, late: bool) -> None:
    kept, other = twins(cast)
    round_ = open_round(cast)
    phone = Phone(cast, round_)
    swabs = [phone.make("tube.open", tube="T1", pool=10), phone.make("sample", tube="T1", person=other.pk)]
    if not late:
        assert {each.outcome for each in phone.send(*swabs)} == {"accepted"}
    pairing = merge(kept, other)
    if late:
        assert {each.outcome for each in phone.send(*swabs)} == {"accepted"}
    assert _states(cast, round_.roll_id, kept, other) == [State.DONE, State.EXCUSED]
    assert rolls.drift(cast.village.pk, round_.roll_id) == []
    assert Sample.rows().get().person_id == kept.pk

    actions.part_people(pairing=pairing, by=None, at=clock.now())
    assert _states(cast, round_.roll_id, kept, other) == [State.OWED, State.DONE]
    assert rolls.drift(cast.village.pk, round_.roll_id) == []


def test_in_a_positive_pool_the_kept_one_owes_the_re_test_and_is_held(cast: Cast) -> None:
    kept, other = twins(cast)
    round_ = open_round(cast)
    phone = Phone(cast, round_)
    phone.send(phone.make("tube.open", tube="T1", pool=10), phone.make("sample", tube="T1", person=other.pk))
    phone.send(phone.make("tube.close", tube="T1", count=1, reason="end_of_session"))
    phone.send(phone.make("tube.result", tube="T1", result="positive"))
    pairing = merge(kept, other)
    child = rolls.child(cast.village.pk, round_.roll_id, RETEST_KIND)
    assert child is not None
    assert _states(cast, child.pk, kept, other) == [State.OWED, State.EXCUSED]
    assert _held(cast, kept, other) == [True, False]
    actions.part_people(pairing=pairing, by=None, at=clock.now())
    assert _states(cast, child.pk, kept, other) == [State.EXCUSED, State.OWED]
    assert _held(cast, kept, other) == [False, True]


def _held(cast: Cast, *people: Person) -> list[bool]:
    known = standing.standing(cast.village.pk, [each.pk for each in people], clock.now())
    return [each.pk in known and known[each.pk].held_since is not None for each in people]


def test_a_round_that_was_closed_stays_as_it_was_and_the_kept_one_shows_its_result(cast: Cast) -> None:
    kept, other = twins(cast)
    round_ = open_round(cast, area_path=cast.areas["第二微网格"].area_path)
    phone = Phone(cast, round_)
    phone.send(phone.make("tube.open", tube="T1", pool=10), phone.make("sample", tube="T1", person=other.pk))
    phone.send(phone.make("tube.close", tube="T1", count=1, reason="end_of_session"))
    phone.send(phone.make("tube.result", tube="T1", result="negative"))
    Round.rows().filter(pk=round_.pk).update(state="closed", closed_at=clock.now())
    merge(kept, other)
    assert Sample.rows().get().person_id == other.pk
    assert _states(cast, round_.roll_id, other) == [State.DONE]
    assert [result for *_, result, _at in results_of(cast.village.pk, kept.pk)] == ["negative"]
    known = standing.standing(cast.village.pk, [kept.pk], clock.now())
    assert known[kept.pk].last_negative_at is not None


@pytest.mark.parametrize("late", [False, True])
def test_what_was_said_at_the_door_follows_too(cast: Cast, late: bool) -> None:
    kept, other = twins(cast)
    round_ = open_round(cast)
    phone = Phone(cast, round_)
    said = phone.make("outcome", person=other.pk, outcome="unreachable", reason="nobody_home")
    if not late:
        assert phone.send(said)[0].outcome == "accepted"
    pairing = merge(kept, other)
    if late:
        assert phone.send(said)[0].outcome == "accepted"
    assert _states(cast, round_.roll_id, kept, other) == [State.UNREACHABLE, State.EXCUSED]
    actions.part_people(pairing=pairing, by=None, at=clock.now())
    assert _states(cast, round_.roll_id, kept, other) == [State.OWED, State.UNREACHABLE]
