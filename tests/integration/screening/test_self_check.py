"""Counts that are not those of the entries are found, shown and audited, never silently repaired."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.cast import Cast, make_cast
from tests.integration.screening.sending import open_round
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import queries as roll_queries
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Round
from wuyicun.kernel import clock, scope
from wuyicun.kernel.audit.models import AuditRow


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    made = make_cast()
    with scope.enter(made.scope()):
        yield made


def _falsify(round_: Round, by: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rolls_leafcount SET owed = owed + %s WHERE id ="
            " (SELECT id FROM rolls_leafcount WHERE roll_id = %s AND owed > 0 ORDER BY id LIMIT 1)",
            [by, round_.roll_id],
        )


def _drift(cast: Cast, round_: Round) -> int:
    now = clock.now()
    found = rolls.self_check(village_id=cast.village.pk, at=now)
    shown = [each.drift for each in queries.mistakes(cast.village.pk, round_.opened_at, now)]
    assert sum(shown) == found == roll_queries.roll(cast.village.pk, round_.roll_id).drift
    return found


def test_a_count_that_drifts_is_shown_until_it_is_right_again(cast: Cast) -> None:
    round_ = open_round(cast)
    token = roll_queries.change_token(cast.village.pk)
    assert _drift(cast, round_) == 0
    assert roll_queries.change_token(cast.village.pk) == token
    _falsify(round_, 1)
    assert _drift(cast, round_) == 1
    assert roll_queries.change_token(cast.village.pk) != token
    assert AuditRow.objects.filter(action="rolls.drift").count() == 1
    kept = roll_queries.counts(cast.village.pk, round_.roll_id)
    assert kept.current == kept.opening + 1, "nothing was repaired"
    _falsify(round_, -1)
    assert _drift(cast, round_) == 0
