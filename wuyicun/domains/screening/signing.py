"""Signatures drawn with a finger: read from a form, drawn again on paper. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

WIDTH, HEIGHT = 1000, 400
MOST_STROKES, MOST_NUMBERS, MOST_CHARACTERS = 60, 600, 40_000

Strokes = Sequence[Sequence[int]]


def read(text: str) -> Strokes | None:
    """What a form carries: strokes as JSON, x and y in turn; None where nothing was drawn.

    Raises:
        ValueError: it is no such drawing.
    """
    if not text.strip():
        return None
    if len(text) > MOST_CHARACTERS:
        raise ValueError("too long")
    strokes = msgspec.json.decode(text, type=list[list[int]])
    if not all(_is_stroke(stroke) for stroke in strokes) or len(strokes) > MOST_STROKES:
        raise ValueError("no strokes")
    return strokes or None


def _is_stroke(stroke: Sequence[int]) -> bool:
    inside = all(0 <= number <= WIDTH for number in stroke) and all(number <= HEIGHT for number in stroke[1::2])
    return 2 <= len(stroke) <= MOST_NUMBERS and len(stroke) % 2 == 0 and inside


def drawing(strokes: Strokes) -> str:
    """A scalable drawing, black lines without size."""
    lines = "".join(f'<polyline points="{" ".join(map(str, _visible(stroke)))}"/>' for stroke in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"><g fill="none" stroke="#000" '
        f'stroke-width="8" stroke-linecap="round" stroke-linejoin="round">{lines}</g></svg>'
    )


def _visible(stroke: Sequence[int]) -> Sequence[int]:
    """A dot is a line of no length, which not every program draws."""
    return [*stroke, stroke[0] + 1, stroke[1]] if len(stroke) == 2 else stroke
