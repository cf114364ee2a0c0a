"""Work in the background: proposals for large villages, and carrying them out."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wuyicun.domains.microgrids import adopting, rebalancing
from wuyicun.kernel import clock, scope


@app.task(name=rebalancing.JOB)
def propose(*, village_id: str, rebalancing_id: str) -> None:
    """Work out a proposal. Run twice it does nothing the second time: the proposal no longer waits."""
    rebalancing.work_off(UUID(village_id), UUID(rebalancing_id))


@app.task(name=adopting.JOB)
def adopt(*, village_id: str, rebalancing_id: str) -> None:
    """Carry a proposal out, or take it back, from where it stopped. Run twice it finds nothing left to do."""
    while _portion(UUID(village_id), UUID(rebalancing_id)):
        pass


def _portion(village_id: UUID, rebalancing_id: UUID) -> bool:
    """In a scope of its own, which is a transaction: what is done is seen, and stays when the worker dies."""
    with scope.enter(scope.of_system([village_id])):
        return adopting.portion(village_id=village_id, rebalancing_id=rebalancing_id, at=clock.now())
