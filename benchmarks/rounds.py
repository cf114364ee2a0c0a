"""How fast a round is timed and how near to the bound, beside what an office does by hand on the same people.

Micro-grids of about 140 people lie around their stations. Staffing is the norm's: a sampler for 360 people, 2,000
people a station, 100 an hour at a window. By hand, every micro-grid goes to its nearest station.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import dist
from random import Random
from typing import Any

from wuyicun.planning.rounds import Block, Problem, Station, nearest_in_order, share, solve, staffing, verify

SIZES = (3, 12, 40, 160, 420)
"""Micro-grids: the plan's village, villages and towns, a county town of 60,000."""
NEAR = 6
"""Stations that a micro-grid may be called to: the nearest ones."""

Say = Callable[[str], None]


def measure(say: Say) -> list[dict[str, Any]]:
    """The results for each size. Raises ValueError when a timetable is not sound."""
    return [_measure(size, say) for size in SIZES]


def _measure(size: int, say: Say) -> dict[str, Any]:
    problem = town(size, 0)
    begun = time.perf_counter()
    proposal = solve(problem)
    seconds = time.perf_counter() - begun
    simple = nearest_in_order(problem)
    if faults := (*verify(problem, proposal), *verify(problem, simple)):
        raise ValueError(f"{size} micro-grids: {faults}")
    if proposal.finish > simple.finish:
        raise ValueError(f"{size} micro-grids: later than by hand")
    say(f"{size} micro-grids {seconds:.2f} s, by {proposal.by}, gap {proposal.gap:.4f}")
    return {
        "micro_grids": size,
        "people": sum(block.people for block in problem.blocks),
        "stations": len(problem.stations),
        "windows": sum(station.windows for station in problem.stations),
        "seconds": round(seconds, 3),
        "gap": round(proposal.gap, 4),
        "finish": proposal.finish,
        "bound": proposal.bound,
        "walked": proposal.walked,
        "simple_finish": simple.finish,
        "simple_walked": simple.walked,
    }


def town(micro_grids: int, seed: int) -> Problem:
    """Ways in metres."""
    chance = Random(seed)  # noqa: S311  nothing secret
    width = 300.0 * micro_grids**0.5
    people = [chance.randint(90, 190) for _ in range(micro_grids)]
    number = max(
        2, staffing(sum(people), stations=1, per_station=2000, per_sampler=360, pace=100, minutes=None).stations
    )
    places = [(chance.uniform(0, width), chance.uniform(0, width)) for _ in range(number)]
    blocks = []
    for each in people:
        middle = (chance.uniform(0, width), chance.uniform(0, width))
        ways = tuple(round(dist(middle, place)) for place in places)
        blocks.append(Block(each, ways, tuple(sorted(range(number), key=lambda at, far=ways: far[at])[:NEAR])))  # type: ignore[misc]
    near = [sum(block.people for block in blocks if block.stations[0] == place) for place in range(number)]
    staff = staffing(sum(people), stations=number, per_station=2000, per_sampler=360, pace=100, minutes=None)
    return Problem(tuple(blocks), tuple(Station(windows) for windows in share(near, staff.windows)))
