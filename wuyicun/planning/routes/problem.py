"""What is asked of the planner, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot


@dataclass(frozen=True, slots=True)
class Home:
    """A door to knock at.

    Attributes:
        x, y: in the unit of the map.
        people: how many are to be visited behind it.
    """

    x: float
    y: float
    people: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Homes to be visited.

    Attributes:
        start: where every team leaves, and brings back what it took.
        teams: how many teams there are; fewer go where an outing would visit too few people.
        least: people of an outing, where there are as many (the plan's 每次20人以上).
        seconds_a_unit: walking, for one unit of the map.
        seconds_a_person: at the door, for each person.
    """

    start: tuple[float, float]
    homes: tuple[Home, ...]
    teams: int = 1
    least: int = 20
    seconds_a_unit: float = 1.0
    seconds_a_person: float = 180.0

    @property
    def people(self) -> int:
        """Everybody who is to be visited."""
        return sum(home.people for home in self.homes)

    def walks(self) -> list[list[int]]:
        """Seconds from each point to each; the start is the first point, home `i` the point `i + 1`."""
        points = [self.start, *((home.x, home.y) for home in self.homes)]
        return [[round(hypot(x - u, y - v) * self.seconds_a_unit) for u, v in points] for x, y in points]


@dataclass(frozen=True, slots=True)
class Outing:
    """What one team does.

    Attributes:
        homes: indices of `Problem.homes` in the order of the walk.
        people: whom it visits.
        walked: seconds on the way, back to the start included.
        seconds: until it is back, the visits included.
    """

    homes: tuple[int, ...]
    people: int
    walked: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Outings that together visit everybody.

    Attributes:
        by: which planner's answer it is: 'routing', 'sweep' or 'nearest'.
    """

    outings: tuple[Outing, ...]
    by: str

    @property
    def walked(self) -> int:
        """Seconds that all teams walk."""
        return sum(outing.walked for outing in self.outings)

    @property
    def longest(self) -> int:
        """Seconds until the last team is back."""
        return max((outing.seconds for outing in self.outings), default=0)

    @property
    def cost(self) -> int:
        """What is minimised: how much is walked, and how long one waits for the last team."""
        return self.walked + self.longest


def proposal_of(problem: Problem, walks: Sequence[Sequence[int]], orders: Sequence[Sequence[int]], by: str) -> Proposal:
    """The proposal that walks these orders of homes."""
    return Proposal(tuple(_outing(problem, walks, order) for order in orders), by)


def _outing(problem: Problem, walks: Sequence[Sequence[int]], order: Sequence[int]) -> Outing:
    points = [0, *(home + 1 for home in order), 0]
    walked = sum(walks[one][other] for one, other in pairwise(points))
    people = sum(problem.homes[home].people for home in order)
    return Outing(tuple(order), people, walked, walked + round(people * problem.seconds_a_person))
