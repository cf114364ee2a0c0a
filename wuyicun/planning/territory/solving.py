"""From a problem to a proposal: section by section, from several starts, with a bound on what is possible."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wuyicun.planning.territory import assigning, bounding, swapping
from wuyicun.planning.territory.problem import MicroGrid, Problem, Progress, Proposal, Stop, micro_grids_needed
from wuyicun.planning.territory.section import (
    Arcs,
    Division,
    Floats,
    Integers,
    Section,
    Watch,
    arcs_of,
    distances,
)

STARTS = ((300, 8, 2), (1_000, 3, 2), (10_000_000, 1, 1))
"""Up to so many households of a section: so many spread starts besides today's micro-grids, and passes of swaps."""
TODAYS_PASSES = 2
ROUNDS = ((5_000, 60), (10_000_000, 40))
"""Up to so many households: how often the bound is improved."""


def solve(problem: Problem, *, seed: int = 0, progress: Progress | None = None, stop: Stop | None = None) -> Proposal:
    """Propose micro-grids. The same problem and seed give the same proposal.

    Args:
        progress: told the part that is done, 0 to 1.
        stop: asked now and then whether to give up.

    Raises:
        Stopped: `stop` said so.
    """
    homes = np.array([(home.x, home.y) for home in problem.homes], np.float64).reshape(-1, 2)
    sections = _sections(problem, homes)
    found: list[MicroGrid] = []
    distance, cost, bound, moves, done = 0.0, 0.0, 0.0, 0, 0
    for number in sorted(set(sections.tolist())):
        members = np.flatnonzero(sections == number)
        watch = Watch(progress, stop, done / len(homes), (done + len(members)) / len(homes))
        names = [name for name, section in enumerate(problem.sections_of_grids) if section == number]
        section = _section(problem, homes, members.tolist(), names)
        division, least = _solve(section, np.random.default_rng([seed, number]), watch)
        for place, (site, label) in enumerate(zip(division.choice.sites, division.choice.labels, strict=True)):
            taken = tuple(int(each) for each in members[division.of == place])
            was = None if label < 0 else names[label]
            found.append(MicroGrid(number, was, int(members[site]), taken))
        distance, cost, bound = distance + division.distance, cost + division.cost, bound + least
        moves, done = moves + division.moves, done + len(members)
    if progress is not None:
        progress(1.0)
    return Proposal(tuple(found), distance, moves, cost, bound)


def _solve(section: Section, chance: np.random.Generator, watch: Watch) -> tuple[Division, float]:
    arcs = arcs_of(section, watch.between(0.0, 0.2))
    count = len(section.points)
    spread, passes = next((number, passes) for limit, number, passes in STARTS if count <= limit)
    starts = 1 + spread
    best: Division | None = None
    for number in range(starts):
        part = watch.between(0.2 + 0.4 * number / starts, 0.2 + 0.4 * (number + 1) / starts)
        division = _spread(section, arcs, passes, chance, part) if number else _todays(section, arcs, chance, part)
        if best is None or division.cost < best.cost - 1e-9:
            best = division
    assert best is not None  # noqa: S101  there is at least one start
    rounds = next(number for limit, number in ROUNDS if count <= limit)
    return best, bounding.lower_bound(section, arcs, best, rounds, watch.between(0.6, 1.0))


def _todays(section: Section, arcs: Arcs, chance: np.random.Generator, watch: Watch) -> Division:
    """From today's micro-grids: as they are (apart from the sizes), or with their centres swapped."""
    kept = assigning.divide(section, swapping.todays(section, chance))
    choice = swapping.swapped(section, arcs, kept.choice, chance, watch, passes=TODAYS_PASSES)
    return min(kept, assigning.divide(section, choice), key=lambda each: each.cost)


def _spread(section: Section, arcs: Arcs, passes: int, chance: np.random.Generator, watch: Watch) -> Division:
    choice = swapping.swapped(section, arcs, swapping.anywhere(section, chance), chance, watch, passes=passes)
    return assigning.divide(section, choice)


def _section(problem: Problem, points: Floats, members: Sequence[int], names: Sequence[int]) -> Section:
    place = {name: number for number, name in enumerate(names)}
    today = np.array([place.get(_or(problem.homes[each].micro_grid), -1) for each in members], np.int64)
    bounds = problem.bounds
    used = len(set(today[today >= 0].tolist()))
    wanted = micro_grids_needed(len(members), used, bounds)
    smallest = min(bounds.smallest, len(members) // wanted)
    return Section(points[members], today, len(names), wanted, smallest, bounds.largest, max(0.0, problem.move_cost))


def _or(name: int | None) -> int:
    return -1 if name is None else name


def _sections(problem: Problem, points: Floats) -> Integers:
    """The section of each household; one that stands in none goes where its nearest neighbour belongs."""
    sections = np.array([_or(home.section) for home in problem.homes], np.int64)
    lost, known = np.flatnonzero(sections < 0), np.flatnonzero(sections >= 0)
    if len(lost) and not len(known):
        return np.zeros(len(sections), np.int64)
    for each in lost:
        sections[each] = sections[known[distances(points[[each]], points[known])[0].argmin()]]
    return sections
