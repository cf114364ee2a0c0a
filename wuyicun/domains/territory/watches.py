"""Hours of the week: which moment they cover, and what of them nobody covers. Pure; times are the village's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

DAY = 24 * 60
WEEK = 7 * DAY
EVERY_DAY = "1234567"


@dataclass(frozen=True)
class Watch:
    """The same hours on some days of every week.

    Attributes:
        days: their numbers, Monday is 1.
        begins: the time of day.
        ends: not after `begins`: on the next day, so that the same time is a whole day.
    """

    days: str
    begins: time
    ends: time

    @property
    def minutes(self) -> int:
        """How long it is."""
        return (_minute(self.ends) - _minute(self.begins)) % DAY or DAY

    def covers(self, moment: datetime) -> bool:
        """Whether the moment lies in it; its end no longer does."""
        started = moment if moment.time() >= self.begins else moment - timedelta(days=1)
        begun = datetime.combine(started.date(), self.begins, moment.tzinfo)
        return str(started.isoweekday()) in self.days and moment < begun + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Gap:
    """Hours on some days that nobody covers."""

    days: str
    begins: time
    ends: time


def gaps(wanted: Watch, given: Iterable[Watch]) -> Sequence[Gap]:
    """What of the wanted hours no other covers; the same hours of several days together, in the order of the week."""
    covered = sorted(span for watch in given for span in _spans(watch))
    found: dict[tuple[int, int], str] = {}
    for day in wanted.days:
        begins = (int(day) - 1) * DAY + _minute(wanted.begins)
        for start, end in _left(begins, begins + wanted.minutes, covered):
            key = (start % DAY, end % DAY)
            found[key] = found.get(key, "") + str(start % WEEK // DAY + 1)
    return [Gap("".join(sorted(days)), _time(start), _time(end)) for (start, end), days in found.items()]


def _spans(watch: Watch) -> Iterable[tuple[int, int]]:
    """Minutes since Monday 0:00, in the week itself and in the one before and after, for what reaches over Sunday."""
    for day in watch.days:
        begins = (int(day) - 1) * DAY + _minute(watch.begins)
        for shift in (-WEEK, 0, WEEK):
            yield begins + shift, begins + shift + watch.minutes


def _left(start: int, end: int, covered: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for begins, ends in covered:
        if ends <= start or begins >= end:
            continue
        if begins > start:
            yield start, begins
        start = max(start, ends)
    if start < end:
        yield start, end


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)
