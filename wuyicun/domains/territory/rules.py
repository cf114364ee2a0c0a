"""Codes of areas: the official 12 digits down to the village, then 3 per grid and 2 per micro-grid.

Grids are numbered below the division code as CJ/T 349-2010 does it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

VILLAGE_DIGITS = 12
GRID_DIGITS = 3
MICRO_GRID_DIGITS = 2
UNPLACED_CODE = "000"


class Level(StrEnum):
    """Levels of a village's own tree."""

    VILLAGE = "village"
    GRID = "grid"
    MICRO_GRID = "micro_grid"
    UNPLACED = "unplaced"


LEAVES = (Level.MICRO_GRID, Level.UNPLACED)


class TooMany(ValueError):
    """No code of this width is free below the area."""


def village_path(code: str) -> str | None:
    """The area path of a village's official code: twelve digits, or None when it is not one."""
    digits = code.strip()
    return digits if len(digits) == VILLAGE_DIGITS and digits.isdecimal() and digits.isascii() else None


def next_path(parent: str, level: Level, taken: Iterable[str]) -> str:
    """The first free path of a grid or micro-grid below `parent`, never one that was used before.

    Raises:
        TooMany: all codes of that width are taken.
    """
    width = GRID_DIGITS if level is Level.GRID else MICRO_GRID_DIGITS
    used = {int(path[len(parent) :]) for path in taken if len(path) == len(parent) + width and path.startswith(parent)}
    number = max(used, default=0) + 1
    if number >= 10**width:
        raise TooMany(parent)
    return f"{parent}{number:0{width}d}"
