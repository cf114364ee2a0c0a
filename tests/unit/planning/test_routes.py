"""The planner of home visits: everybody once, enough people an outing, never worse than the nearest home first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wuyicun.planning.routes import Fault, Home, Problem, nearest_first, solve, verify

QUICK = 0.05


def village(homes: int, teams: int = 1, seed: int = 1) -> Problem:
    """Homes in hamlets, one to three people behind each door."""
    chance = Random(seed)
    middles = [(chance.uniform(0, 900), chance.uniform(0, 600)) for _ in range(max(1, homes // 8))]
    points = [chance.choice(middles) for _ in range(homes)]
    doors = [Home(chance.gauss(x, 60), chance.gauss(y, 60), chance.choice((1, 1, 1, 2, 3))) for x, y in points]
    return Problem((450.0, 300.0), tuple(doors), teams)


def test_the_best_walk_is_found_where_all_can_be_tried() -> None:
    for seed in range(5):
        problem = village(7, seed=seed)
        walks = problem.walks()
        best = min(
            sum(walks[one][other] for one, other in pairwise((0, *order, 0))) for order in permutations(range(1, 8))
        )
        assert solve(problem, seconds=QUICK).walked == best


def test_it_walks_less_than_the_nearest_home_first_on_forty_homes() -> None:
    problem = village(40, seed=4)
    proposal = solve(problem, seconds=0.2)
    assert verify(problem, proposal) == ()
    assert proposal.by == "routing"
    assert proposal.walked < nearest_first(problem).walked


def test_every_outing_visits_at_least_twenty_where_there_are_as_many() -> None:
    problem = village(60, teams=3)
    proposal = solve(problem, seconds=QUICK)
    assert verify(problem, proposal) == ()
    assert len(proposal.outings) == 3
    assert min(outing.people for outing in proposal.outings) >= 20


def test_no_team_is_sent_far_away_for_two_people_alone() -> None:
    near = [Home(10.0 + place, 0.0, 1) for place in range(38)]
    far = [Home(3000.0, place, 1) for place in (0.0, 5.0)]
    problem = Problem((0.0, 0.0), (*near, *far), 2, seconds_a_person=30.0)
    assert sorted(outing.people for outing in solve(problem, seconds=QUICK).outings) == [20, 20]


def test_with_too_few_people_fewer_teams_go() -> None:
    problem = village(14, teams=4)
    assert 20 <= problem.people < 40
    proposal = solve(problem, seconds=QUICK)
    assert [outing.people for outing in proposal.outings] == [problem.people]
    few = village(5, teams=4)
    assert [outing.people for outing in solve(few, seconds=QUICK).outings] == [few.people]


def test_two_teams_are_back_at_about_the_same_time() -> None:
    problem = village(60, teams=2, seed=3)
    one, other = solve(problem, seconds=0.3).outings
    assert abs(one.seconds - other.seconds) < 0.2 * max(one.seconds, other.seconds)


def test_many_teams_keep_to_their_side_of_the_village() -> None:
    problem = village(120, teams=6, seed=3)
    proposal, rule = solve(problem, seconds=QUICK), nearest_first(problem)
    assert verify(problem, proposal) == ()
    assert len(proposal.outings) == len(rule.outings) == 6
    assert proposal.cost < 0.97 * rule.cost


def test_nobody_to_visit_is_no_outing() -> None:
    assert solve(Problem((0.0, 0.0), (), 2)).outings == ()


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("not_once", {"homes": (0, 1, 1)}),
        ("unknown_home", {"homes": (0, 1, 2, 9)}),
        ("people_wrong", {"people": 99}),
        ("walked_wrong", {"walked": 1}),
        ("seconds_wrong", {"seconds": 1}),
        ("nobody_visited", {"homes": ()}),
    ],
)
def test_the_check_sees_what_is_wrong(code: str, change: dict[str, object]) -> None:
    problem = village(3)
    proposal = solve(problem)
    assert verify(problem, proposal) == ()
    wrong = replace(proposal, outings=(replace(proposal.outings[0], **change),))  # type: ignore[arg-type]
    assert code in {fault.code for fault in verify(problem, wrong)}


def test_the_check_sees_outings_that_are_too_small_or_too_many() -> None:
    problem = village(60, teams=3)
    proposal = solve(problem, seconds=QUICK)
    assert Fault("too_many_outings") in verify(replace(problem, teams=2), proposal)
    assert Fault("too_few_people", "0") in verify(replace(problem, least=99), proposal)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 30), st.integers(1, 4), st.integers(0, 10_000))
def test_it_is_sound_and_never_worse_than_the_simple_rule(homes: int, teams: int, seed: int) -> None:
    problem = village(homes, teams, seed)
    proposal, rule = solve(problem, seconds=0.02), nearest_first(problem)
    assert verify(problem, proposal) == ()
    assert verify(problem, rule) == ()
    assert proposal.cost <= rule.cost
