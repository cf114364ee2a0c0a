"""Who owes a test, and what is said of them: joining, leaving, moving, excuses that end, what was heard at the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.integration.screening.sending import open_round
from tests.integration.screening.story import Story, begin
from wuyicun.domains.registry import actions as registry
from wuyicun.domains.registry.models import Household, Person
from wuyicun.domains.registry.rules import Whereabouts
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import queries as roll_queries
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import actions, queries
from wuyicun.kernel import clock
from wuyicun.kernel.records.kinds import Outcome
from wuyicun.kernel.records.store import Batch, store
from wuyicun.kernel.roles import Permission


def person_of(story: Story, name: str) -> Person:
    found: Person = Person.rows().get(pk=story.person(name))
    return found


def entry(story: Story, name: str) -> roll_queries.Standing:
    (found,) = roll_queries.entries_of(story.round.village_id, story.round.roll_id, [story.person(name)])
    return found


def goes(story: Story, name: str, whereabouts: Whereabouts, back_in_days: int | None = None) -> None:
    back = None if back_in_days is None else (clock.now() + timedelta(days=back_in_days)).date()
    registry.set_whereabouts(
        people=[person_of(story, name)],
        stay=registry.Stay(whereabouts, expected_return=back),
        by=None,
        at=clock.now(),
    )


def newcomer(story: Story, name: str) -> UUID:
    house = Household.rows().get(pk=person_of(story, "甲01").household_id)
    added = registry.add_person(
        village_id=story.round.village_id,
        home=house,
        newcomer=registry.Newcomer(registry.PersonFields(name)),
        by=None,
        at=clock.now(),
    )
    return added.pk


def test_who_is_added_later_joins_the_open_round_and_not_its_opening_figure(story: Story) -> None:
    added = newcomer(story, "新来的人")
    counts = story.counts()
    assert (counts.opening, counts.current, counts.owed) == (30, 31, 31)
    assert added in story.recounted().states


def test_who_is_added_elsewhere_does_not_join_a_round_over_another_grid(story: Story) -> None:
    north = begin(story.cast, area="北头岭")
    newcomer(story, "新来的人")
    assert north.counts().current == 10


def test_a_closed_round_takes_nobody_in(story: Story) -> None:
    north = begin(story.cast, area="北头岭")
    for name in (each for each in story.cast.people if each.startswith("丙")):
        north.says("outcome", person=north.person(name), outcome="unreachable", reason="nobody_home")
    north.close()
    goes(story, "丙01", Whereabouts.CITY)
    assert north.state("丙01") is State.UNREACHABLE


def test_who_leaves_for_good_is_excused_as_left(story: Story) -> None:
    registry.mark_left(person=person_of(story, "甲01"), reason="moved_away", by=None, at=clock.now())
    assert (story.state("甲01"), entry(story, "甲01").reason) == (State.EXCUSED, "left")
    counts = story.counts()
    assert (counts.opening, counts.current, counts.due) == (30, 30, 29)
    story.recounted()


def test_who_was_sampled_and_leaves_stays_sampled(story: Story) -> None:
    story.fills(story.one, "X-1", "甲01")
    registry.mark_left(person=person_of(story, "甲01"), reason="moved_away", by=None, at=clock.now())
    assert story.state("甲01") is State.DONE
    story.recounted()


def test_who_comes_back_owes_again(story: Story) -> None:
    registry.mark_left(person=person_of(story, "甲01"), reason="moved_away", by=None, at=clock.now())
    registry.mark_returned(person=person_of(story, "甲01"), by=None, at=clock.now())
    assert story.state("甲01") is State.OWED


def test_who_is_away_when_the_round_opens_is_excused_and_counts_in_the_opening_figure(story: Story) -> None:
    goes(story, "丙01", Whereabouts.ELSEWHERE)
    north = begin(story.cast, area="北头岭")
    assert (north.state("丙01"), north.counts().opening, north.counts().owed) == (State.EXCUSED, 10, 9)
    north.recounted()


@pytest.mark.parametrize("whereabouts", [Whereabouts.IN_VILLAGE, Whereabouts.TO_AND_FRO])
def test_who_is_in_the_village_or_to_and_fro_owes(story: Story, whereabouts: Whereabouts) -> None:
    goes(story, "丙01", whereabouts)
    assert begin(story.cast, area="北头岭").state("丙01") is State.OWED


def test_who_was_expected_back_by_now_owes(story: Story) -> None:
    goes(story, "丙01", Whereabouts.CITY, back_in_days=-1)
    assert begin(story.cast, area="北头岭").state("丙01") is State.OWED


def test_being_away_ends_on_the_day_of_the_expected_return(story: Story) -> None:
    goes(story, "甲01", Whereabouts.CITY, back_in_days=3)
    assert story.state("甲01") is State.EXCUSED
    until = entry(story, "甲01").until
    assert until is not None
    rolls.end_excuses(village_id=story.round.village_id, at=until - timedelta(seconds=1))
    assert story.state("甲01") is State.EXCUSED
    rolls.end_excuses(village_id=story.round.village_id, at=until)
    assert story.state("甲01") is State.OWED


def test_an_excuse_that_ends_opens_the_entry_again(story: Story) -> None:
    soon = clock.now() + timedelta(hours=1)
    story.says("excuse", person=story.person("甲01"), reason="vaccinated", until=soon)
    assert (story.state("甲01"), entry(story, "甲01").reason) == (State.EXCUSED, "vaccinated")
    rolls.end_excuses(village_id=story.round.village_id, at=soon)
    assert (story.state("甲01"), entry(story, "甲01").reason) == (State.OWED, "")
    assert roll_queries.drift(story.round.village_id, story.round.roll_id) == []


def test_closing_looks_at_the_clock_of_excuses_itself(story: Story) -> None:
    """Also when the job was off at that moment."""
    soon = clock.now() + timedelta(hours=1)
    for name in story.cast.people:
        story.says("excuse", person=story.person(name), reason="ill", until=soon)
    with pytest.raises(rolls.StillOwed) as caught:
        story.close(soon + timedelta(minutes=1))
    assert caught.value.data == {"owed": 30}


def test_an_excuse_that_had_ended_before_it_arrived_excuses_nobody(story: Story) -> None:
    story.says("excuse", person=story.person("甲01"), reason="ill", until=story.at(60))
    assert story.state("甲01") is State.OWED
    story.recounted()


@pytest.mark.parametrize("sample_first", [True, False])
def test_a_sample_beats_an_excuse_whatever_came_first_and_the_excuse_stays_visible(
    story: Story, sample_first: bool
) -> None:
    until = clock.now() + timedelta(days=1)
    steps = [
        lambda: story.fills(story.one, "X-1", "甲01"),
        lambda: story.says("excuse", person=story.person("甲01"), reason="ill", until=until),
    ]
    for step in steps if sample_first else reversed(steps):
        step()
    assert story.state("甲01") is State.DONE
    said = roll_queries.statements(story.round.village_id, story.round.roll_id, [story.person("甲01")])
    assert [each.statement for each in said] == ["excuse"]
    story.recounted()


def test_when_the_sample_is_taken_back_the_excuse_holds_again(story: Story) -> None:
    story.says("excuse", person=story.person("甲01"), reason="ill", until=clock.now() + timedelta(days=1))
    story.opens(story.one, "X-1")
    swab = story.swab(story.one, "X-1", "甲01")
    story.one.send(swab)
    story.says("void", record=swab.id, reason="wrong_person")
    assert story.state("甲01") is State.EXCUSED
    story.recounted()


def test_the_last_word_at_the_door_holds_whoever_was_heard_last(story: Story) -> None:
    story.says("outcome", person=story.person("甲01"), outcome="refused", reason="refused_ill", minutes=20)
    story.says("outcome", person=story.person("甲01"), outcome="unreachable", reason="nobody_home", minutes=10)
    assert (story.state("甲01"), entry(story, "甲01").attempts) == (State.REFUSED, 2)
    story.recounted()


def test_a_word_that_is_taken_back_was_not_said(story: Story) -> None:
    refused = story.one.make(
        "outcome", at=story.at(9), person=story.person("甲01"), outcome="refused", reason="refused_ill"
    )
    story.one.send(refused)
    story.says("void", record=refused.id, reason="wrong_person")
    assert (story.state("甲01"), entry(story, "甲01").attempts) == (State.OWED, 0)


def test_who_moves_to_another_micro_grid_is_counted_there(story: Story) -> None:
    house = Household.rows().get(pk=person_of(story, "丙01").household_id)
    registry.place_person(person=person_of(story, "甲01"), home=house, by=None, at=clock.now())
    counts = {
        each.area_path: each.counts.current
        for each in roll_queries.leaf_counts(story.round.village_id, story.round.roll_id)
    }
    names = ("第一微网格", "北头岭微网格")
    assert [counts[story.cast.areas[name].area_path] for name in names] == [11, 11]
    story.recounted()


def test_who_moves_out_of_the_rounds_area_is_excused_and_who_moves_in_joins(story: Story) -> None:
    north = begin(story.cast, area="北头岭")
    house = Household.rows().get(pk=person_of(story, "丙01").household_id)
    registry.place_person(person=person_of(story, "甲01"), home=house, by=None, at=clock.now())
    away = Household.rows().get(pk=person_of(story, "甲03").household_id)
    registry.place_person(person=person_of(story, "丙02"), home=away, by=None, at=clock.now())
    assert (north.state("甲01"), north.state("丙02")) == (State.OWED, State.EXCUSED)
    assert entry(north, "丙02").reason == "left"


def test_somebody_from_outside_the_rounds_area_who_is_sampled_joins_it(story: Story) -> None:
    north = begin(story.cast, area="北头岭")
    north.fills(north.one, "X-1", "甲01")
    assert (north.state("甲01"), north.counts().opening, north.counts().current) == (State.DONE, 10, 11)
    north.recounted()


def test_a_round_over_an_area_without_people_is_not_opened(story: Story) -> None:
    with pytest.raises(actions.NobodyToTest):
        open_round(story.cast, area_path=story.cast.areas["未入网"].area_path)


def test_rounds_are_numbered_one_after_the_other_in_a_village(story: Story) -> None:
    numbers = [begin(story.cast, area="北头岭").round.number for _ in range(2)]
    assert numbers == [story.round.number + 1, story.round.number + 2]
    assert [each.number for each in queries.rounds(story.round.village_id)] == [3, 2, 1]


def by_grid_worker(story: Story, kind: str, name: str, **data: object) -> Outcome:
    """A record of 王海斌, who works the grid 西头岭."""
    path = story.cast.areas["西头岭"].area_path
    may: Mapping[Permission, tuple[str, ...]] = {Permission.SAMPLE: (path,), Permission.EXCUSE: (path,)}
    made = story.one.make(kind, at=story.at(5), person=story.person(name), **data)
    ((outcome,),) = store([Batch(story.round.village_id, uuid4(), None, may, [made], clock.now())])
    return outcome


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("excuse", {"reason": "ill", "until": "2099-01-01T00:00:00Z"}),
        ("outcome", {"outcome": "refused", "reason": "refused_ill"}),
    ],
)
def test_a_grid_worker_speaks_for_the_own_area_only(story: Story, kind: str, data: dict[str, object]) -> None:
    assert by_grid_worker(story, kind, "甲01", **data).outcome == "accepted"
    outside = by_grid_worker(story, kind, "丙01", **data)
    assert (outside.outcome, outside.code) == ("quarantined", "outside_area")
    assert story.state("丙01") is State.OWED
