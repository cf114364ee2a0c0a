"""Tubes: whose they are, how much they hold, when they are late, and what their end does to the people in them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.screening.story import Story, begin
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Tube
from wuyicun.kernel import clock


def test_a_swab_from_another_device_is_kept_and_flagged_and_its_person_still_owes(story: Story) -> None:
    story.opens(story.one, "X-1")
    (outcome,) = story.swabs(story.other, "X-1", "甲01")
    assert (outcome.outcome, outcome.flags) == ("accepted", ["foreign_device"])
    assert story.state("甲01") is State.OWED
    assert story.tube("X-1").swabs == 0
    story.recounted()


def test_a_tube_belongs_to_the_device_that_opened_it_first_whoever_was_heard_first(story: Story) -> None:
    story.opens(story.other, "X-1", minutes=5)
    story.swabs(story.other, "X-1", "甲01", minutes=6)
    assert story.state("甲01") is State.DONE
    story.opens(story.one, "X-1", minutes=1)
    assert story.state("甲01") is State.OWED
    assert queries.swabs(story.round.village_id, story.round.pk)[0].flag == "foreign_device"
    story.recounted()


def test_a_swab_waits_for_the_opening_of_its_tube(story: Story) -> None:
    (held,) = story.swabs(story.one, "X-1", "甲01")
    assert (held.outcome, held.code) == ("held", "tube_not_opened")
    assert story.state("甲01") is State.OWED
    assert story.tube("X-1").state == "expected"
    story.opens(story.one, "X-1")
    assert story.state("甲01") is State.DONE
    story.recounted()


def test_a_tube_never_holds_more_than_the_rounds_pool_whatever_the_phone_says(story: Story) -> None:
    story.opens(story.one, "X-1", pool=20)
    assert story.tube("X-1").pool == 10
    outcomes = story.swabs(story.one, "X-1", *[f"甲{number:02d}" for number in range(1, 13)])
    assert [each.flags for each in outcomes] == [[]] * 10 + [["over_pool"]] * 2


def test_a_swab_that_was_made_earlier_takes_the_place_of_a_later_one(story: Story) -> None:
    story.opens(story.one, "X-1", pool=1)
    story.swabs(story.one, "X-1", "甲01", minutes=5)
    story.swabs(story.one, "X-1", "甲02", minutes=4)
    assert (story.state("甲01"), story.state("甲02")) == (State.OWED, State.DONE)
    story.recounted()


def test_a_duplicate_takes_its_place_in_the_tube(story: Story) -> None:
    story.opens(story.one, "X-1", pool=2)
    story.swabs(story.one, "X-1", "甲01", "甲01", "甲02")
    assert story.state("甲02") is State.OWED
    flags = [swab.flag for swab in queries.swabs(story.round.village_id, story.round.pk)]
    assert flags == ["", "duplicate_sample", "over_pool"]


def test_a_swab_that_was_taken_back_gives_its_place_to_the_next(story: Story) -> None:
    story.opens(story.one, "X-1", pool=1)
    first, second = (story.swab(story.one, "X-1", name, minutes=2 + at) for at, name in enumerate(("甲01", "甲02")))
    story.one.send(first, second)
    story.says("void", record=first.id, reason="wrong_person")
    assert (story.state("甲01"), story.state("甲02")) == (State.OWED, State.DONE)
    story.recounted()


def test_of_two_swabs_of_a_person_the_one_that_was_taken_first_counts_whichever_was_heard_first(story: Story) -> None:
    story.opens(story.one, "X-1")
    story.opens(story.other, "X-2")
    later = story.swab(story.one, "X-1", "甲01", minutes=9)
    story.one.send(later)
    earlier = story.swab(story.other, "X-2", "甲01", minutes=5)
    assert story.other.send(earlier)[0].flags == []
    assert story.recounted().settled_by == {story.person("甲01"): earlier.id}
    assert {swab.id: swab.flag for swab in queries.swabs(story.round.village_id, story.round.pk)} == {
        earlier.id: "",
        later.id: "duplicate_sample",
    }


def test_when_the_counting_swab_is_taken_back_the_duplicate_counts(story: Story) -> None:
    story.opens(story.one, "X-1")
    story.opens(story.other, "X-2")
    first = story.swab(story.one, "X-1", "甲01")
    story.one.send(first)
    story.swabs(story.other, "X-2", "甲01", minutes=9)
    story.says("void", record=first.id, reason="wrong_tube")
    assert story.state("甲01") is State.DONE
    assert [swab.flag for swab in queries.swabs(story.round.village_id, story.round.pk)] == ["voided", ""]


def test_a_void_may_come_before_what_it_takes_back(story: Story) -> None:
    story.opens(story.one, "X-1")
    swab = story.swab(story.one, "X-1", "甲01")
    story.says("void", record=swab.id, reason="undo")
    story.one.send(swab)
    assert story.state("甲01") is State.OWED
    story.recounted()


@pytest.mark.parametrize("end", ["lost", "void"])
def test_the_people_of_a_tube_that_is_lost_or_void_owe_again(story: Story, end: str) -> None:
    story.fills(story.one, "X-1", "甲01", "甲02")
    story.says("tube.end", tube="X-1", state=end, minutes=9)
    assert (story.state("甲01"), story.tube("X-1").state) == (State.OWED, end)
    assert {swab.flag for swab in queries.swabs(story.round.village_id, story.round.pk)} == {"tube_ended"}
    story.recounted()
    story.fills(story.one, "X-2", "甲01", "甲02", minutes=10)
    assert story.state("甲01") is State.DONE
    story.recounted()


def test_a_lost_tube_that_is_found_counts_again(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    lost = story.one.make("tube.end", at=story.at(9), tube="X-1", state="lost")
    story.one.send(lost)
    story.says("void", record=lost.id, reason="entered_twice")
    assert story.state("甲01") is State.DONE
    story.recounted()


def test_a_lost_tube_needs_no_result(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    story.says("tube.end", tube="X-1", state="lost", minutes=9)
    totals = queries.totals(story.round.village_id, story.round, clock.now())
    assert (totals.lost, totals.without_result) == (1, 0)


def test_results_that_contradict_each_other_leave_the_tube_without_one_until_a_correction(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01", "甲02")
    wrong = story.one.make("tube.result", at=story.at(60), tube="X-1", result="positive")
    story.one.send(wrong)
    assert story.standing("甲01").held_until is not None
    story.says("tube.result", tube="X-1", result="negative", minutes=61)
    assert (story.tube("X-1").result, story.tube("X-1").state) == ("disputed", "closed")
    assert story.standing("甲01").held_until is None
    assert queries.totals(story.round.village_id, story.round, clock.now()).without_result == 1
    story.recounted()
    story.says("void", record=wrong.id, reason="wrong_tube", minutes=62)
    assert (story.tube("X-1").result, story.tube("X-1").state) == ("negative", "done")
    story.recounted()


def test_the_same_result_twice_is_no_contradiction(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    for minutes in (60, 61):
        story.says("tube.result", tube="X-1", result="negative", minutes=minutes)
    assert story.tube("X-1").result == "negative"


def test_an_invalid_result_is_none(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    story.says("tube.result", tube="X-1", result="invalid", minutes=60)
    assert story.tube("X-1").state == "closed"
    assert queries.totals(story.round.village_id, story.round, clock.now()).without_result == 1


def test_a_tube_is_handed_over_by_two_different_people(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    alone = story.says("tube.handover", tubes=["X-1"], counted=1, giver="杜梅", receiver=" 杜梅 ")
    assert (alone.outcome, alone.code) == ("quarantined", "invalid")
    assert story.tube("X-1").handed_at is None
    story.says("tube.handover", tubes=["X-1"], counted=1, giver="杜梅", receiver="常明", minutes=20)
    tube = story.tube("X-1")
    assert (tube.state, tube.handed_by, tube.carried_by, tube.handed_at) == ("handed", "杜梅", "常明", story.at(20))


def test_a_tube_that_waits_an_hour_after_its_closing_is_late(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01", minutes=1)
    story.fills(story.one, "X-2", "甲02", minutes=80)
    assert (story.tube("X-1").late, story.tube("X-2").late) == (True, False)
    assert story.tube("X-2").leaves_by == story.at(81 + 60)


def test_a_tube_that_stays_open_for_an_hour_after_its_first_swab_is_late(story: Story) -> None:
    story.opens(story.one, "X-1")
    assert story.tube("X-1").leaves_by is None, "an empty tube waits for nobody"
    story.swabs(story.one, "X-1", "甲01", minutes=5)
    assert story.tube("X-1").leaves_by == story.at(65)
    assert story.tube("X-1").late


def test_late_is_measured_with_the_time_that_the_devices_offset_corrects(story: Story) -> None:
    """A phone whose clock is an hour behind: its tubes are no hour late."""
    hour = timedelta(hours=1)
    phone = story.one
    for envelope in (
        phone.make("tube.open", at=clock.now() - hour, tube="X-1", pool=10),
        phone.make("sample", at=clock.now() - hour, tube="X-1", person=story.person("甲01")),
    ):
        phone.send(envelope, offset=hour)
    assert not story.tube("X-1").late


def test_a_tubes_code_names_one_tube_in_a_round_and_another_in_the_next(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    again = begin(story.cast, area="北头岭")
    again.fills(again.one, "X-1", "丙01")
    assert Tube.rows().filter(code="X-1").count() == 2
    assert (story.tube("X-1").swabs, again.tube("X-1").swabs) == (1, 1)
    assert story.state("丙01") is State.OWED


def test_a_count_that_differs_from_the_swabs_is_shown(story: Story) -> None:
    story.opens(story.one, "X-1")
    story.swabs(story.one, "X-1", "甲01", "甲02")
    story.says("tube.close", tube="X-1", count=3, reason="end_of_session")
    assert story.tube("X-1").count_differs


def test_the_latest_closing_says_how_many(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    story.says("tube.close", tube="X-1", count=2, reason="end_of_session", minutes=20)
    assert (story.tube("X-1").closed_count, story.tube("X-1").short_reason) == (2, "end_of_session")
