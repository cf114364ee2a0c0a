"""The simple rule: each team goes to the nearest home that is left, until it has its share of the people."""

from __future__ import annotations

from collections.abc import Sequence

from wuyicun.planning.routes.problem import Problem, Proposal, proposal_of


def nearest_first(problem: Problem) -> Proposal:
    """As many outings as there are teams, fewer when one would visit too few people."""
    walks = problem.walks()
    return proposal_of(problem, walks, orders(problem, walks), "nearest")


def orders(problem: Problem, walks: Sequence[Sequence[int]]) -> list[list[int]]:
    """The homes of each outing in order; none where there is nobody to visit."""
    if not problem.homes:
        return []
    most = max(1, min(problem.teams, len(problem.homes), problem.people // max(1, problem.least)))
    for teams in range(most, 1, -1):
        found = _walked(problem, walks, teams)
        if enough_each(problem, found):
            return found
    return _walked(problem, walks, 1)


def enough_each(problem: Problem, found: Sequence[Sequence[int]]) -> bool:
    """Does every outing visit as many people as it must?"""
    return all(sum(problem.homes[home].people for home in order) >= problem.least for order in found)


def _walked(problem: Problem, walks: Sequence[Sequence[int]], teams: int) -> list[list[int]]:
    left, people, found = set(range(len(problem.homes))), problem.people, []
    for team in range(teams, 0, -1):
        order = one_walk(problem, walks, left, people / team if team > 1 else float("inf"))
        people -= sum(problem.homes[home].people for home in order)
        found.append(order)
    return found


def one_walk(problem: Problem, walks: Sequence[Sequence[int]], left: set[int], share: float) -> list[int]:
    """The walk of one team; the homes it visits are taken from `left`."""
    here, people, order = 0, 0, list[int]()
    while left and people < share:
        home = min(left, key=lambda each: (walks[here][each + 1], each))
        left.remove(home)
        order.append(home)
        people += problem.homes[home].people
        here = home + 1
    return order
