"""From a problem to a proposal: OR-Tools begins with the better of two simple walks; the best of all is returned."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from wuyicun.planning.routes import nearest, sweeping
from wuyicun.planning.routes.problem import Problem, Proposal, proposal_of

SECONDS = 0.6
"""What the search may take."""
TOO_FEW = 3
"""With fewer homes there is nothing to search for."""


def solve(problem: Problem, *, seconds: float = SECONDS) -> Proposal:
    """Propose outings: everybody once, `least` people in each where there are as many, never worse than `nearest`.

    Args:
        seconds: how long to search; the simple rule and the matrix come on top.
    """
    walks = problem.walks()
    rule = proposal_of(problem, walks, nearest.orders(problem, walks), "nearest")
    if len(problem.homes) < TOO_FEW:
        return rule
    swept = sweeping.orders(problem, walks, len(rule.outings))
    known = [rule, *([proposal_of(problem, walks, swept, "sweep")] if swept else [])]
    begin = min(known, key=lambda each: each.cost)
    found = _searched(problem, walks, [outing.homes for outing in begin.outings], seconds)
    known += [proposal_of(problem, walks, found, "routing")] if found else []
    return min(known, key=lambda each: each.cost)


def _searched(
    problem: Problem, walks: Sequence[Sequence[int]], begin: Sequence[Sequence[int]], seconds: float
) -> list[list[int]] | None:
    """The homes of each outing as the search orders them; None when it found nothing."""
    teams = len(begin)
    manager = pywrapcp.RoutingIndexManager(len(walks), teams, 0)
    routing = pywrapcp.RoutingModel(manager)
    walking = routing.RegisterTransitMatrix([list(row) for row in walks])
    routing.SetArcCostEvaluatorOfAllVehicles(walking)
    _wait_for_the_last(routing, problem, walks, teams)
    _visit_enough(routing, problem, teams)
    routing.CloseModelWithParameters(parameters := _parameters(seconds))
    first = routing.ReadAssignmentFromRoutes([[home + 1 for home in order] for order in begin], True)
    found = routing.SolveFromAssignmentWithParameters(first, parameters) if first is not None else None
    return None if found is None else [_order(routing, manager, found, team) for team in range(teams)]


def _wait_for_the_last(
    routing: pywrapcp.RoutingModel, problem: Problem, walks: Sequence[Sequence[int]], teams: int
) -> None:
    """The time of the longest outing is part of the cost: a leg lasts the way and the visit it comes from."""
    visits = [0, *(round(home.people * problem.seconds_a_person) for home in problem.homes)]
    lasting = routing.RegisterTransitMatrix([[visits[one] + way for way in row] for one, row in enumerate(walks)])
    routing.AddDimension(lasting, 0, sum(visits) + sum(max(row) for row in walks), True, "time")
    if teams > 1:
        routing.GetDimensionOrDie("time").SetGlobalSpanCostCoefficient(1)


def _visit_enough(routing: pywrapcp.RoutingModel, problem: Problem, teams: int) -> None:
    if teams == 1:
        return
    people = routing.RegisterUnaryTransitVector([0, *(home.people for home in problem.homes)])
    routing.AddDimension(people, 0, problem.people, True, "people")
    counted = routing.GetDimensionOrDie("people")
    for team in range(teams):
        routing.solver().Add(counted.CumulVar(routing.End(team)) >= problem.least)


def _parameters(seconds: float) -> pywrapcp.DefaultRoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(1, round(seconds * 1000)))
    return parameters


def _order(
    routing: pywrapcp.RoutingModel,
    manager: pywrapcp.RoutingIndexManager,
    found: pywrapcp.Assignment,
    team: int,
) -> list[int]:
    order, index = [], found.Value(routing.NextVar(routing.Start(team)))
    while not routing.IsEnd(index):
        order.append(manager.IndexToNode(index) - 1)
        index = found.Value(routing.NextVar(index))
    return order
