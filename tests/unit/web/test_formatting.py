"""Dates, durations, phones, ages and shares in the words that people use."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from wuyicun.kernel.web import formatting

# 2022-11-22 09:42 in the village, still the 22nd at 01:42 UTC.
NOW = datetime(2022, 11, 22, 1, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_the_village() -> Iterator[None]:
    with translation.override("zh-hans"), timezone.override("Asia/Shanghai"):
        yield


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "今天 09:42"),
        (datetime(2022, 11, 21, 16, 0, tzinfo=UTC), "今天 00:00"),
        (datetime(2022, 11, 21, 15, 59, tzinfo=UTC), "昨天 23:59"),
        (datetime(2022, 11, 22, 22, 0, tzinfo=UTC), "明天 06:00"),
        (datetime(2022, 11, 18, 10, 0, tzinfo=UTC), "11月18日 周五 18:00"),
        (datetime(2021, 12, 31, 16, 30, tzinfo=UTC), "1月1日 周六 00:30"),
        (datetime(2020, 1, 5, 4, 5, tzinfo=UTC), "2020年1月5日 12:05"),
        (date(2022, 11, 22), "今天"),
        (date(2022, 11, 18), "11月18日 周五"),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment: datetime | date, words: str) -> None:
    assert formatting.day_time_words(moment, NOW) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "不到 1 分"),
        (timedelta(minutes=42, seconds=59), "42 分"),
        (timedelta(minutes=60), "1 小时"),
        (timedelta(hours=3, minutes=5), "3 小时 5 分"),
        (timedelta(days=2, hours=3, minutes=59), "2 天 3 小时"),
        (timedelta(days=1), "1 天"),
        (timedelta(minutes=-42), "42 分"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(span: timedelta, words: str) -> None:
    assert formatting.duration_words(span) == words


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("138 1234 5678", "138****5678"),
        ("0355-2045678", "****5678"),
        ("5678", "****"),
        ("", "****"),
    ],
)
def test_a_phone_shows_no_more_than_its_ends(number: str, masked: str) -> None:
    assert formatting.masked_phone(number) == masked


@given(st.text(alphabet="0123456789 -+", max_size=20))
def test_a_masked_phone_never_shows_more_than_seven_digits(number: str) -> None:
    assert sum(sign.isdigit() for sign in formatting.masked_phone(number)) <= 7


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (date(1951, 11, 22), "71"),
        (date(1951, 11, 23), "70"),
        (date(2021, 11, 22), "1"),
        (date(2021, 11, 23), "11 个月"),
        (date(2022, 11, 22), "0 个月"),
        (date(2020, 2, 29), "2"),
    ],
)
def test_age_is_in_full_years_and_months_under_the_first_birthday(born: date, words: str) -> None:
    assert formatting.age_words(born, date(2022, 11, 22)) == words


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_says_all_or_nothing_only_when_it_is_so(part: int, whole: int) -> None:
    share = formatting.whole_percent(min(part, whole), whole)
    assert (share == 100) == (part >= whole)
    assert (share == 0) == (part == 0)


def test_the_share_of_nothing_is_nothing() -> None:
    assert formatting.whole_percent(0, 0) == 0
