"""A row in each of this room's tables, for the tests that walk every address and table."""

from __future__ import annotations

from datetime import time
from uuid import UUID

from tests.cast import Cast
from wuyicun.domains.territory import actions, duties, handing, hubs
from wuyicun.domains.territory.models import Unit
from wuyicun.kernel import clock


def fill(cast: Cast) -> dict[str, UUID]:
    """A hub household, a post of 第二微网格 that was handed over, and somebody on duty."""
    at, village_id = clock.now(), cast.village.pk
    household_id = cast.people["甲01"].household_id
    assert household_id is not None
    hub = hubs.name(village_id=village_id, household_id=household_id, contact_name="", by=None, at=at)
    post = actions.appoint(
        village_id=village_id,
        area_path=cast.areas["第二微网格"].area_path,
        role="grid_worker",
        holder_name="石建宇",
        account_id=None,
        starts_at=at,
        by=None,
        at=at,
    )
    handover = handing.hand_over(post=post, taker=handing.Taker("郝小军"), note="", by=None, at=at)
    unit = Unit.rows().filter(village_id=village_id)[0]
    duty = duties.put(
        unit=unit, days="67", from_time=time(8), until_time=time(20), name="杜梅", phone="", by=None, at=at
    )
    return {"hub_id": hub.pk, "handover_id": handover.pk, "unit_id": unit.pk, "duty_id": duty.pk}
