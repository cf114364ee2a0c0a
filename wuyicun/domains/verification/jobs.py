"""Periods follow each other by themselves, also when the server was off at midnight."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wuyicun.domains.verification import actions
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts


@app.periodic(cron="*/10 * * * *")
@app.task(name="verification.keep_going", queueing_lock="verification.keep_going")
def keep_going(timestamp: int) -> None:
    """Close the periods that are over and open the next ones; of a village with its first households, the first."""
    for village in accounts.all_villages():
        with scope.enter(scope.of_system([village.pk])):
            actions.keep_going(village_id=village.pk, area_path=village.area_path, by=None, at=clock.now())
