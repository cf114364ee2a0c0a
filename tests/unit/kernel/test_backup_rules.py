"""When a backup is due, when someone must act, and which archives stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyicun.kernel.backup import rules
from wuyicun.kernel.backup.rules import RunState

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2022, 11, 24, 12, 0, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("last_good", "due"),
    [
        (None, True),
        (NOON - timedelta(hours=10), False),  # at two o'clock today
        (NOON - timedelta(hours=10, minutes=1), True),
        (NOON - timedelta(hours=1), False),
    ],
)
def test_the_daily_backup_is_due_from_its_hour_on_until_it_is_made(last_good: datetime | None, due: bool) -> None:
    assert rules.is_due(last_good, NOON, 2, CHINA) is due


def test_before_its_hour_yesterdays_is_enough() -> None:
    early = NOON.replace(hour=1)
    assert not rules.is_due(early - timedelta(hours=22), early, 2, CHINA)
    assert rules.is_due(early - timedelta(hours=24), early, 2, CHINA)


def test_after_two_days_someone_must_act() -> None:
    assert rules.is_old(None, NOON)
    assert rules.is_old(NOON - timedelta(days=2, seconds=1), NOON)
    assert not rules.is_old(NOON - timedelta(days=2), NOON)


def test_a_name_says_when_the_archive_was_made_and_others_say_nothing() -> None:
    assert rules.name_of(NOON) == "wuyicun-20221124T040000Z.wuyibackup"
    assert rules.made_at(rules.name_of(NOON)) == NOON
    assert rules.made_at("before-the-move.wuyibackup") is None
    assert rules.made_at("wuyicun-20221124T040000Z.wuyibackup.part") is None


def test_of_daily_archives_seven_days_five_weeks_and_twelve_months_stay() -> None:
    made = [NOON - timedelta(days=number) for number in range(500)]
    kept = sorted(set(made) - rules.superfluous(made, NOON, CHINA), reverse=True)
    assert kept[:7] == made[:7]
    assert len({each.isocalendar()[:2] for each in kept if each > NOON - timedelta(days=35)}) == 5
    assert len({(each.year, each.month) for each in kept}) == 12
    assert len(kept) <= 7 + 5 + 12 + 1


def test_of_several_on_a_day_the_last_stays_and_all_of_the_last_two_days() -> None:
    earlier = NOON - timedelta(days=3)
    made = [NOON, NOON - timedelta(hours=1), earlier, earlier - timedelta(hours=1), earlier - timedelta(hours=2)]
    assert rules.superfluous(made, NOON, CHINA) == set(made[3:])


@given(st.sets(st.integers(0, 24 * 800), max_size=60))
def test_the_newest_stays_and_thinning_twice_is_thinning_once(hours_ago: set[int]) -> None:
    made = {NOON - timedelta(hours=each) for each in hours_ago}
    kept = made - rules.superfluous(made, NOON, CHINA)
    assert not made or max(made) in kept
    assert rules.superfluous(kept, NOON, CHINA) == set()


def test_a_run_that_fell_silent_was_killed_and_one_that_waits_is_given_an_hour() -> None:
    assert rules.was_killed(RunState.RUNNING, NOON - timedelta(minutes=3), NOON)
    assert not rules.was_killed(RunState.RUNNING, NOON - timedelta(minutes=1), NOON)
    assert not rules.was_killed(RunState.WAITING, NOON - timedelta(minutes=30), NOON)
    assert rules.was_killed(RunState.WAITING, NOON - timedelta(hours=2), NOON)
    assert not rules.was_killed(RunState.GOOD, NOON - timedelta(days=9), NOON)
