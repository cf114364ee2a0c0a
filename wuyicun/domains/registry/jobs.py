"""The registry's work in the background: long roster files, changes of many people."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from wuyicun.domains.registry.actions import bulk
from wuyicun.domains.registry.importing import stepping
from wuyicun.domains.registry.importing.stepping import Step
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.jobs.portions import work_off


@app.task(name=bulk.JOB)
def bulk_change(*, village_id: str, bulk_id: str) -> None:
    """Change many people, or change them back, from where it stopped. Run twice it finds nothing left to do."""
    village, bulk_ = UUID(village_id), UUID(bulk_id)
    work_off(village, lambda: bulk.portion(village_id=village, bulk_id=bulk_, at=clock.now()))


@app.task(name=stepping.JOB, retry=RetryStrategy(max_attempts=3, wait=5, retry_exceptions=stepping.GONE))
def import_step(
    *, village_id: str, batch_id: str, step: str, digest: str, by: str | None, since: str, language: str
) -> None:
    """Take a step of an import. Run twice it does nothing the second time: the batch no longer waits for it."""
    village = accounts.villages([UUID(village_id)])[0]
    asked = Step(village, UUID(batch_id), step, digest, UUID(by) if by else None, since)
    with translation.override(language or None):
        stepping.work_off(asked, clock.now())
