"""When a period of checking ends."""

from __future__ import annotations

from datetime import UTC, date, datetime

from wuyicun.domains.verification import rules


def test_a_period_of_thirty_days_has_thirty_days() -> None:
    assert rules.last_day(date(2022, 11, 1), 30) == date(2022, 11, 30)


def test_its_last_day_belongs_to_it() -> None:
    assert not rules.is_over(date(2022, 11, 30), date(2022, 11, 30))
    assert rules.is_over(date(2022, 11, 30), date(2022, 12, 1))


def test_a_shortened_period_ends_today_at_the_earliest() -> None:
    start, today = date(2022, 11, 1), date(2022, 11, 20)
    assert rules.last_day_from_now(start, 7, today) == today
    assert rules.last_day_from_now(start, 30, today) == date(2022, 11, 30)


def test_fresh_is_what_was_checked_within_so_many_days() -> None:
    assert rules.fresh_since(30, datetime(2022, 12, 1, 9, tzinfo=UTC)) == datetime(2022, 11, 1, 9, tzinfo=UTC)


def test_a_day_ahead_is_no_day_ago() -> None:
    assert rules.days_between(date(2022, 11, 2), date(2022, 11, 1)) == 0
