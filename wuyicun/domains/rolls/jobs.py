"""Excuses end by themselves, also when the server was off at that moment; counts are checked against the entries."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wuyicun.domains.rolls import actions
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts


@app.periodic(cron="* * * * *")
@app.task(name="rolls.end_excuses", queueing_lock="rolls.end_excuses")
def end_excuses(timestamp: int) -> None:
    """Open again the entries whose excuse has ended."""
    at = clock.now()
    for village in accounts.all_villages():
        with scope.enter(scope.of_system([village.pk])):
            if actions.end_excuses(village_id=village.pk, at=at):
                actions.touch([village.pk], at)


@app.periodic(cron="*/10 * * * *")
@app.task(name="rolls.self_check", queueing_lock="rolls.self_check")
def self_check(timestamp: int) -> None:
    """Recount open rolls; the board shows what is found."""
    at = clock.now()
    for village in accounts.all_villages():
        with scope.enter(scope.of_system([village.pk])):
            actions.self_check(village_id=village.pk, at=at)
