"""A positive pool: everybody in it is held and owes a single re-test, until their own negative or 24 hours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.screening.story import Story
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import queries
from wuyicun.domains.standing.models import Standing
from wuyicun.kernel import clock


@pytest.fixture
def positive(story: Story) -> Story:
    """甲01, 甲02 and 甲03 in a tube that is positive 100 minutes after the opening."""
    story.fills(story.one, "X-1", "甲01", "甲02", "甲03")
    story.says("tube.result", tube="X-1", result="positive", minutes=100)
    return story


def retest_state(story: Story, name: str) -> State | None:
    child = queries.retests(story.round.village_id, story.round).roll_id
    if child is None:
        return None
    entries = rolls.entries_of(story.round.village_id, child, [story.person(name)])
    return entries[0].state if entries else None


def retest(
    story: Story, name: str, *, tube: str = "S-1", pool: int = 1, result: str = "", minutes: float = 105
) -> None:
    story.opens(story.other, tube, pool=pool, minutes=minutes)
    story.swabs(story.other, tube, name, minutes=minutes, retest=True)
    if result:
        story.says("tube.result", tube=tube, result=result, minutes=minutes + 10)


def test_every_member_is_held_for_a_day_from_the_result_and_owes_a_retest(positive: Story) -> None:
    for name in ("甲01", "甲02", "甲03"):
        held = positive.standing(name)
        assert (held.held_since, held.held_until) == (positive.at(100), positive.at(100) + timedelta(hours=24))
        assert held.held_by == f"round:{positive.round.number}"
        assert retest_state(positive, name) is State.OWED
    assert positive.standing("甲04").held_until is None
    positive.recounted()


def test_the_pools_result_and_the_rounds_coverage_stay_as_they_were(positive: Story) -> None:
    assert (positive.tube("X-1").result, positive.tube("X-1").state) == ("positive", "done")
    assert positive.state("甲01") is State.DONE
    assert positive.counts().current == 30


def test_who_was_a_swab_over_the_pool_is_in_the_tube_all_the_same(story: Story) -> None:
    story.opens(story.one, "X-1", pool=2)
    story.swabs(story.one, "X-1", "甲01", "甲02", "甲03")
    story.says("tube.result", tube="X-1", result="positive", minutes=100)
    assert retest_state(story, "甲03") is State.OWED
    assert story.standing("甲03").held_until is not None
    assert story.state("甲03") is State.OWED
    story.recounted()


def test_ones_own_negative_retest_ends_the_hold(positive: Story) -> None:
    retest(positive, "甲01", result="negative")
    assert retest_state(positive, "甲01") is State.DONE
    assert positive.standing("甲01", positive.at(114)).held_until == positive.at(115)
    assert positive.standing("甲01", positive.at(116)).held_until is None
    assert positive.standing("甲02").held_until is not None
    retests = queries.retests(positive.round.village_id, positive.round)
    assert (retests.counts.current, retests.counts.owed, retests.negative, retests.positive) == (3, 2, 1, 0)
    positive.recounted()


def test_a_positive_retest_does_not_end_the_hold(positive: Story) -> None:
    retest(positive, "甲01", result="positive")
    assert positive.standing("甲01").held_until == positive.at(100) + timedelta(hours=24)
    assert queries.retests(positive.round.village_id, positive.round).positive == 1


def test_a_single_tube_that_is_positive_opens_no_further_retest(positive: Story) -> None:
    retest(positive, "甲01", result="positive")
    assert queries.retests(positive.round.village_id, positive.round).counts.current == 3


def test_the_hold_ends_by_itself_after_a_day(positive: Story) -> None:
    day = positive.at(100) + timedelta(hours=24)
    assert positive.standing("甲01", day - timedelta(seconds=1)).held_until == day
    assert positive.standing("甲01", day).held_until is None


def test_a_retest_in_a_pool_settles_nothing(positive: Story) -> None:
    """A held person is single."""
    retest(positive, "甲01", pool=10, result="negative")
    assert retest_state(positive, "甲01") is State.OWED
    assert positive.standing("甲01", positive.at(119)).held_until == positive.at(100) + timedelta(hours=24)
    positive.recounted()


def test_a_retest_that_was_sampled_before_the_pools_result_came_settles_it(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01", "甲02")
    retest(story, "甲01", result="negative", minutes=60)
    story.says("tube.result", tube="X-1", result="positive", minutes=100)
    assert (retest_state(story, "甲01"), retest_state(story, "甲02")) == (State.DONE, State.OWED)
    story.recounted()


def test_a_retest_is_no_sample_of_the_round(story: Story) -> None:
    retest(story, "甲05")
    assert story.state("甲05") is State.OWED
    story.recounted()


def test_a_result_that_was_wrong_withdraws_the_retests_and_the_holds(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01", "甲02")
    wrong = story.one.make("tube.result", at=story.at(100), tube="X-1", result="positive")
    story.one.send(wrong)
    story.says("void", record=wrong.id, reason="wrong_tube", minutes=101)
    assert retest_state(story, "甲01") is State.EXCUSED
    assert story.standing("甲01").held_until is None
    story.recounted()


def test_a_swab_taken_back_takes_its_person_out_of_the_positive_pool(story: Story) -> None:
    story.opens(story.one, "X-1")
    swab = story.swab(story.one, "X-1", "甲01")
    story.one.send(swab)
    story.swabs(story.one, "X-1", "甲02", minutes=4)
    story.says("tube.result", tube="X-1", result="positive", minutes=100)
    story.says("void", record=swab.id, reason="wrong_person", minutes=101)
    assert retest_state(story, "甲01") is State.EXCUSED
    assert (story.standing("甲01").held_until, retest_state(story, "甲02")) == (None, State.OWED)
    story.recounted()


def test_a_swab_that_arrives_after_the_positive_result_is_held_too(positive: Story) -> None:
    positive.swabs(positive.one, "X-1", "甲04", minutes=2.5)
    assert retest_state(positive, "甲04") is State.OWED
    assert positive.standing("甲04").held_until is not None
    positive.recounted()


def test_the_last_negative_is_the_time_of_sampling_of_a_swab_that_counts(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01", minutes=10)
    story.says("tube.result", tube="X-1", result="negative", minutes=100)
    assert story.standing("甲01").last_negative_at == story.at(10)
    assert Standing.rows().filter(last_negative_at__isnull=False).count() == 1


def test_the_round_closes_while_retests_are_open_and_names_them(positive: Story) -> None:
    for name in (each for each in positive.cast.people if each not in ("甲01", "甲02", "甲03")):
        positive.says("outcome", person=positive.person(name), outcome="unreachable", reason="nobody_home", minutes=110)
    positive.close()
    report = queries.reports(positive.round.village_id, positive.round.pk)[0]
    assert set(report.data["retests"]["open"]) == {str(positive.person(name)) for name in ("甲01", "甲02", "甲03")}


def test_the_retest_roll_is_settled_after_the_rounds_closing_and_the_report_amended(positive: Story) -> None:
    for name in (each for each in positive.cast.people if each not in ("甲01", "甲02", "甲03")):
        positive.says("outcome", person=positive.person(name), outcome="unreachable", reason="nobody_home", minutes=110)
    positive.close(positive.at(112))
    retest(positive, "甲01", result="negative", minutes=115)
    assert retest_state(positive, "甲01") is State.DONE
    reports = queries.reports(positive.round.village_id, positive.round.pk)
    assert reports[0].version > 1
    assert len(reports[0].data["retests"]["open"]) == 2


def test_what_others_see_of_a_hold_goes_when_it_has_ended(positive: Story) -> None:
    assert positive.standing("甲01", clock.now() + timedelta(days=2)).held_by == ""
