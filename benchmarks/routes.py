"""How fast home visits are put in order, and how much is walked, beside the nearest home first on the same homes.

The homes lie in hamlets along lanes, one to three people behind each door; teams leave from the middle of the village.
Walking is 1.2 metres a second, a person takes three minutes at the door.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Any

from wuyicun.planning.routes import Home, Problem, nearest_first, solve, verify

SIZES = ((12, 1), (30, 1), (40, 2), (150, 6), (400, 12))
"""Homes, and teams that could go."""
VILLAGES = 5
"""Villages of each size; what is said of a size is the sum over them, the slowest of them for the seconds."""

Say = Callable[[str], None]


def measure(say: Say) -> list[dict[str, Any]]:
    """The results for each size. Raises ValueError when a proposal is not sound or walks more than the simple rule."""
    return [_measure(homes, teams, say) for homes, teams in SIZES]


def _measure(homes: int, teams: int, say: Say) -> dict[str, Any]:
    told: dict[str, Any] = {"homes": homes, "people": 0, "outings": 0, "fewest": 1_000, "slowest": 0.0}
    told |= dict.fromkeys(("walked", "longest", "cost", "nearest_walked", "nearest_longest", "nearest_cost"), 0)
    for seed in range(VILLAGES):
        problem = village(homes, teams, seed)
        begun = time.perf_counter()
        proposal = solve(problem)
        seconds = time.perf_counter() - begun
        rule = nearest_first(problem)
        if faults := (*verify(problem, proposal), *verify(problem, rule)):
            raise ValueError(f"{homes} homes, {seed}: {faults}")
        if proposal.cost > rule.cost:
            raise ValueError(f"{homes} homes, {seed}: worse than the nearest home first")
        say(f"{homes} homes {seconds:.2f} s, walked {proposal.walked:,} s, nearest first {rule.walked:,} s")
        told["people"] += problem.people
        told["outings"] += len(proposal.outings)
        told["fewest"] = min(told["fewest"], *(outing.people for outing in proposal.outings))
        told["slowest"] = max(told["slowest"], round(seconds, 3))
        for before, each in (("", proposal), ("nearest_", rule)):
            told[f"{before}walked"] += each.walked
            told[f"{before}longest"] += each.longest
            told[f"{before}cost"] += each.cost
    return told


def village(homes: int, teams: int, seed: int) -> Problem:
    """Homes in metres."""
    chance = Random(seed)  # noqa: S311  nothing secret
    width = 300.0 * max(2.0, homes**0.5 / 2)
    hamlets = [(chance.uniform(0, width), chance.uniform(0, width)) for _ in range(max(2, homes // 10))]
    doors = []
    for _ in range(homes):
        x, y = chance.choice(hamlets)
        doors.append(Home(chance.gauss(x, 80), chance.gauss(y, 80), chance.choice((1, 1, 1, 2, 3))))
    return Problem((width / 2, width / 2), tuple(doors), teams, seconds_a_unit=1 / 1.2)
