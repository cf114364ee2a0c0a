"""How many stations and windows a round needs, and where the windows stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Staffing:
    """What the people of a round ask for, each by its own reason.

    Attributes:
        stations: by people a station.
        samplers: by people a sampler.
        for_time: windows to be through in the time there is; 0 when no end was asked for.
        windows: as many as all reasons together ask for.
    """

    stations: int
    samplers: int
    for_time: int
    windows: int


def staffing(
    people: int, *, stations: int, per_station: int, per_sampler: int, pace: int, minutes: int | None
) -> Staffing:
    """The staff of a round.

    Args:
        stations: that will be open; each has a window at least.
        per_station, per_sampler: people that one looks after.
        pace: people an hour at one window.
        minutes: in which everybody is to be through; None when it does not matter.
    """
    samplers = -(-people // per_sampler)
    for_time = 0 if minutes is None else -(-60 * people // (pace * max(1, minutes)))
    return Staffing(-(-people // per_station), samplers, for_time, max(samplers, for_time, stations))


def share(people: Sequence[int], windows: int) -> list[int]:
    """Windows of each station, for the people near each: every station one, each further where most wait for one."""
    found = [1] * len(people)
    for _each in range(windows - len(people)):
        busiest = max(range(len(people)), key=lambda station: (people[station] / found[station], -station))
        found[busiest] += 1
    return found
