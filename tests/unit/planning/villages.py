"""Villages on a map for the planner's tests."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import hypot, inf

import numpy as np

from wuyicun.planning.territory import Bounds, Home, Problem


def village(count: int, *, micro_grids: int, sections: int = 1, seed: int = 0, move_cost: float = 0.0) -> Problem:
    """Households around hamlets; today each belongs to the nearest of some centres of its section."""
    chance = np.random.default_rng(seed)
    points, of = [], []
    for section in range(sections):
        share = count // sections + (section < count % sections)
        hamlets = chance.random((6, 2)) * 800 + (section * 1_500, 0)
        points.append(hamlets[chance.integers(6, size=share)] + chance.normal(0, 90, (share, 2)))
        centres = points[-1][chance.choice(share, micro_grids, replace=False)]
        nearest = np.hypot(*(points[-1][:, None] - centres).transpose(2, 0, 1)).argmin(axis=1)
        of.append([(section, section * micro_grids + int(each)) for each in nearest])
    homes = [
        Home(float(x), float(y), section, grid)
        for place, names in zip(points, of, strict=True)
        for (x, y), (section, grid) in zip(place, names, strict=True)
    ]
    names = tuple(section for section in range(sections) for _ in range(micro_grids))
    return Problem(tuple(homes), names, move_cost=move_cost)


def cheapest(problem: Problem, wanted: int, smallest: int) -> float:
    """What the best division of a small section costs: every choice of centres and names, every assignment."""
    count, names = len(problem.homes), len(problem.sections_of_grids)
    best = inf
    for sites in combinations(range(count), wanted):
        for labels in _labels(wanted, names):
            costs = [
                [_cost(problem, home, site, label) for site, label in zip(sites, labels, strict=True)]
                for home in range(count)
            ]
            best = min(best, _assign(costs, smallest, problem.bounds.largest))
    return best


def _labels(wanted: int, names: int) -> Sequence[tuple[int | None, ...]]:
    found: list[tuple[int | None, ...]] = [()]
    for _ in range(wanted):
        found = [(*each, name) for each in found for name in (*range(names), None) if name is None or name not in each]
    return found


def _cost(problem: Problem, home: int, site: int, label: int | None) -> float:
    one, other = problem.homes[home], problem.homes[site]
    moved = one.micro_grid is not None and one.micro_grid != label
    return hypot(one.x - other.x, one.y - other.y) + problem.move_cost * moved


def _assign(costs: Sequence[Sequence[float]], smallest: int, largest: int) -> float:
    """The cheapest assignment within the sizes, by trying all, size by size."""
    sites = len(costs[0])
    state: dict[tuple[int, ...], float] = {(0,) * sites: 0.0}
    for row in costs:
        following: dict[tuple[int, ...], float] = {}
        for sizes, cost in state.items():
            for site in range(sites):
                if sizes[site] < largest:
                    grown = (*sizes[:site], sizes[site] + 1, *sizes[site + 1 :])
                    following[grown] = min(following.get(grown, inf), cost + row[site])
        state = following
    return min((cost for sizes, cost in state.items() if min(sizes) >= smallest), default=inf)


SMALL = Bounds(smallest=2, target=3, comfortable=1, largest=4)
