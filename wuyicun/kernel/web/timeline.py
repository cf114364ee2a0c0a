"""Places dots on a line of minutes, so that none hides another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Dot:
    """Something that has been waiting.

    Attributes:
        minutes: how long, since its clock began.
        label: what it is called (a tube's code).
        url: where it opens; '' when nowhere.
    """

    minutes: int
    label: str
    url: str = ""


@dataclass(frozen=True)
class Placed:
    """A dot with its place: percent from the left, pixels from the top."""

    dot: Dot
    left: str
    top: int
    late: bool


@dataclass(frozen=True)
class Tick:
    """A mark on the axis; the minor ones give way on a phone, `anchor` keeps the words inside."""

    minutes: int
    left: str
    minor: bool
    anchor: str


@dataclass(frozen=True)
class Line:
    """All that the drawing needs; lengths in pixels, places in percent."""

    placed: tuple[Placed, ...]
    ticks: tuple[Tick, ...]
    limit_left: str
    beyond_width: str
    axis_top: int
    height: int
    late: int


_DOT = 18
_CLOSE_PERCENT = 5.0
_TICKS = (5, 10, 15, 30, 60, 120, 240, 480)


def lay_out(dots: Sequence[Dot], *, limit_minutes: int) -> Line:
    """Place the dots, oldest on the right; dots closer than a dot's width are piled upward."""
    longest = max((dot.minutes for dot in dots), default=0)
    end = max(limit_minutes * 4 // 3, longest + max(longest // 12, 1))
    piles: list[float] = []
    placed_at: list[tuple[Dot, float, int]] = []
    for dot in sorted(dots, key=lambda dot: dot.minutes):
        left = dot.minutes * 100 / end
        row = next((row for row, last in enumerate(piles) if left - last >= _CLOSE_PERCENT), len(piles))
        piles[row : row + 1] = [left]
        placed_at.append((dot, left, row))
    axis_top = _DOT * (len(piles) or 1) + 24
    step = next((step for step in _TICKS if end / step <= 8), _TICKS[-1])
    limit = limit_minutes * 100 / end
    return Line(
        placed=tuple(
            Placed(dot, _percent(left), axis_top - 14 - row * _DOT, dot.minutes > limit_minutes)
            for dot, left, row in placed_at
        ),
        ticks=tuple(_tick(minutes, end, step) for minutes in range(0, end + 1, step)),
        limit_left=_percent(limit),
        beyond_width=_percent(100 - limit),
        axis_top=axis_top,
        height=axis_top + 24,
        late=sum(dot.minutes > limit_minutes for dot in dots),
    )


def _tick(minutes: int, end: int, step: int) -> Tick:
    left = minutes * 100 / end
    anchor = "start" if minutes == 0 else "end" if left > 95 else "middle"
    return Tick(minutes, _percent(left), minor=minutes // step % 2 == 1, anchor=anchor)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
