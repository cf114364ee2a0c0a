"""How well and how fast villages are divided into micro-grids, beside balanced k-means on the same points.

The points are hamlets along lanes. Today's micro-grids were drawn well once; since then every seventh household was
built in a new quarter and given to the nearest of them, so that some are far too large. Both divisions are measured
alike: distance to the household in the middle of each micro-grid, names matched so that the fewest households move.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from k_means_constrained import KMeansConstrained

from wuyicun.planning.territory import Home, Problem, solve, verify
from wuyicun.planning.territory.assigning import carry_on, centres, weigh
from wuyicun.planning.territory.section import Choice, Floats, Integers, Section, distances

SIZES = (168, 2_000, 20_000)
COMPARED_UP_TO = 2_000
REPETITIONS = 3
KEEP = (0.03, 0.25)
"""What a move weighs, as a part of the mean distance to the centre today: the page's short ways, and both."""

Say = Callable[[str], None]


def measure(say: Say) -> list[dict[str, Any]]:
    """The results, for each size and price of a move. Raises ValueError when a proposal is not sound."""
    return [_measure(size, keep, say) for size in SIZES for keep in (KEEP if size <= COMPARED_UP_TO else KEEP[-1:])]


def _measure(size: int, keep: float, say: Say) -> dict[str, Any]:
    section = _village(size, keep, np.random.default_rng(size))
    problem = _problem(section)
    times, proposal = [], solve(problem)
    for _ in range(REPETITIONS if size <= COMPARED_UP_TO else 1):
        begun = time.perf_counter()
        proposal = solve(problem)
        times.append(time.perf_counter() - begun)
        say(f"{size:,} {keep} {times[-1]:.2f} s")
    if faults := verify(problem, proposal):
        raise ValueError(f"{size} households: {faults}")
    result: dict[str, Any] = {
        "households": size,
        "keep": keep,
        "micro_grids": len(proposal.micro_grids),
        "seconds": round(sorted(times)[len(times) // 2], 3),
        "gap": round(proposal.gap, 4),
        "smallest": proposal.smallest,
        "largest": proposal.largest,
        "distance": round(proposal.distance),
        "moves": proposal.moves,
    }
    return {**result, **(_beside(section) if size <= COMPARED_UP_TO else {})}


def _beside(section: Section) -> dict[str, Any]:
    begun = time.perf_counter()
    balanced = KMeansConstrained(
        n_clusters=section.wanted, size_min=section.smallest, size_max=section.largest, n_init=1, random_state=0
    )
    of = balanced.fit_predict(section.points).astype(np.int64)
    seconds = time.perf_counter() - begun
    choice = Choice(centres(section, of, section.wanted), carry_on(section, of, section.wanted))
    division = weigh(section, choice, of)
    return {
        "k_means_seconds": round(seconds, 3),
        "k_means_distance": round(division.distance),
        "k_means_moves": division.moves,
    }


def _village(size: int, keep: float, chance: np.random.Generator) -> Section:
    grids = round(size / 50)
    width = 260.0 * np.sqrt(size / 50)
    new = size // 7
    hamlets, quarters = chance.random((max(3, grids // 2), 2)) * width, chance.random((max(1, grids // 12), 2)) * width
    points = np.concatenate([_around(hamlets, size - new, 130.0, chance), _around(quarters, new, 90.0, chance)])
    far = distances(points, _drawn_once(points[: size - new], grids, chance))
    today = far.argmin(axis=1)
    move_cost = keep * float(far.min(axis=1).mean())
    return Section(points, today, grids, grids, min(38, size // grids), 63, move_cost)


def _around(middles: Floats, count: int, spread: float, chance: np.random.Generator) -> Floats:
    return middles[chance.integers(len(middles), size=count)] + chance.normal(0, spread, (count, 2))


def _drawn_once(points: Floats, grids: int, chance: np.random.Generator) -> Floats:
    """Centres by plain k-means, which knows no sizes."""
    middles = points[chance.choice(len(points), grids, replace=False)]
    for _ in range(10):
        of: Integers = distances(points, middles).argmin(axis=1)
        middles = np.array(
            [points[of == each].mean(axis=0) if (of == each).any() else middles[each] for each in range(grids)]
        )
    return middles


def _problem(section: Section) -> Problem:
    homes = [Home(float(x), float(y), 0, int(grid)) for (x, y), grid in zip(section.points, section.today, strict=True)]
    return Problem(tuple(homes), (0,) * section.grids, move_cost=section.move_cost)
