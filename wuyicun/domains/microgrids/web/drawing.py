"""Micro-grids drawn on the sheet of the map: outlines, letters and dots, so that no colour says anything alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from uuid import UUID

from wuyicun.domains.microgrids.queries import Spot
from wuyicun.domains.microgrids.rules import SHEET, hull

COLOURS = 8
FEW = 40
"""So many letters have room on the sheet in their full size."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A household."""

    x: float
    y: float
    is_moved: bool


@dataclass(frozen=True, slots=True)
class Patch:
    """A micro-grid on the map."""

    letter: str
    name: str
    colour: int
    households: int
    outline: str
    x: float
    y: float
    dots: Sequence[Dot]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Patches, and the part of the sheet that they fill.

    Attributes:
        unit: a length that looks the same however much of the sheet is shown: a hundredth of its width; less where
            there are so many patches that their letters would cover each other.
    """

    left: float
    top: float
    width: float
    height: float
    patches: Sequence[Patch]

    @property
    def unit(self) -> float:
        """See above."""
        return self.width / 100 * min(1.0, sqrt(FEW / max(len(self.patches), 1)))

    @property
    def view_box(self) -> str:
        """For SVG."""
        return f"{self.left:.1f} {self.top:.1f} {self.width:.1f} {self.height:.1f}"

    @property
    def dot(self) -> float:
        """Radius of a household's dot."""
        return self.unit * 1.1

    @property
    def ring(self) -> float:
        """Radius of the ring around a household that moves."""
        return self.unit * 2.2

    @property
    def text(self) -> float:
        """Height of a letter."""
        return self.unit * 7


def draw(
    parts: Sequence[tuple[str, str, Collection[UUID]]], spots: Mapping[UUID, Spot], moved: Collection[UUID]
) -> Drawing:
    """Draw micro-grids.

    Args:
        parts: letter, name and households of each.
        moved: households with a ring around them.
    """
    shown = [spots[home] for _letter, _name, homes in parts for home in homes if home in spots]
    left, top, width, height = _frame(shown)
    patches = []
    for place, (letter, name, homes) in enumerate(parts):
        dots = [Dot(spots[home].x, spots[home].y, home in moved) for home in homes if home in spots]
        points = [(dot.x, dot.y) for dot in dots]
        x = sum(point[0] for point in points) / len(points) if points else left
        y = sum(point[1] for point in points) / len(points) if points else top
        outline = " ".join(f"{px:.1f},{py:.1f}" for px, py in hull(points))
        patches.append(Patch(letter, name, place % COLOURS, len(homes), outline, x, y, dots))
    return Drawing(left, top, width, height, patches)


def _frame(shown: Sequence[Spot]) -> tuple[float, float, float, float]:
    if not shown:
        return 0.0, 0.0, SHEET, SHEET
    xs, ys = [spot.x for spot in shown], [spot.y for spot in shown]
    width = max(max(xs) - min(xs), 20.0)
    height = max(max(ys) - min(ys), width / 3)
    margin = max(width, height) * 0.08
    return min(xs) - margin, min(ys) - margin, width + 2 * margin, height + 2 * margin
