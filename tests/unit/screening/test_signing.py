"""A name that a finger drew: read, refused where it is no drawing, drawn again."""

from __future__ import annotations

import json

import msgspec
import pytest

from wuyicun.domains.screening.signing import MOST_NUMBERS, MOST_STROKES, drawing, read


def test_what_was_drawn_is_read_and_drawn_again() -> None:
    strokes = read("[[10,20,30,40],[500,400]]")
    assert strokes == [[10, 20, 30, 40], [500, 400]]
    svg = drawing(strokes)
    assert 'points="10 20 30 40"' in svg
    assert 'points="500 400 501 400"' in svg  # a dot shows, too


@pytest.mark.parametrize("text", ["", "  ", "[]"])
def test_nothing_drawn_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "[[1,2,3]]",
        "[[]]",
        "[[1001,5]]",
        "[[5,401]]",
        "[[-1,5]]",
        json.dumps([[1, 2]] * (MOST_STROKES + 1)),
        json.dumps([[1] * (MOST_NUMBERS + 2)]),
        '[["<script>",1]]',
        "{}",
        "[[1,2]",
        "[" * 50_000,
    ],
)
def test_what_is_no_drawing_is_refused(text: str) -> None:
    with pytest.raises((ValueError, msgspec.DecodeError)):
        read(text)
