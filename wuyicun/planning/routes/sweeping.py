"""Outings that do not cross: the village is cut into slices around the start (Gillett and Miller 1974)."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, tau

from wuyicun.planning.routes.nearest import enough_each, one_walk
from wuyicun.planning.routes.problem import Problem


def orders(problem: Problem, walks: Sequence[Sequence[int]], teams: int) -> list[list[int]] | None:
    """The homes of each outing in order; None when one would visit too few people, or there is one team only."""
    if teams < 2:
        return None
    found = [one_walk(problem, walks, set(each), float("inf")) for each in _slices(problem, teams)]
    return found if all(found) and enough_each(problem, found) else None


def _slices(problem: Problem, teams: int) -> list[list[int]]:
    """The homes clockwise, from behind the widest gap on, cut where a team has its share of the people."""
    left, found = problem.people, []
    round_about = _clockwise(problem)
    for team in range(teams, 0, -1):
        share, people, inside = left / team, 0, list[int]()
        while round_about and (people < share or team == 1):
            inside.append(round_about.pop(0))
            people += problem.homes[inside[-1]].people
        left -= people
        found.append(inside)
    return found


def _clockwise(problem: Problem) -> list[int]:
    x, y = problem.start
    angle = [atan2(home.y - y, home.x - x) for home in problem.homes]
    ordered = sorted(range(len(angle)), key=angle.__getitem__)
    gaps = [(angle[home] - angle[ordered[place - 1]]) % tau for place, home in enumerate(ordered)]
    first = max(range(len(gaps)), key=gaps.__getitem__)
    return ordered[first:] + ordered[:first]
