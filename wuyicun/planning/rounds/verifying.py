"""An independent look at a timetable: plain Python, and none of the planner's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from wuyicun.planning.rounds.problem import Problem, Proposal


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be: a code, and of what."""

    code: str
    of: str = ""


def verify(problem: Problem, proposal: Proposal) -> tuple[Fault, ...]:
    """All faults; none when each micro-grid is called once, long enough, alone at its station; and the figures hold."""
    return (*_called(problem, proposal), *_times(problem, proposal), *_figures(problem, proposal))


def _called(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    times = Counter(slot.block for slot in proposal.slots)
    yield from (Fault("not_once", str(block)) for block in range(len(problem.blocks)) if times[block] != 1)
    for slot in proposal.slots:
        if not 0 <= slot.block < len(problem.blocks):
            yield Fault("unknown_block", str(slot.block))
        elif not 0 <= slot.station < len(problem.stations):
            yield Fault("unknown_station", str(slot.station))
        elif slot.station not in (problem.blocks[slot.block].stations or range(len(problem.stations))):
            yield Fault("not_its_station", str(slot.block))


def _times(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    by_station: dict[int, list[tuple[int, int]]] = {}
    for slot in proposal.slots:
        by_station.setdefault(slot.station, []).append((slot.start, slot.end))
        if not (0 <= slot.block < len(problem.blocks) and 0 <= slot.station < len(problem.stations)):
            continue
        an_hour = problem.pace * problem.stations[slot.station].windows
        if slot.start < 0 or slot.end - slot.start != ceil(problem.blocks[slot.block].people * 60 / an_hour):
            yield Fault("time_wrong", str(slot.block))
    for station, slots in by_station.items():
        if any(first[1] > second[0] for first, second in pairwise(sorted(slots))):
            yield Fault("two_at_once", str(station))


def _figures(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    known = [slot for slot in proposal.slots if 0 <= slot.block < len(problem.blocks)]
    walked = sum(
        problem.blocks[slot.block].people * problem.blocks[slot.block].ways[slot.station]
        for slot in known
        if 0 <= slot.station < len(problem.blocks[slot.block].ways)
    )
    if walked != proposal.walked:
        yield Fault("walked_wrong")
    if proposal.bound > proposal.finish:
        yield Fault("bound_above_finish")
