"""The laboratory's work in the background: long files; results whose tube has come to be known."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from wuyicun.domains.laboratory import actions, queries, stepping
from wuyicun.domains.laboratory.entering import Author
from wuyicun.domains.laboratory.rules import Step
from wuyicun.domains.laboratory.stepping import Asked
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts


@app.task(name=stepping.JOB, retry=RetryStrategy(max_attempts=3, wait=5, retry_exceptions=stepping.GONE))
def laboratory_step(*, village_id: str, delivery_id: str, step: str, by: str, since: str, language: str) -> None:
    """Take a step of a delivery. Run twice it does nothing the second time: the delivery no longer waits for it."""
    village = accounts.villages([UUID(village_id)])[0]
    with translation.override(language or None):
        stepping.work_off(Asked(village, UUID(delivery_id), Step(step), UUID(by), since))


@app.periodic(cron="* * * * *")
@app.task(name="laboratory.match_again", queueing_lock="laboratory.match_again")
def match_again(timestamp: int) -> None:
    """Enter the results that came before their tubes, in the name of whoever entered their delivery."""
    at = clock.now()
    for village in accounts.all_villages():
        with scope.enter(scope.of_system([village.pk])):
            for delivery in queries.waited_for(village.pk):
                author = Author(village, delivery.entered_by, at)
                actions.match_again(author=author, round_id=delivery.round_id, at=at, delivery_id=delivery.pk)
