"""Where the demonstration's households lie: along the lanes of their section, some on the other side of the village."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from wuyicun.domains.microgrids import actions
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.neighbourhood import Dwelling

LANE = 15
"""Houses of a lane."""


def put_on_the_map(village_id: UUID, at: datetime) -> None:
    """Give every household that stands in a section its point on the sketch."""
    for home, x, y in _along_lanes(village_id):
        actions.set_point(village_id=village_id, kind="H", subject_id=home.id, x=x, y=y, by=None, at=at)


def _along_lanes(village_id: UUID) -> Iterator[tuple[Dwelling, float, float]]:
    sections = sorted({home.section_path for home in neighbourhood.dwellings(village_id)})
    place = Counter[str]()
    for home in neighbourhood.dwellings(village_id):
        number, section = place[home.section_path], sections.index(home.section_path)
        place[home.section_path] += 1
        lane, house = divmod(number, LANE)
        if number % 13 == 6:  # built later, where there was room
            lane = (lane + 4) % 7
        x = 90.0 + 28 * house + (number * 37 % 11) + 40 * (lane % 2)
        y = 120.0 + 470 * section + 52 * lane + (number * 53 % 17)
        yield home, min(x, 980.0), min(y, 990.0)
