"""Two rules without a search: to the nearest station in order; the longest first, to where it is through earliest."""

from __future__ import annotations

from wuyicun.planning.rounds.problem import Problem, Proposal, proposal_of


def nearest_in_order(problem: Problem) -> Proposal:
    """What an office does by hand: every micro-grid goes to its nearest station, in turn where no way is known."""
    chosen = []
    for number, block in enumerate(problem.blocks):
        stations = problem.open_to(number)
        turn = stations[number % len(stations)]
        chosen.append(min(stations, key=lambda each, block=number: problem.way(block, each)) if block.ways else turn)  # type: ignore[misc]
    return proposal_of(problem, chosen, "simple")


def longest_first(problem: Problem) -> list[int]:
    """The station of each micro-grid: the largest is placed first, where it is through earliest (Graham 1969)."""
    busy, chosen = [0] * len(problem.stations), [0] * len(problem.blocks)
    for block in sorted(range(len(problem.blocks)), key=lambda each: -problem.blocks[each].people):

        def through(station: int, block: int = block) -> tuple[int, int]:
            return busy[station] + problem.minutes(block, station), problem.way(block, station)

        station = min(problem.open_to(block), key=through)
        chosen[block] = station
        busy[station] += problem.minutes(block, station)
    return chosen
