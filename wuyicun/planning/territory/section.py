"""A section as arrays: what the steps of the planner share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wuyicun.planning.territory.problem import Progress, Stop, Stopped

Floats = NDArray[np.float64]
Shorts = NDArray[np.floating[Any]]
"""Floats of either width."""
Integers = NDArray[np.int64]

NEAREST = 100
"""How many sites around a household are looked at. A bound stays valid with any number: see `bounding`."""
BLOCK = 4_000_000
"""Distances that are held at once while the nearest are looked for."""


@dataclass(frozen=True, slots=True)
class Section:
    """The households of one section.

    Attributes:
        points: their coordinates, n × 2.
        today: today's micro-grid of each, 0 … grids-1; -1 for none.
        grids: how many micro-grids there are today.
        wanted: how many there shall be.
        smallest, largest: bounds of their size, which `wanted` can meet.
        move_cost: what a move weighs, as a distance.
    """

    points: Floats
    today: Integers
    grids: int
    wanted: int
    smallest: int
    largest: int
    move_cost: float

    @property
    def penalty(self) -> Floats:
        """What it costs to put each household into a micro-grid other than today's."""
        return np.where(self.today >= 0, self.move_cost, 0.0)


@dataclass(frozen=True, slots=True)
class Arcs:
    """Which households have a site among their nearest, in the order of the sites.

    Attributes:
        start: the arcs of site j are start[j] to start[j + 1].
        home, distance: the household and how far it is.
        reach: nothing that is not an arc of household i is nearer to it than reach[i].
        around: how far it is from each household to as many neighbours as a micro-grid has.
    """

    start: Integers
    home: Integers
    distance: Floats
    reach: Floats
    around: Floats


@dataclass(frozen=True, slots=True)
class Choice:
    """Sites (households that are centres) with the micro-grid of today that each carries on, -1 for a new one."""

    sites: Integers
    labels: Integers


@dataclass(frozen=True, slots=True)
class Division:
    """A choice with its households: `of` says for each which of the sites it belongs to."""

    choice: Choice
    of: Integers
    distance: float
    moves: int
    cost: float


class Watch:
    """Tells how far the work is and gives up when somebody asks for it."""

    def __init__(self, progress: Progress | None, stop: Stop | None, begin: float, end: float) -> None:
        self._progress, self._stop, self._begin, self._end = progress, stop, begin, end

    def tell(self, part: float) -> None:
        """Raises Stopped."""
        if self._stop is not None and self._stop():
            raise Stopped
        if self._progress is not None:
            self._progress(self._begin + (self._end - self._begin) * part)

    def between(self, begin: float, end: float) -> Watch:
        """The same for a part of the work."""
        width = self._end - self._begin
        return Watch(self._progress, self._stop, self._begin + width * begin, self._begin + width * end)


def distances(points: Floats, others: Floats) -> Floats:
    """From each point to each of the others."""
    return np.hypot(points[:, :1] - others[:, 0], points[:, 1:] - others[:, 1])


def arcs_of(section: Section, watch: Watch) -> Arcs:
    """The nearest sites of every household."""
    points, count = section.points, len(section.points)
    width = min(NEAREST, count)
    site = np.empty((count, width), np.int64)
    small = points.astype(np.float32)
    step = max(1, BLOCK // count)
    for begin in range(0, count, step):
        watch.tell(begin / count)
        here = slice(begin, begin + step)
        if width == count:
            site[here] = np.arange(count)
        else:
            near = np.square(small[here, :1] - small[:, 0]) + np.square(small[here, 1:] - small[:, 1])
            site[here] = np.argpartition(near, width - 1, axis=1)[:, :width]
    home = np.repeat(np.arange(count), width)
    flat = site.ravel()
    far = np.hypot(points[home, 0] - points[flat, 0], points[home, 1] - points[flat, 1])
    rows = far.reshape(count, width)
    neighbour = min(width - 1, round(count / section.wanted))
    around = np.partition(rows, neighbour, axis=1)[:, neighbour]
    reach = np.full(count, np.inf) if width == count else rows.max(axis=1)
    order = np.argsort(flat, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(flat, minlength=count))))
    return Arcs(start, home[order], far[order], reach, around)
