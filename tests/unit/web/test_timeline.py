"""Dots on the line of minutes: none outside, none hidden by another, the late ones known."""

from hypothesis import given
from hypothesis import strategies as st

from wuyicun.kernel.web.timeline import Dot, Line, lay_out


def _line(minutes: list[int]) -> Line:
    return lay_out([Dot(each, f"X-{each}") for each in minutes], limit_minutes=60)


@given(st.lists(st.integers(0, 3000), max_size=60))
def test_every_dot_is_placed_inside_the_drawing(minutes: list[int]) -> None:
    line = _line(minutes)
    assert sorted(place.dot.minutes for place in line.placed) == sorted(minutes)
    assert all(0 <= float(place.left[:-1]) <= 100 and 0 < place.top < line.axis_top for place in line.placed)


@given(st.lists(st.integers(0, 300), max_size=60))
def test_no_dot_hides_another(minutes: list[int]) -> None:
    places = [(float(place.left[:-1]), place.top) for place in _line(minutes).placed]
    for number, (left, top) in enumerate(places):
        assert all(top != other_top or abs(left - other) > 4.9 for other, other_top in places[:number])


def test_a_tube_is_late_only_past_the_limit() -> None:
    line = _line([59, 60, 61])
    assert [place.late for place in line.placed] == [False, False, True]
    assert line.late == 1


@given(st.lists(st.integers(0, 3000), max_size=20))
def test_the_axis_has_few_marks(minutes: list[int]) -> None:
    assert 2 <= len(_line(minutes).ticks) <= 9
