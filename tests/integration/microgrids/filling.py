"""A row for each table of micro-grids, in 西头岭."""

from __future__ import annotations

from tests.cast import Cast
from tests.integration.microgrids.map import PICTURE, put_on_the_map
from wuyicun.domains.microgrids import actions, rebalancing
from wuyicun.kernel import clock


def fill(cast: Cast) -> dict[str, object]:
    """A sketch, points, a chat group, a line of history, a proposal."""
    at, area = clock.now(), cast.areas["第一微网格"]
    actions.set_picture(
        village_id=cast.village.pk, picture=PICTURE, media_type="image/png", height=700.0, by=None, at=at
    )
    put_on_the_map(cast)
    actions.set_chat_group(
        village_id=cast.village.pk,
        area_id=area.pk,
        name="第一微网格群",
        link="https://chat.example.com/1",
        by=None,
        at=at,
    )
    actions.found(
        village_id=cast.village.pk, section_path=cast.areas["西头岭"].area_path, name="第九微网格", by=None, at=at
    )
    proposal = rebalancing.begin(village_id=cast.village.pk, keep=0.25, by=None, at=at)
    return {"area_id": area.pk, "rebalancing_id": proposal.pk}
