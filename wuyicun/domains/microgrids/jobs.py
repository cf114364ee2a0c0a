"""Work in the background: proposals for large villages."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wuyicun.domains.microgrids import rebalancing


@app.task(name=rebalancing.JOB)
def propose(*, village_id: str, rebalancing_id: str) -> None:
    """Work out a proposal. Run twice it does nothing the second time: the proposal no longer waits."""
    rebalancing.work_off(UUID(village_id), UUID(rebalancing_id))
