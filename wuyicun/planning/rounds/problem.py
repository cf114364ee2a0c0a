"""What is asked of the planner, and what it answers. Times are whole minutes since the round begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A micro-grid, which is called up as a whole.

    Attributes:
        people: who is to be sampled at a station.
        ways: how far it is to each station, in any unit; empty when that is not known.
        stations: those that it may be called to; empty for all.
    """

    people: int
    ways: tuple[int, ...] = ()
    stations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """Where samples are taken, at so many windows side by side. One micro-grid is served at a time, by all of them."""

    windows: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A round to be timed.

    Attributes:
        pace: people an hour at one window.
    """

    blocks: tuple[Block, ...]
    stations: tuple[Station, ...]
    pace: int = 100

    def minutes(self, block: int, station: int) -> int:
        """How long a station needs for a micro-grid."""
        return -(-60 * self.blocks[block].people // (self.pace * self.stations[station].windows))

    def open_to(self, block: int) -> Sequence[int]:
        """The stations that a micro-grid may be called to."""
        return self.blocks[block].stations or range(len(self.stations))

    def way(self, block: int, station: int) -> int:
        """How far it is, 0 when that is not known."""
        ways = self.blocks[block].ways
        return ways[station] if ways else 0


@dataclass(frozen=True, slots=True)
class Slot:
    """When a micro-grid is called, and where."""

    block: int
    station: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A timetable.

    Attributes:
        slots: one for each micro-grid, by station and time.
        walked: people times way.
        bound: no timetable with these windows is through earlier.
        by: whose it is: 'search', 'longest' (longest first) or 'simple'.
    """

    slots: tuple[Slot, ...]
    walked: int
    bound: int
    by: str

    @property
    def finish(self) -> int:
        """When the last micro-grid is through."""
        return max((slot.end for slot in self.slots), default=0)

    @property
    def gap(self) -> float:
        """How much earlier the best possible could be through at most: 0.02 is two per cent."""
        return 0.0 if self.finish <= self.bound or self.bound <= 0 else self.finish / self.bound - 1


def proposal_of(problem: Problem, chosen: Sequence[int], by: str, bound: int = 0) -> Proposal:
    """The timetable in which each micro-grid goes to its chosen station, there in the order of their numbers."""
    free = [0] * len(problem.stations)
    slots = []
    for block, station in enumerate(chosen):
        start, free[station] = free[station], free[station] + problem.minutes(block, station)
        slots.append(Slot(block, station, start, free[station]))
    walked = sum(problem.blocks[block].people * problem.way(block, station) for block, station in enumerate(chosen))
    slots.sort(key=lambda slot: (slot.station, slot.start, slot.block))
    return Proposal(tuple(slots), walked, max(bound, least_minutes(problem)), by)


def least_minutes(problem: Problem) -> int:
    """The energy bound: all windows busy to the end, and nobody faster than their micro-grid's fastest station."""
    if not problem.blocks:
        return 0
    work = sum(least_work(problem, block) for block in range(len(problem.blocks)))
    longest = max(min(problem.minutes(block, each) for each in problem.open_to(block)) for block in _all(problem))
    return max(longest, -(-work // sum(station.windows for station in problem.stations)))


def least_work(problem: Problem, block: int) -> int:
    """Minutes of a window that a micro-grid takes at least."""
    return min(problem.minutes(block, each) * problem.stations[each].windows for each in problem.open_to(block))


def _all(problem: Problem) -> range:
    return range(len(problem.blocks))
