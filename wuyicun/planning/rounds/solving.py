"""From a problem to a timetable: first when everybody can be through, then the shortest ways by which they still are.

Longest first, then moves and swaps, give CP-SAT its first hint and upper bound. The solver alone leaves its own bound
low: the energy of all windows together is added as a cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from wuyicun.planning.rounds.balancing import balanced, shortened
from wuyicun.planning.rounds.problem import Problem, Proposal, least_minutes, least_work, proposal_of
from wuyicun.planning.rounds.simple import longest_first, nearest_in_order

SECONDS = 3.5
"""What both searches together may take; the time that the first one leaves goes to the second."""
EARLY_ENOUGH = 0.02
"""A part of the bound: nobody walks further to be through earlier than that."""
WORKERS = 2


@dataclass(frozen=True)
class _Model:
    """The decisions: who goes where, and when all are through."""

    model: cp_model.CpModel
    goes: dict[tuple[int, int], cp_model.IntVar]
    finish: cp_model.IntVar


def solve(problem: Problem, *, seed: int = 0, seconds: float = SECONDS) -> Proposal:
    """Propose a timetable: through within two per cent of the earliest possible, and then with the shortest ways.

    Args:
        seconds: how long to search at most; for a few micro-grids much less is needed.
    """
    rules = [nearest_in_order(problem), proposal_of(problem, longest_first(problem), "longest")]
    if not problem.blocks or len(problem.stations) == 1:
        return rules[0]
    known = min((*rules, proposal_of(problem, balanced(problem, _chosen(rules[1])), "balanced")), key=_through)
    early, bound, spent = _through_early(problem, known, seed, seconds / 2)
    latest = max(early.finish, int(bound * (1 + EARLY_ENOUGH)))
    short = proposal_of(problem, shortened(problem, _chosen(early), latest), early.by)
    best = min((each for each in (short, *rules) if each.finish <= latest), key=_walked)
    if any(block.ways for block in problem.blocks):
        best = min((best, _with_short_ways(problem, best, latest, seed, max(0.2, seconds - spent))), key=_walked)
    return replace(best, bound=bound)


def _through(proposal: Proposal) -> tuple[int, int]:
    return proposal.finish, proposal.walked


def _walked(proposal: Proposal) -> tuple[int, int]:
    return proposal.walked, proposal.finish


def _chosen(proposal: Proposal) -> list[int]:
    return [slot.station for slot in sorted(proposal.slots, key=lambda slot: slot.block)]


def _through_early(problem: Problem, known: Proposal, seed: int, seconds: float) -> tuple[Proposal, int, float]:
    """The earliest timetable that is found, the best bound that is known, and the seconds it took."""
    if known.gap <= EARLY_ENOUGH:
        return known, known.bound, 0.0
    decisions = _decisions(problem, known.finish)
    decisions.model.minimize(decisions.finish)
    solver, found = _search(decisions, _chosen(known), seed, seconds)
    bound = round(solver.best_objective_bound) if found else 0
    early = min((known, proposal_of(problem, found or _chosen(known), "search")), key=_through)
    return early, max(known.bound, min(bound, early.finish)), solver.wall_time


def _with_short_ways(problem: Problem, known: Proposal, latest: int, seed: int, seconds: float) -> Proposal:
    """The timetable with the shortest ways among those that are through in time."""
    decisions = _decisions(problem, latest)
    walked = (
        problem.blocks[block].people * problem.way(block, station) * goes
        for (block, station), goes in decisions.goes.items()
    )
    decisions.model.minimize(sum(walked))
    _solver, found = _search(decisions, _chosen(known), seed, seconds)
    return proposal_of(problem, found or _chosen(known), "search")


def _decisions(problem: Problem, latest: int) -> _Model:
    model = cp_model.CpModel()
    finish = model.new_int_var(least_minutes(problem), latest, "finish")
    blocks, stations = range(len(problem.blocks)), range(len(problem.stations))
    goes = {(block, station): model.new_bool_var("") for block in blocks for station in problem.open_to(block)}
    for block in blocks:
        model.add_exactly_one(goes[block, station] for station in problem.open_to(block))
    for station in stations:
        busy = [(problem.minutes(block, station), goes[block, station]) for block in blocks if (block, station) in goes]
        model.add(sum(minutes * each for minutes, each in busy) <= finish)
    windows = sum(station.windows for station in problem.stations)
    model.add(windows * finish >= sum(least_work(problem, block) for block in blocks))
    return _Model(model, goes, finish)


def _search(
    decisions: _Model, begin: Sequence[int], seed: int, seconds: float
) -> tuple[cp_model.CpSolver, list[int] | None]:
    """The solver, for its bound and time, and the station of each micro-grid; None when it found nothing."""
    for (block, station), each in decisions.goes.items():
        decisions.model.add_hint(each, int(begin[block] == station))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = seed
    status = solver.solve(decisions.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return solver, None
    chosen = dict(place for place, each in decisions.goes.items() if solver.boolean_value(each))
    return solver, [chosen[block] for block in range(len(begin))]
