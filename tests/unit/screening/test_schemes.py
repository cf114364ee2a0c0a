"""When the next round of a series is due: daily; three clean ones, a gap of three days, one more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyicun.domains.profiles.rules import Scheme
from wuyicun.domains.screening.schemes import Held, Stage, Standing, standing

DAILY = Scheme("daily", 1, 0, 0)
THREE_AND_ONE = Scheme("three_and_one", 1, 3, 3)
FIRST = date(2022, 11, 20)


def _held(results: str) -> list[Held]:
    """A round a day: + clean, - not, ? running."""
    clean = {"+": True, "-": False, "?": None}
    return [Held(FIRST + timedelta(days=number), clean[each]) for number, each in enumerate(results)]


def test_a_daily_series_goes_on_from_day_to_day() -> None:
    assert standing(DAILY, _held("++++++"), FIRST) == Standing(Stage.DUE, 6, date(2022, 11, 26))


def test_the_first_round_is_due_on_the_day_of_the_beginning() -> None:
    assert standing(THREE_AND_ONE, [], FIRST) == Standing(Stage.DUE, 0, FIRST)


def test_after_three_clean_rounds_three_days_pass_before_the_one_more() -> None:
    found = standing(THREE_AND_ONE, _held("+++"), FIRST)
    assert found == Standing(
        Stage.DUE, 3, date(2022, 11, 26), last=True
    )  # the third on 22 November, free on 23, 24, 25


def test_the_one_more_ends_it_when_it_is_clean_and_begins_it_again_when_it_is_not() -> None:
    three = _held("+++")
    more = FIRST + timedelta(days=6)
    assert standing(THREE_AND_ONE, [*three, Held(more, True)], FIRST).stage is Stage.COMPLETE
    again = standing(THREE_AND_ONE, [*three, Held(more, False)], FIRST)
    assert again == Standing(Stage.DUE, 0, more + timedelta(days=1))


def test_a_positive_begins_the_count_again() -> None:
    assert standing(THREE_AND_ONE, _held("++-+"), FIRST) == Standing(Stage.DUE, 1, date(2022, 11, 24))


def test_while_a_round_runs_nothing_is_due() -> None:
    assert standing(THREE_AND_ONE, _held("++?"), FIRST) == Standing(Stage.RUNNING, 2)


def test_a_scheme_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Scheme("nonsense", 0, 3, 3)


@given(st.text("+-", max_size=12))
def test_it_is_complete_only_after_one_clean_round_more_than_the_scheme_asks_for(results: str) -> None:
    ended = len(results) - len(results.rstrip("+"))
    assert (standing(THREE_AND_ONE, _held(results), FIRST).stage is Stage.COMPLETE) == (ended > 3)
