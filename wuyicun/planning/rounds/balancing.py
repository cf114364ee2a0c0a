"""Better timetables by moves and swaps: what relieves the station that is through last, then what shortens ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wuyicun.planning.rounds.problem import Problem

PASSES = 30
Change = tuple[tuple[int, int], ...]
"""Micro-grids with the station that they go to instead."""


def balanced(problem: Problem, chosen: Sequence[int]) -> list[int]:
    """The stations after each move or swap that relieves the one that is through last; the best of each step."""
    found = list(chosen)
    while change := _relief(problem, found):
        for block, station in change:
            found[block] = station
    return found


def _relief(problem: Problem, chosen: Sequence[int]) -> Change:
    """The change after which the two stations concerned are through earliest; none when it would help nobody."""
    at: list[list[int]] = [[] for _ in problem.stations]
    for block, station in enumerate(chosen):
        at[station].append(block)
    busy = [sum(problem.minutes(block, station) for block in blocks) for station, blocks in enumerate(at)]
    last = max(range(len(busy)), key=busy.__getitem__)
    through = {change: max(after) for change, after in _changes(problem, at, busy, last)}
    best = min(through, key=through.__getitem__, default=())
    return best if best and through[best] < busy[last] else ()


def _changes(
    problem: Problem, at: Sequence[Sequence[int]], busy: Sequence[int], last: int
) -> Iterator[tuple[Change, tuple[int, int]]]:
    """Every move away from the station that is last, every swap with it, and when both are through afterwards."""
    for block in at[last]:
        less = busy[last] - problem.minutes(block, last)
        for station in problem.open_to(block):
            if station == last:
                continue
            more = busy[station] + problem.minutes(block, station)
            yield ((block, station),), (less, more)
            for other in at[station]:
                if last in problem.open_to(other):
                    swapped = less + problem.minutes(other, last), more - problem.minutes(other, station)
                    yield ((block, station), (other, last)), swapped


class _Times:
    """A timetable that is being changed: who is at each station, and when it is through."""

    def __init__(self, problem: Problem, chosen: Sequence[int]) -> None:
        self.problem, self.chosen = problem, list(chosen)
        self.at: list[list[int]] = [[] for _ in problem.stations]
        for block, station in enumerate(chosen):
            self.at[station].append(block)
        self.busy = [sum(problem.minutes(block, here) for block in blocks) for here, blocks in enumerate(self.at)]

    def send(self, block: int, station: int) -> None:
        """Another station for a micro-grid."""
        before = self.chosen[block]
        self.at[before].remove(block)
        self.at[station].append(block)
        self.busy[before] -= self.problem.minutes(block, before)
        self.busy[station] += self.problem.minutes(block, station)
        self.chosen[block] = station

    def saved(self, block: int, station: int) -> int:
        """How much less its people walk, all together."""
        way = self.problem.way
        return self.problem.blocks[block].people * (way(block, self.chosen[block]) - way(block, station))


def shortened(problem: Problem, chosen: Sequence[int], latest: int, passes: int = PASSES) -> list[int]:
    """The stations after moves and swaps that shorten ways and leave everybody through by `latest`."""
    times = _Times(problem, chosen)
    for _each in range(passes):
        if not sum(_shorten(times, block, latest) for block in range(len(chosen))):
            break
    return times.chosen


def _shorten(times: _Times, block: int, latest: int) -> bool:
    """Let a micro-grid go to a nearer station, alone or in exchange for another; whether one could be found."""
    problem, here = times.problem, times.chosen[block]
    for station in problem.open_to(block):
        saved = times.saved(block, station)
        if saved <= 0:
            continue
        more = times.busy[station] + problem.minutes(block, station)
        if more <= latest:
            times.send(block, station)
            return True
        less = times.busy[here] - problem.minutes(block, here)
        for other in times.at[station]:
            fits = more - problem.minutes(other, station) <= latest and here in problem.open_to(other)
            if fits and less + problem.minutes(other, here) <= latest and saved + times.saved(other, here) > 0:
                times.send(block, station)
                times.send(other, here)
                return True
    return False
