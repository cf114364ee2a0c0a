"""From the registry to the planner and back: what is asked, and what is kept of its answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from uuid import UUID

import msgspec

from wuyicun.domains.microgrids import queries
from wuyicun.domains.microgrids.naming import free_name
from wuyicun.domains.microgrids.queries import Spot
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.neighbourhood import Dwelling
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.planning.territory import Bounds, Home, MicroGrid, Problem, Progress, Proposal, Stop, solve, verify

BOUNDS = Bounds()


class Unsound(RuntimeError):
    """The planner's answer did not pass the check: a defect, so it is shown to nobody."""


class Grid(msgspec.Struct, frozen=True):
    """A micro-grid as proposed.

    Attributes:
        was: the path of the one it carries on, '' for a new one.
        centre: the household in its middle.
    """

    was: str
    name: str
    section: str
    centre: UUID
    homes: list[UUID]


class Move(msgspec.Struct, frozen=True):
    """A household that would move.

    Attributes:
        start: the path of its micro-grid today.
        end: which of the proposed micro-grids it would belong to.
        reason: a code of `words.REASON`.
    """

    home: UUID
    start: str
    end: int
    reason: str


class Found(msgspec.Struct, frozen=True):
    """What is kept of a proposal.

    Attributes:
        distance, distance_today: summed ways to the middle of the micro-grids, in units of the sheet.
        gap: how much better the best division could be at most, 0.02 is two per cent; negative where nothing is known.
        sizes_today: households by the path of today's micro-grids.
        inherited: households that stand at their section's place.
        left_out: households whose place nobody knows; they stay where they are.
    """

    grids: list[Grid]
    moves: list[Move]
    distance: float
    distance_today: float
    gap: float
    smallest: int
    largest: int
    sizes_today: dict[str, int]
    inherited: int
    left_out: int


@dataclass(frozen=True)
class Asked:
    """The households of a village as the planner sees them.

    Attributes:
        homes: those with a place, in the order of `problem.homes`.
        grids: the paths of today's micro-grids, in the order of `problem.sections_of_grids`.
        sections: their paths, in the order of the planner's numbers.
        names: of all areas, by path.
    """

    problem: Problem
    homes: Sequence[Dwelling]
    spots: Mapping[UUID, Spot]
    grids: Sequence[str]
    sections: Sequence[str]
    names: Mapping[str, str]
    left_out: int


def ask(village_id: UUID, keep: float) -> Asked:
    """Put the question.

    Args:
        keep: what a move weighs, as a part of how far households are from the middle of their micro-grid today.
    """
    areas = territory.areas(village_id, levels=[Level.MICRO_GRID])
    grids = [area.area_path for area in areas]
    every = neighbourhood.dwellings(village_id)
    spots = queries.spots(village_id, every)
    homes = [home for home in every if home.id in spots]
    sections = sorted({path[:-2] for path in grids})
    number, section = {path: n for n, path in enumerate(grids)}, {path: n for n, path in enumerate(sections)}
    points = tuple(
        Home(spots[home.id].x, spots[home.id].y, section.get(home.section_path), number.get(home.area_path))
        for home in homes
    )
    problem = Problem(points, tuple(section[path[:-2]] for path in grids), BOUNDS, keep * _mean_way(points))
    return Asked(problem, homes, spots, grids, sections, territory.names(village_id), len(every) - len(homes))


def answer(asked: Asked, *, seed: int = 0, progress: Progress | None = None, stop: Stop | None = None) -> Found:
    """Let the planner work and check what it says.

    Raises:
        Stopped: `stop` said so.
        Unsound: the answer did not pass the check.
    """
    proposal = solve(asked.problem, seed=seed, progress=progress, stop=stop)
    if faults := verify(asked.problem, proposal):
        raise Unsound(faults)
    sizes = Counter(home.area_path for home in asked.homes)
    today = {path: sizes[path] for path in asked.grids}
    return Found(
        grids=_grids(asked, proposal),
        moves=_moves(asked, proposal, today),
        distance=proposal.distance,
        distance_today=_distance_today(asked),
        gap=proposal.gap if proposal.bound > 0 or proposal.cost == 0 else -1.0,
        smallest=proposal.smallest,
        largest=proposal.largest,
        sizes_today=today,
        inherited=sum(asked.spots[home.id].inherited for home in asked.homes),
        left_out=asked.left_out,
    )


def _grids(asked: Asked, proposal: Proposal) -> list[Grid]:
    names = asked.names
    taken: dict[int, set[str]] = defaultdict(set)
    for path in asked.grids:
        taken[asked.sections.index(path[:-2])].add(names.get(path, ""))
    found = []
    for grid in proposal.micro_grids:
        was = "" if grid.was is None else asked.grids[grid.was]
        name = names.get(was, "") if was else free_name(taken[grid.section])
        taken[grid.section].add(name)
        homes = [asked.homes[each].id for each in grid.homes]
        found.append(Grid(was, name, asked.sections[grid.section], asked.homes[grid.centre].id, homes))
    return found


def _moves(asked: Asked, proposal: Proposal, today: Mapping[str, int]) -> list[Move]:
    carried = {grid.was: grid for grid in proposal.micro_grids if grid.was is not None}
    found = []
    for number, grid in enumerate(proposal.micro_grids):
        for place in grid.homes:
            home = asked.problem.homes[place]
            if home.micro_grid is None or home.micro_grid != grid.was:
                reason = _reason(asked, place, grid, carried, today)
                found.append(Move(asked.homes[place].id, asked.homes[place].area_path, number, reason))
    return found


def _reason(
    asked: Asked, place: int, grid: MicroGrid, carried: Mapping[int, MicroGrid], today: Mapping[str, int]
) -> str:
    was = asked.problem.homes[place].micro_grid
    if was is None:
        return "unplaced"
    if was not in carried:
        return "retired"
    if today[asked.grids[was]] > BOUNDS.largest:
        return "too_large"
    nearer = _way(asked.problem, place, grid.centre) < _way(asked.problem, place, carried[was].centre)
    return "nearer" if nearer else "even"


def _way(problem: Problem, one: int, other: int) -> float:
    first, second = problem.homes[one], problem.homes[other]
    return hypot(first.x - second.x, first.y - second.y)


def _together(homes: Sequence[Home]) -> Mapping[int, list[Home]]:
    found: dict[int, list[Home]] = defaultdict(list)
    for home in homes:
        if home.micro_grid is not None:
            found[home.micro_grid].append(home)
    return found


def _mean_way(homes: Sequence[Home]) -> float:
    """How far households are from the middle of their micro-grid today, on average."""
    ways = [way for members in _together(homes).values() for way in _ways_to_the_middle(members)]
    return sum(ways) / len(ways) if ways else 0.0


def _ways_to_the_middle(members: Sequence[Home]) -> list[float]:
    x, y = sum(home.x for home in members) / len(members), sum(home.y for home in members) / len(members)
    return [hypot(home.x - x, home.y - y) for home in members]


def _distance_today(asked: Asked) -> float:
    """Summed ways to today's most central households."""
    total = 0.0
    for members in _together(asked.problem.homes).values():
        total += min(sum(hypot(one.x - other.x, one.y - other.y) for other in members) for one in members)
    return total
