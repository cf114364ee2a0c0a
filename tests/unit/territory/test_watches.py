"""Hours of the week: what they cover, and what nobody covers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wuyicun.domains.territory.watches import EVERY_DAY, Gap, Watch, gaps

MONDAY = datetime(2022, 11, 21, tzinfo=UTC)
DAY_SHIFT = Watch(EVERY_DAY, time(8), time(20))


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the week, Monday is 1."""
    return MONDAY + timedelta(days=day - 1, hours=hour, minutes=minute)


def test_hours_begin_on_the_minute_and_are_over_at_their_end() -> None:
    watch = Watch("15", time(8), time(12, 30))
    assert watch.covers(on(1, 8))
    assert watch.covers(on(5, 12, 29))
    assert not watch.covers(on(1, 7, 59))
    assert not watch.covers(on(5, 12, 30))
    assert not watch.covers(on(2, 9))


def test_a_night_belongs_to_the_day_on_which_it_begins_also_from_sunday_to_monday() -> None:
    watch = Watch("7", time(20), time(8))
    assert watch.covers(on(7, 23))
    assert watch.covers(on(8, 7, 59))
    assert watch.covers(on(1, 3))
    assert not watch.covers(on(8, 8))
    assert not watch.covers(on(7, 7))
    assert not watch.covers(on(2, 3))


def test_the_same_time_twice_is_a_whole_day() -> None:
    watch = Watch("3", time(8), time(8))
    assert watch.minutes == 24 * 60
    assert watch.covers(on(3, 8))
    assert watch.covers(on(4, 7, 59))
    assert not watch.covers(on(4, 8))


def test_what_nobody_covers_is_said_once_for_all_days_that_lack_it() -> None:
    given_ = [Watch("12345", time(8), time(18)), Watch("6", time(7), time(14))]
    assert gaps(DAY_SHIFT, given_) == [
        Gap("12345", time(18), time(20)),
        Gap("6", time(14), time(20)),
        Gap("7", time(8), time(20)),
    ]


def test_around_the_clock_is_covered_by_a_day_and_a_night_shift() -> None:
    always = Watch(EVERY_DAY, time(0), time(0))
    night = Watch(EVERY_DAY, time(20), time(8))
    assert gaps(always, [DAY_SHIFT, night]) == []
    assert gaps(always, [DAY_SHIFT, Watch("123456", time(20), time(8))]) == [
        Gap("1", time(0), time(8)),
        Gap("7", time(20), time(0)),
    ]


def test_nobody_on_the_list_leaves_everything() -> None:
    assert gaps(DAY_SHIFT, []) == [Gap(EVERY_DAY, time(8), time(20))]


HOURS = st.integers(0, 23).map(time)
DAYS = st.sets(st.sampled_from(EVERY_DAY), min_size=1).map(lambda days: "".join(sorted(days)))
WATCHES = st.builds(Watch, DAYS, HOURS, HOURS)


@given(WATCHES, st.lists(WATCHES, max_size=4), st.integers(0, 7 * 24 - 1))
def test_each_hour_that_is_wanted_is_covered_or_in_a_gap(wanted: Watch, manned: list[Watch], hour: int) -> None:
    moment = MONDAY + timedelta(hours=hour)
    lacking = any(Watch(gap.days, gap.begins, gap.ends).covers(moment) for gap in gaps(wanted, manned))
    assert lacking == (wanted.covers(moment) and not any(each.covers(moment) for each in manned))
