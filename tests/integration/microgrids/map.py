"""The cast's households on the map, and villages that are too crowded."""

from __future__ import annotations

import struct

from tests.cast import Cast
from wuyicun.domains.microgrids import actions
from wuyicun.domains.registry.models import Household, Person
from wuyicun.kernel import clock

PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1000, 700) + b"\x08\x02\x00\x00\x00"
"""As much of a picture as is looked at."""


def put_on_the_map(cast: Cast) -> None:
    """Every household gets a point: each micro-grid a lane of its own."""
    homes = Household.rows().filter(village_id=cast.village.pk).order_by("area_path", "order")
    lanes: dict[str, int] = {}
    for home in homes:
        place = lanes[home.area_path] = lanes.get(home.area_path, 0) + 1
        actions.set_point(
            village_id=cast.village.pk,
            kind="H",
            subject_id=home.pk,
            x=100.0 + 8 * place,
            y=100.0 + 200 * sorted(lanes).index(home.area_path),
            by=None,
            at=clock.now(),
        )


def crowd(cast: Cast, name: str, households: int) -> list[Household]:
    """Add households of one person each to a micro-grid, along a lane."""
    area = cast.areas[name]
    made = []
    for number in range(households):
        home = Household.rows().create(
            village_id=cast.village.pk,
            area=area,
            area_path=area.area_path,
            section_path=area.area_path[:-2],
            number=f"{1000 + number}",
            head_name=f"新{number:03d}",
        )
        Person.rows().create(
            village_id=cast.village.pk,
            household=home,
            area=area,
            area_path=area.area_path,
            name=f"新{number:03d}",
            name_sort=f"新{number:03d}",
            updated_at=clock.now(),
        )
        actions.set_point(
            village_id=cast.village.pk,
            kind="H",
            subject_id=home.pk,
            x=100.0 + 5 * number,
            y=100.0,
            by=None,
            at=clock.now(),
        )
        made.append(home)
    return made
