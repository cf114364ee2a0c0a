"""How far micro-grids are from stations, for who plans a round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import dist
from uuid import UUID

from wuyicun.domains.microgrids import queries as microgrids
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.rules import PlaceKind
from wuyicun.domains.screening.models import Round, Station
from wuyicun.domains.screening.queries import Expected
from wuyicun.domains.territory.rules import SECTION_DIGITS

SAME_SECTION, OTHER_SECTION, NOT_KNOWN = 0, 1000, 500
"""Ways where the map does not know a station or a micro-grid: what matters is to stay in one's section."""

Point = tuple[float, float]


def ways(
    village_id: UUID, round_: Round, stations: Sequence[Station], called: Sequence[Expected]
) -> Sequence[tuple[int, ...]]:
    """From each micro-grid to each station: by the map when it knows the stations, else by section."""
    middles, points = _middles(village_id, round_), microgrids.points_of(village_id, "L")
    spots = [points[each.place_id] for each in stations if each.place_id is not None and each.place_id in points]
    if middles and len(spots) == len(stations):
        places = [(spot.x, spot.y) for spot in spots]
        return [_by_map(middles.get(each.area_path), places) for each in called]
    sections = {
        place.id: place.area_path[:SECTION_DIGITS]
        for place in registry.places_of_kind(village_id, round_.area_path[:12], PlaceKind.SAMPLING_POINT)
    }
    of_stations = [sections.get(each.place_id, "") if each.place_id is not None else "" for each in stations]
    return [tuple(_way(each.area_path[:SECTION_DIGITS], section) for section in of_stations) for each in called]


def _by_map(middle: Point | None, places: Sequence[Point]) -> tuple[int, ...]:
    """Nobody knows where those who are in no micro-grid live: every station is as near."""
    return tuple(0 if middle is None else round(dist(middle, place)) for place in places)


def _way(one: str, other: str) -> int:
    if not other:
        return NOT_KNOWN
    return SAME_SECTION if one == other else OTHER_SECTION


def _middles(village_id: UUID, round_: Round) -> Mapping[str, Point]:
    """The middle of the homes of each micro-grid, as far as the map knows them."""
    homes = neighbourhood.dwellings(village_id, round_.area_path)
    spots = microgrids.spots(village_id, homes)
    inside: dict[str, list[Point]] = {}
    for home in homes:
        if home.id in spots:
            inside.setdefault(home.area_path, []).append((spots[home.id].x, spots[home.id].y))
    return {path: (_mean([x for x, _y in at]), _mean([y for _x, y in at])) for path, at in inside.items()}


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
