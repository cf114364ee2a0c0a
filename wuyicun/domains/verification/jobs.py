"""Periods follow each other by themselves, also when the server was off at midnight."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wuyicun.domains.verification import actions
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.jobs.portions import work_off


@app.periodic(cron="*/10 * * * *")
@app.task(name="verification.keep_going", queueing_lock="verification.keep_going")
def keep_going(timestamp: int) -> None:
    """Close the periods that are over and open the next ones; of a village with its first households, the first."""
    for village in accounts.all_villages():
        go_on(village_id=str(village.pk), area_path=village.area_path, by=None)


@app.task(name=actions.JOB)
def go_on(*, village_id: str, area_path: str, by: str | None) -> None:
    """The same for a village. Run twice, or beside another, it goes on where it stopped."""
    village, asker = UUID(village_id), UUID(by) if by else None
    work_off(village, lambda: actions.step(village_id=village, area_path=area_path, by=asker, at=clock.now()))
