"""What is asked of the planner, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

Progress = Callable[[float], None]
"""Told the part that is done, 0 to 1."""
Stop = Callable[[], bool]
"""Asked now and then whether to give up."""


class Stopped(Exception):
    """Somebody asked the planner to give up."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many households a micro-grid looks after.

    Attributes:
        smallest: never fewer, where the section has that many.
        target: what the plan speaks of (服务50户左右).
        comfortable: as long as the average lies within `target` ± this, the number of micro-grids stays as it is.
        largest: never more.
    """

    smallest: int = 38
    target: int = 50
    comfortable: int = 12
    largest: int = 63


@dataclass(frozen=True, slots=True)
class Home:
    """A household on the map.

    Attributes:
        x, y: in the unit of the map (metres, or the sketch's own).
        section: which section it belongs to; None when it stands in none (it goes where its nearest neighbour is).
        micro_grid: today's micro-grid, an index into `Problem.sections_of_grids`; None when it is in none.
    """

    x: float
    y: float
    section: int | None
    micro_grid: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Households to be divided.

    Attributes:
        homes: all of them.
        sections_of_grids: the section of each of today's micro-grids.
        move_cost: what moving one household weighs, as a distance: a household moves only when that saves the village
            more than this (or when a bound asks for it).
    """

    homes: tuple[Home, ...]
    sections_of_grids: tuple[int, ...]
    bounds: Bounds = Bounds()
    move_cost: float = 0.0


@dataclass(frozen=True, slots=True)
class MicroGrid:
    """A micro-grid of a proposal.

    Attributes:
        section: it lies in this one.
        was: which of today's it carries on; None for a new one.
        centre: the household (index) to which the distances of all others are smallest.
        homes: indices of its households.
    """

    section: int
    was: int | None
    centre: int
    homes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The micro-grids proposed.

    Attributes:
        distance: sum of the distances of households to the centre of their micro-grid.
        moves: how many households leave the micro-grid they are in today (those that are in none not counted).
        cost: `distance` + `move_cost` × `moves`, what was minimised.
        bound: no division with as many micro-grids in each section, none above the largest size, costs less.
    """

    micro_grids: tuple[MicroGrid, ...]
    distance: float
    moves: int
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """How much better the best possible could be at most, as a part of it: 0.02 is two per cent."""
        return 0.0 if self.cost <= self.bound or self.bound <= 0 else self.cost / self.bound - 1

    @property
    def largest(self) -> int:
        """Households of the largest micro-grid."""
        return max((len(each.homes) for each in self.micro_grids), default=0)

    @property
    def smallest(self) -> int:
        """Households of the smallest micro-grid."""
        return min((len(each.homes) for each in self.micro_grids), default=0)


def micro_grids_needed(homes: int, today: int, bounds: Bounds) -> int:
    """How many micro-grids a section of so many households gets: today's number as long as it does."""
    if homes == 0:
        return 0
    if today and abs(homes / today - bounds.target) <= bounds.comfortable and homes <= today * bounds.largest:
        return today
    return max(1, ceil(homes / bounds.largest), round(homes / bounds.target))
