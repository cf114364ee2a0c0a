"""A tube's clock, a round's pace, a quarter's beginning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.rules import (
    DUPLICATE,
    FLAGS,
    Fit,
    TubeClock,
    finish_at,
    is_late,
    leaves_by,
    quarter_start,
)

NOW = datetime(2022, 11, 20, 10, 0, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def clock(first: float | None = None, closed: float | None = None, handed: float | None = None) -> TubeClock:
    """Times as minutes before NOW."""
    return TubeClock(*(None if each is None else NOW - minutes(each) for each in (first, closed, handed)))


@pytest.mark.parametrize(
    ("tube", "late"),
    [
        (clock(), False),
        (clock(first=60), False),
        (clock(first=60.1), True),
        (clock(first=90, closed=60), False),
        (clock(first=130, closed=60.1), True),
        (clock(first=90, closed=61, handed=1), False),
        (clock(first=140, closed=100, handed=39), True),
        (clock(first=200, closed=139, handed=138), True),
        (clock(closed=61), True),
        (clock(closed=61, handed=30), False),
    ],
)
def test_a_tube_is_late_when_it_stayed_open_or_waited_for_more_than_an_hour(tube: TubeClock, late: bool) -> None:
    assert is_late(tube, 60, NOW) is late


def test_once_it_left_in_time_a_tube_is_never_late() -> None:
    tube = clock(first=50, closed=40, handed=30)
    assert not is_late(tube, 60, NOW + timedelta(days=9))


def test_a_tube_leaves_within_an_hour_of_its_closing_else_of_its_first_swab() -> None:
    assert leaves_by(clock(), 60) is None
    assert leaves_by(clock(first=20), 60) == NOW + minutes(40)
    assert leaves_by(clock(first=50, closed=20), 60) == NOW + minutes(40)


def test_the_end_of_a_round_follows_from_its_pace() -> None:
    assert finish_at(18, 6, 30, NOW) == NOW + minutes(90)
    assert finish_at(0, 6, 30, NOW) is None
    assert finish_at(18, 0, 30, NOW) is None


@pytest.mark.parametrize(("month", "first"), [(1, 1), (3, 1), (4, 4), (6, 4), (7, 7), (11, 10), (12, 10)])
def test_a_quarter_begins_with_its_first_month(month: int, first: int) -> None:
    zone = timezone(timedelta(hours=8))
    assert quarter_start(datetime(2022, month, 28, 23, 59, tzinfo=zone)) == datetime(2022, first, 1, tzinfo=zone)


def test_every_swab_that_does_not_count_has_a_flag_or_is_known_otherwise() -> None:
    assert set(FLAGS) | {Fit.OK, Fit.NO_TUBE, Fit.VOIDED} == set(Fit)
    assert len({*FLAGS.values(), DUPLICATE}) == len(FLAGS) + 1


def test_the_numbers_that_the_functions_of_the_database_know_stand() -> None:
    """They stand in `screening/migrations/sql` and `rolls/migrations/sql`: a new meaning needs a new number."""
    assert {fit.name: fit.value for fit in Fit} == {
        "OK": 0,
        "NO_TUBE": 1,
        "FOREIGN_DEVICE": 2,
        "OVER_POOL": 3,
        "TUBE_ENDED": 4,
        "VOIDED": 5,
    }
    assert (State.OWED, State.DONE) == (0, 1)
