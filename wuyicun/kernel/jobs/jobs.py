"""Jobs about jobs: those whose worker died are run again; those that are done are cleared away."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from wuyicun.kernel.jobs.worker import STALLED_SECONDS

KEEP_HOURS = 72


@app.periodic(cron="* * * * * */5")
@app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Run again what a dead worker left half done."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(name="jobs.clear", queueing_lock="jobs.clear", pass_context=True)
async def clear(context: JobContext, timestamp: int) -> None:
    """Forget jobs that ended days ago."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_HOURS, include_failed=False)
