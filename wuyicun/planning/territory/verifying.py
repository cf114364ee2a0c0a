"""An independent look at a proposal: plain Python, and none of the planner's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot, isclose

from wuyicun.planning.territory.problem import MicroGrid, Problem, Proposal, micro_grids_needed


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be: a code, and of what."""

    code: str
    of: str = ""


def verify(problem: Problem, proposal: Proposal) -> tuple[Fault, ...]:
    """All faults of a proposal; none when everybody is placed once, within the bounds, and the figures are right."""
    return (
        *_placing(problem, proposal),
        *_sizes(problem, proposal),
        *_sections(problem, proposal),
        *_names(problem, proposal),
        *_figures(problem, proposal),
    )


def _placing(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    times = Counter(home for grid in proposal.micro_grids for home in grid.homes)
    for home in range(len(problem.homes)):
        if times[home] != 1:
            yield Fault("not_once", str(home))
    yield from (Fault("unknown_home", str(home)) for home in times if not 0 <= home < len(problem.homes))
    for number, grid in enumerate(proposal.micro_grids):
        if grid.centre not in grid.homes:
            yield Fault("centre_elsewhere", str(number))


def _sizes(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    bounds = problem.bounds
    of_section = Counter[int]()
    for grid in proposal.micro_grids:
        of_section[grid.section] += len(grid.homes)
    number = Counter(grid.section for grid in proposal.micro_grids)
    for place, grid in enumerate(proposal.micro_grids):
        if len(grid.homes) > bounds.largest:
            yield Fault("too_large", str(place))
        if len(grid.homes) < min(bounds.smallest, of_section[grid.section] // number[grid.section]):
            yield Fault("too_small", str(place))
    for section, homes in of_section.items():
        today = {home.micro_grid for home in problem.homes if home.micro_grid is not None}
        used = sum(problem.sections_of_grids[name] == section for name in today)
        if number[section] != micro_grids_needed(homes, used, bounds):
            yield Fault("wrong_number", str(section))


def _sections(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    for grid in proposal.micro_grids:
        for home in grid.homes:
            if 0 <= home < len(problem.homes) and problem.homes[home].section not in {None, grid.section}:
                yield Fault("section_left", str(home))


def _names(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    carried = Counter(grid.was for grid in proposal.micro_grids if grid.was is not None)
    yield from (Fault("name_twice", str(name)) for name, times in carried.items() if times > 1)
    for grid in proposal.micro_grids:
        if grid.was is not None and problem.sections_of_grids[grid.was] != grid.section:
            yield Fault("name_of_another_section", str(grid.was))


def _figures(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    if any(not 0 <= home < len(problem.homes) for grid in proposal.micro_grids for home in grid.homes):
        return
    distance = sum(_far(problem, grid.centre, home) for grid in proposal.micro_grids for home in grid.homes)
    moves = _moves(problem, proposal.micro_grids)
    if not isclose(distance, proposal.distance, rel_tol=1e-6, abs_tol=1e-6):
        yield Fault("distance_wrong")
    if moves != proposal.moves:
        yield Fault("moves_wrong")
    if not isclose(distance + problem.move_cost * moves, proposal.cost, rel_tol=1e-6, abs_tol=1e-6):
        yield Fault("cost_wrong")
    if proposal.bound > proposal.cost * (1 + 1e-6) + 1e-6:
        yield Fault("bound_above_cost")


def _moves(problem: Problem, micro_grids: Sequence[MicroGrid]) -> int:
    return sum(problem.homes[home].micro_grid not in {None, grid.was} for grid in micro_grids for home in grid.homes)


def _far(problem: Problem, one: int, other: int) -> float:
    first, second = problem.homes[one], problem.homes[other]
    return hypot(first.x - second.x, first.y - second.y)
