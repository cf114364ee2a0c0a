"""The daily backup, and those that somebody asked for on the page."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from wuyicun.kernel import clock
from wuyicun.kernel.backup import actions, queries, work
from wuyicun.kernel.backup.models import Run
from wuyicun.kernel.backup.rules import Kind, RunState

TURN = "backup"


@app.periodic(cron="7 * * * *")
@app.task(name="backup.daily", lock=TURN, queueing_lock="backup.daily")
def daily(timestamp: int) -> None:
    """Every hour: make the day's backup unless it is there already; what failed, or was slept through, is made up."""
    at = clock.now()
    if queries.has_passphrase() and queries.is_due(at):
        work.carry_out(actions.begin(kind=Kind.DAILY, state=RunState.RUNNING, by=None, at=at))


@app.task(name=actions.JOB, lock=TURN)
def make(*, run_id: str) -> None:
    """Make one now. Run twice it does nothing the second time: the run has ended."""
    run = Run.objects.filter(pk=UUID(run_id), ended_at__isnull=True).first()
    if run is not None:
        work.carry_out(run)
