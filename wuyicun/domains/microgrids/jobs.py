"""Work in the background: proposals for large villages, and carrying them out."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wuyicun.domains.microgrids import adopting, rebalancing
from wuyicun.kernel import clock
from wuyicun.kernel.jobs.portions import work_off


@app.task(name=rebalancing.JOB)
def propose(*, village_id: str, rebalancing_id: str) -> None:
    """Work out a proposal. Run twice it does nothing the second time: the proposal no longer waits."""
    rebalancing.work_off(UUID(village_id), UUID(rebalancing_id))


@app.task(name=adopting.JOB)
def adopt(*, village_id: str, rebalancing_id: str) -> None:
    """Carry a proposal out, or take it back, from where it stopped. Run twice it finds nothing left to do."""
    village, proposal = UUID(village_id), UUID(rebalancing_id)
    work_off(village, lambda: adopting.portion(village_id=village, rebalancing_id=proposal, at=clock.now()))
