"""From doors to walks and back: where homes lie, what the planner is asked, and what is kept of its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from wuyicun.domains.microgrids import queries as microgrids
from wuyicun.domains.microgrids.queries import Spot
from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.screening.models import Round, Station
from wuyicun.domains.screening.queries import Stop
from wuyicun.planning.routes import Home, Outing, Problem, solve, verify

METRES_A_SECOND = 1.2
"""Walking with a bag, as plans of streets reckon pedestrians."""
NEXT_DOOR = 40.0
"""How far the next number is, in units of the map, where the map does not know the homes: they stand in a line."""


class Unsound(RuntimeError):
    """The planner's answer did not pass the check: a defect, so it is shown to nobody."""


@dataclass(frozen=True)
class Way:
    """A walk as it is kept; see `models.Outing`."""

    stops: list[Stop]
    seconds: int
    metres: int | None


def ways(
    village_id: UUID, round_: Round, doors: Sequence[Sequence[UUID]], *, teams: int, start: Station | None
) -> Sequence[Way]:
    """The walks to these doors, each a list of people, in the order of their numbers.

    Raises:
        Unsound: the planner's answer did not pass the check.
    """
    points, metres = _points(village_id, round_, doors)
    begin = _begin(village_id, start, points)
    numbers = profiles.shipped().parameters
    problem = Problem(
        begin,
        tuple(Home(x, y, len(people)) for (x, y), people in zip(points, doors, strict=True)),
        teams,
        numbers.people_per_outing,
        (metres or 1.0) / METRES_A_SECOND,
        60.0 * numbers.minutes_per_home_visit,
    )
    proposal = solve(problem)
    if faults := verify(problem, proposal):
        raise Unsound(faults)
    return [_way(problem, outing, doors, measured=metres is not None) for outing in proposal.outings]


def _way(problem: Problem, outing: Outing, doors: Sequence[Sequence[UUID]], *, measured: bool) -> Way:
    walks, here, stops = problem.walks(), 0, []
    for home in outing.homes:
        way = round(walks[here][home + 1] * METRES_A_SECOND) if measured else None
        stops.append(Stop(list(doors[home]), way))
        here = home + 1
    return Way(stops, outing.seconds, round(outing.walked * METRES_A_SECOND) if measured else None)


def _points(
    village_id: UUID, round_: Round, doors: Sequence[Sequence[UUID]]
) -> tuple[list[tuple[float, float]], float | None]:
    """Where each door lies, and how many metres a unit of the map is; None when that is not known of every way.

    A door without a point of its own stands beside its section's or the one before it, in the order of the numbers.
    """
    people = registry.brief(village_id, [door[0] for door in doors])
    spots = _spots(village_id, round_, people)
    known = [spots.get(_home(people, door)) for door in doors]
    if not any(known):
        return [(NEXT_DOOR * place, 0.0) for place in range(len(doors))], None
    here = next(spot for spot in known if spot is not None)
    points = []
    for place, spot in enumerate(known):
        here = spot or here
        beside = 0.0 if spot is not None and not spot.inherited else NEXT_DOOR * place / len(doors)
        points.append((here.x + beside, here.y))
    sheet = microgrids.village_map(village_id)
    measured = sheet is not None and all(spot is not None and not spot.inherited for spot in known)
    return points, sheet.metres if sheet is not None and measured else None


def _home(people: Mapping[UUID, PersonBrief], door: Sequence[UUID]) -> UUID | None:
    person = people.get(door[0])
    return person.household_id if person is not None else None


def _spots(village_id: UUID, round_: Round, people: Mapping[UUID, PersonBrief]) -> Mapping[UUID | None, Spot]:
    wanted = {person.household_id for person in people.values()}
    homes = [each for each in neighbourhood.dwellings(village_id, round_.area_path[:12]) if each.id in wanted]
    return dict(microgrids.spots(village_id, homes).items())


def _begin(village_id: UUID, start: Station | None, points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    place = microgrids.points_of(village_id, "L").get(start.place_id) if start is not None and start.place_id else None
    if place is not None:
        return place.x, place.y
    if all(y == 0.0 for _x, y in points):
        return points[0]
    return sum(x for x, _y in points) / len(points), sum(y for _x, y in points) / len(points)
