"""What is asked of micro-grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wuyicun.domains.microgrids.models import ChatGroup, Happening, MapPoint, Rebalancing, VillageMap
from wuyicun.domains.microgrids.rules import SHEET
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.neighbourhood import Dwelling
from wuyicun.domains.territory import queries as territory


def chat_group(village_id: UUID, area_id: UUID) -> ChatGroup | None:
    """The chat group of a micro-grid."""
    found: ChatGroup | None = ChatGroup.rows().filter(village_id=village_id, area_id=area_id).first()
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a micro-grid's history."""

    at: datetime
    kind: str
    other: str
    households: int
    by: UUID | None


def history(village_id: UUID, area_path: str, limit: int = 30) -> Sequence[Line]:
    """What befell a micro-grid, latest first."""
    names = territory.names(village_id)
    rows = Happening.rows().filter(village_id=village_id, area_path=area_path).order_by("-at", "-id")[:limit]
    return [Line(row.at, row.kind, names.get(row.other_path, ""), row.households, row.by) for row in rows]


def village_map(village_id: UUID) -> VillageMap | None:
    """The sheet of a village's map; None while nobody has set anything."""
    found: VillageMap | None = VillageMap.rows().filter(village_id=village_id).first()
    return found


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something lies on the sheet; `inherited` when that is its section's place."""

    x: float
    y: float
    inherited: bool = False


def spots(village_id: UUID, homes: Sequence[Dwelling]) -> Mapping[UUID, Spot]:
    """Where households lie: their own point, else their section's, else the middle of its households that have one."""
    points = {
        subject: Spot(x, y)
        for subject, x, y in MapPoint.rows().filter(village_id=village_id).values_list("subject_id", "x", "y")
    }
    sections = {area.area_path: points.get(area.pk) for area in territory.areas(village_id)}
    own: dict[str, list[Spot]] = {}
    for home in homes:
        if home.id in points:
            own.setdefault(home.section_path, []).append(points[home.id])
    found = {}
    for home in homes:
        spot = points.get(home.id) or sections.get(home.section_path)
        if spot is None and (beside := own.get(home.section_path)):
            spot = Spot(sum(each.x for each in beside) / len(beside), sum(each.y for each in beside) / len(beside))
        if spot is not None:
            found[home.id] = Spot(spot.x, spot.y, inherited=home.id not in points)
    return found


def points_of(village_id: UUID, kind: str) -> Mapping[UUID, Spot]:
    """The own points of all households, places or sections."""
    rows = MapPoint.rows().filter(village_id=village_id, kind=kind)
    return {subject: Spot(x, y) for subject, x, y in rows.values_list("subject_id", "x", "y")}


def nearest_leaves(village_id: UUID, homes: Sequence[Dwelling], unplaced: str) -> Mapping[UUID, str]:
    """The micro-grid of the nearest neighbour of each household that has a point of its own."""
    points = points_of(village_id, "H")
    settled = [
        (points[each.id], each.area_path)
        for each in neighbourhood.dwellings(village_id)
        if each.area_path != unplaced and each.id in points
    ]
    if not settled:
        return {}
    return {
        home.id: min(settled, key=lambda each, here=points[home.id]: _far(here, each[0]))[1]  # type: ignore[misc]
        for home in homes
        if home.id in points
    }


def _far(one: Spot, other: Spot) -> float:
    return (one.x - other.x) ** 2 + (one.y - other.y) ** 2


def sheet_height(village_id: UUID) -> float:
    """How high the sheet is."""
    found = village_map(village_id)
    return SHEET if found is None else found.height


def rebalancings(village_id: UUID, limit: int = 10) -> Sequence[Rebalancing]:
    """The latest proposals."""
    return list(Rebalancing.rows().filter(village_id=village_id).order_by("-made_at", "-id")[:limit])
