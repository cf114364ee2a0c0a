"""The timetable of a round: everybody called once, through as early as can be, with short ways; staff by the norm."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wuyicun.planning.rounds import (
    Block,
    Fault,
    Problem,
    Proposal,
    Slot,
    Station,
    nearest_in_order,
    share,
    solve,
    staffing,
    verify,
)

QUICK = 0.4


def town(blocks: int, windows: tuple[int, ...], seed: int = 1, *, ways: bool = True) -> Problem:
    """Micro-grids of about 140 people."""
    chance = Random(seed)
    places = [tuple(chance.randint(50, 2000) for _ in windows) if ways else () for _ in range(blocks)]
    return Problem(
        tuple(Block(chance.randint(90, 190), way) for way in places), tuple(Station(number) for number in windows)
    )


def _finish(problem: Problem, chosen: tuple[int, ...]) -> int:
    busy = [0] * len(problem.stations)
    for block, station in enumerate(chosen):
        busy[station] += problem.minutes(block, station)
    return max(busy)


def test_a_window_samples_a_hundred_people_an_hour() -> None:
    problem = Problem((Block(335),), (Station(1), Station(2)))
    assert problem.minutes(0, 0) == 201
    assert problem.minutes(0, 1) == 101


def test_the_earliest_end_is_found_where_all_can_be_tried() -> None:
    for seed in range(6):
        problem = town(7, (1, 2, 1), seed, ways=False)
        proposal = solve(problem, seconds=QUICK)
        earliest = min(_finish(problem, chosen) for chosen in product(range(3), repeat=7))
        assert earliest <= proposal.finish <= max(earliest, int(proposal.bound * 1.02))
        assert proposal.bound <= earliest
        assert verify(problem, proposal) == ()


def test_at_normal_staffing_it_is_within_two_per_cent_of_the_bound() -> None:
    for seed in range(3):
        problem = town(40, (6, 5, 5), seed)
        proposal = solve(problem, seconds=QUICK)
        assert verify(problem, proposal) == ()
        assert proposal.gap <= 0.02
        assert proposal.finish < nearest_in_order(problem).finish


def test_nobody_walks_further_to_be_through_a_minute_earlier() -> None:
    near, far = (10, 900), (900, 10)
    problem = Problem((Block(101, near), Block(99, far), Block(103, near), Block(100, far)), (Station(1), Station(1)))
    proposal = solve(problem, seconds=QUICK)
    assert {slot.block for slot in proposal.slots if slot.station == 0} == {0, 2}
    assert proposal.walked == 10 * 403


def test_a_micro_grid_is_called_only_where_it_may_go() -> None:
    blocks = tuple(replace(block, stations=(1,)) for block in town(4, (1, 1)).blocks)
    proposal = solve(Problem(blocks, (Station(1), Station(1))), seconds=QUICK)
    assert {slot.station for slot in proposal.slots} == {1}


def test_one_station_takes_the_micro_grids_in_their_order() -> None:
    proposal = solve(town(3, (2,)))
    assert [slot.block for slot in proposal.slots] == [0, 1, 2]
    assert proposal.gap == 0


def test_nobody_to_call_is_an_empty_timetable() -> None:
    assert solve(Problem((), (Station(1), Station(2)))).slots == ()


@pytest.mark.parametrize(
    ("code", "slots"),
    [
        ("not_once", (Slot(0, 0, 0, 60),)),
        ("unknown_block", (Slot(0, 0, 0, 60), Slot(1, 1, 0, 60), Slot(2, 1, 60, 70))),
        ("unknown_station", (Slot(0, 0, 0, 60), Slot(1, 2, 0, 60))),
        ("not_its_station", (Slot(0, 0, 0, 60), Slot(1, 0, 60, 120))),
        ("time_wrong", (Slot(0, 0, 0, 60), Slot(1, 1, 0, 50))),
        ("two_at_once", (Slot(0, 1, 0, 60), Slot(1, 1, 59, 119))),
        ("walked_wrong", (Slot(0, 0, 0, 60), Slot(1, 1, 0, 60))),
        ("bound_above_finish", (Slot(0, 0, 0, 60), Slot(1, 1, 0, 60))),
    ],
)
def test_the_check_sees_what_is_wrong(code: str, slots: tuple[Slot, ...]) -> None:
    problem = Problem((Block(100), Block(100, (), (1,))), (Station(1), Station(1)))
    right = Proposal((Slot(0, 0, 0, 60), Slot(1, 1, 0, 60)), 0, 60, "")
    assert verify(problem, right) == ()
    wrong = replace(right, slots=slots)
    wrong = replace(wrong, walked=7) if code == "walked_wrong" else wrong
    wrong = replace(wrong, bound=61) if code == "bound_above_finish" else wrong
    assert code in {fault.code for fault in verify(problem, wrong)}


def test_a_slot_may_begin_when_the_one_before_it_ends() -> None:
    problem = Problem((Block(100), Block(100)), (Station(1),))
    assert verify(problem, Proposal((Slot(0, 0, 0, 60), Slot(1, 0, 60, 120)), 0, 120, "")) == ()
    assert Fault("two_at_once", "0") in verify(problem, Proposal((Slot(0, 0, 0, 60), Slot(1, 0, 30, 90)), 0, 90, ""))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 14), st.lists(st.integers(1, 6), min_size=1, max_size=4), st.integers(0, 10_000))
def test_it_is_sound_and_never_later_than_by_hand(blocks: int, windows: list[int], seed: int) -> None:
    problem = town(blocks, tuple(windows), seed)
    proposal, simple = solve(problem, seconds=0.1), nearest_in_order(problem)
    assert verify(problem, proposal) == ()
    assert verify(problem, simple) == ()
    assert proposal.finish <= max(simple.finish, int(proposal.bound * 1.02))


def test_staff_follows_the_norm_and_the_time_there_is() -> None:
    village = staffing(335, stations=1, per_station=2000, per_sampler=360, pace=100, minutes=None)
    assert (village.stations, village.samplers, village.for_time, village.windows) == (1, 1, 0, 1)
    hurried = staffing(335, stations=2, per_station=2000, per_sampler=360, pace=100, minutes=60)
    assert (hurried.for_time, hurried.windows) == (4, 4)
    county = staffing(382_688, stations=200, per_station=2000, per_sampler=360, pace=100, minutes=None)
    assert (county.stations, county.samplers) == (192, 1064)


def test_windows_stand_where_most_people_are() -> None:
    assert share([300, 100], 4) == [3, 1]
    assert share([300, 200], 4) == [2, 2]
    assert share([0, 100, 100], 4) == [1, 2, 1]
    assert share([10, 20, 30], 3) == [1, 1, 1]
