"""The planner of micro-grids: everybody once, within the bounds, sections kept, never below its own bound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.planning.villages import SMALL, cheapest, village
from wuyicun.planning.territory import (
    Bounds,
    Fault,
    Home,
    MicroGrid,
    Problem,
    Proposal,
    Stopped,
    micro_grids_needed,
    solve,
    verify,
)


def test_the_plans_sections_keep_their_number_of_micro_grids() -> None:
    bounds = Bounds()
    assert micro_grids_needed(63, 1, bounds) == 1
    assert micro_grids_needed(105, 2, bounds) == 2
    assert micro_grids_needed(64, 1, bounds) == 2
    assert micro_grids_needed(168, 0, bounds) == 3
    assert micro_grids_needed(20, 3, bounds) == 1
    assert micro_grids_needed(0, 2, bounds) == 0


def test_a_village_of_the_plans_size_is_divided_within_its_sections() -> None:
    problem = village(168, micro_grids=2, sections=2, move_cost=20)
    proposal = solve(problem)
    assert verify(problem, proposal) == ()
    assert proposal.largest <= 63
    assert {grid.section for grid in proposal.micro_grids} == {0, 1}
    assert proposal.gap <= 0.03


def test_what_is_well_divided_stays_as_it_is() -> None:
    first = solve(village(200, micro_grids=4, seed=3))
    of = {home: grid for grid, each in enumerate(first.micro_grids) for home in each.homes}
    homes = village(200, micro_grids=4, seed=3).homes
    settled = tuple(replace(home, micro_grid=of[number]) for number, home in enumerate(homes))
    again = solve(Problem(settled, (0, 0, 0, 0), move_cost=20))
    assert again.moves == 0


def test_the_dearer_a_move_the_fewer_households_move() -> None:
    problem = village(300, micro_grids=6, seed=4)
    moves = [solve(replace(problem, move_cost=cost)).moves for cost in (0.0, 30.0, 300.0)]
    assert moves == sorted(moves, reverse=True)
    assert moves[-1] < moves[0]


def test_the_same_seed_gives_the_same_proposal() -> None:
    problem = village(400, micro_grids=8, move_cost=10)
    assert solve(problem, seed=7) == solve(problem, seed=7)


def test_somebody_who_belongs_to_no_section_goes_where_the_neighbours_are() -> None:
    problem = village(120, micro_grids=1, sections=2)
    beside = problem.homes[100]
    problem = replace(problem, homes=(*problem.homes, Home(beside.x + 1, beside.y, None, None)))
    proposal = solve(problem)
    assert verify(problem, proposal) == ()
    assert next(grid.section for grid in proposal.micro_grids if 120 in grid.homes) == 1


def test_households_that_all_stand_on_one_point_are_divided_too() -> None:
    problem = Problem(tuple(Home(5.0, 5.0, 0, None) for _ in range(130)), ())
    proposal = solve(problem)
    assert verify(problem, proposal) == ()
    assert (proposal.distance, proposal.gap) == (0.0, 0.0)


def test_nobody_at_all_gives_no_micro_grid() -> None:
    assert solve(Problem((), ())).micro_grids == ()


def test_progress_runs_from_the_beginning_to_the_end() -> None:
    told: list[float] = []
    solve(village(300, micro_grids=3, sections=2, move_cost=5), progress=told.append)
    assert told == sorted(told)
    assert told[0] < 0.1
    assert told[-1] == 1.0


def test_the_planner_gives_up_when_it_is_asked_to() -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Stopped):
        solve(village(300, micro_grids=6), stop=stop)
    assert len(asked) == 4


def test_a_small_village_is_divided_in_the_best_way() -> None:
    """Golden: nine households along a lane, three micro-grids of two to four; the best was found by trying all."""
    lane = (0, 10, 20, 100, 110, 125, 200, 205, 290)
    homes = tuple(Home(float(x), 0.0, 0, number % 3) for number, x in enumerate(lane))
    problem = Problem(homes, (0, 0, 0), SMALL, move_cost=15.0)
    proposal = solve(problem)
    assert verify(problem, proposal) == ()
    assert proposal.cost == pytest.approx(cheapest(problem, wanted=3, smallest=2))
    assert proposal.cost == pytest.approx(225.0)
    assert sorted(grid.homes for grid in proposal.micro_grids) == [(0, 1, 2), (3, 4, 5), (6, 7, 8)]


homes_of_a_lane = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from([None, 0, 1])), min_size=4, max_size=8
)


@settings(max_examples=40, deadline=None)
@given(homes_of_a_lane, st.sampled_from([0.0, 3.0, 20.0]))
def test_no_division_costs_less_than_the_bound(homes: list[tuple[int, int, int | None]], move_cost: float) -> None:
    problem = Problem(tuple(Home(x, y, 0, grid) for x, y, grid in homes), (0, 0), SMALL, move_cost)
    proposal = solve(problem)
    assert verify(problem, proposal) == ()
    wanted = len(proposal.micro_grids)
    least = cheapest(problem, wanted, min(SMALL.smallest, len(homes) // wanted))
    assert proposal.bound <= least + 1e-6
    assert proposal.cost >= least - 1e-3


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(40, 260), st.integers(1, 4), st.integers(1, 3), st.sampled_from([0.0, 25.0]))
def test_every_proposal_is_sound(seed: int, count: int, grids: int, sections: int, move_cost: float) -> None:
    problem = village(count, micro_grids=grids, sections=sections, seed=seed, move_cost=move_cost)
    assert verify(problem, solve(problem, seed=seed)) == ()


def _proposal() -> tuple[Problem, Proposal]:
    homes = (*(Home(x, 0, 0, 0) for x in (0, 1, 2)), *(Home(x, 0, 1, 1) for x in (10, 11, 12)))
    problem = Problem(homes, (0, 1), SMALL)
    grids = (MicroGrid(0, 0, 1, (0, 1, 2)), MicroGrid(1, 1, 4, (3, 4, 5)))
    return problem, Proposal(grids, 4.0, 0, 4.0, 4.0)


def test_a_sound_proposal_has_no_faults() -> None:
    assert verify(*_proposal()) == ()


@pytest.mark.parametrize(
    ("homes", "fault"),
    [
        (((0, 1), (3, 4, 5)), Fault("not_once", "2")),
        (((0, 1, 2, 2), (3, 4, 5)), Fault("not_once", "2")),
        (((0, 1, 2, 3), (4, 5)), Fault("section_left", "3")),
        (((0, 1, 2), (3, 4, 5, 6)), Fault("unknown_home", "6")),
        (((0, 2), (1, 3, 4, 5)), Fault("centre_elsewhere", "0")),
    ],
)
def test_a_proposal_with_somebody_in_the_wrong_place_is_found_out(
    homes: tuple[tuple[int, ...], tuple[int, ...]], fault: Fault
) -> None:
    problem, proposal = _proposal()
    grids = tuple(replace(grid, homes=each) for grid, each in zip(proposal.micro_grids, homes, strict=True))
    assert fault in verify(problem, replace(proposal, micro_grids=grids))


def test_wrong_sizes_names_and_figures_are_found_out() -> None:
    problem, proposal = _proposal()
    first, second = proposal.micro_grids
    codes = {
        fault.code
        for changed in (
            replace(proposal, moves=1),
            replace(proposal, distance=3.0),
            replace(proposal, cost=3.0),
            replace(proposal, bound=5.0),
            replace(proposal, micro_grids=(first, replace(second, was=0))),
            replace(proposal, micro_grids=(replace(first, was=None), replace(second, was=0))),
            replace(proposal, micro_grids=(replace(first, homes=(0, 1)), second, MicroGrid(0, None, 2, (2,)))),
        )
        for fault in verify(problem, changed)
    }
    tight = replace(problem, bounds=replace(SMALL, largest=2))
    codes |= {fault.code for fault in verify(tight, proposal)}
    together = replace(
        problem, homes=tuple(replace(home, section=0) for home in problem.homes), sections_of_grids=(0, 0)
    )
    uneven = (replace(first, homes=(1,)), replace(second, section=0, homes=(0, 2, 3, 4, 5)))
    codes |= {fault.code for fault in verify(together, replace(proposal, micro_grids=uneven))}
    assert codes == {
        "moves_wrong",
        "distance_wrong",
        "cost_wrong",
        "bound_above_cost",
        "name_twice",
        "name_of_another_section",
        "too_large",
        "too_small",
        "wrong_number",
    }
