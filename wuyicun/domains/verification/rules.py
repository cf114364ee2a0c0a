"""When a period of checking ends, and how long ago a household was checked. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

ROLL_KIND = "household_check"
CHECK = "household.check"
UNCHECK = "household.uncheck"
DEFAULT_EVERY_DAYS = 30
MOST_DAYS = 365


class Result(StrEnum):
    """What a look at a household brought."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"


def last_day(starts_on: date, every_days: int) -> date:
    """The last day of a period that begins on a day."""
    return starts_on + timedelta(days=every_days - 1)


def last_day_from_now(starts_on: date, every_days: int, today: date) -> date:
    """The last day of a period that runs already: a shorter one ends today at the earliest."""
    return max(last_day(starts_on, every_days), today)


def is_over(ends_on: date, today: date) -> bool:
    """Whether the period is over, its last day included in it."""
    return today > ends_on


def fresh_since(every_days: int, now: datetime) -> datetime:
    """A check is fresh from this moment on: made within so many days."""
    return now - timedelta(days=every_days)


def days_between(earlier: date, later: date) -> int:
    """Whole days on the calendar, never below zero."""
    return max((later - earlier).days, 0)
