"""Sizes, names and the sheet of the map."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from math import cos, radians

SHEET = 1000.0
"""How wide the sheet of a map is, in its own units."""
MARGIN = 60.0
METRES_A_DEGREE = 111_320.0
"""Length of a degree of latitude; of longitude, times the cosine of the latitude."""

TARGET, WARN_ABOVE = 50, 60
"""Households of a micro-grid: what the plan speaks of (服务50户左右), and from where on it is too much."""


class Happened(StrEnum):
    """What can befall a micro-grid."""

    MADE = "made"
    RETIRED = "retired"
    RESTORED = "restored"
    CAME = "came"
    WENT = "went"
    MERGED = "merged"
    TOOK_IN = "took_in"


class Stage(StrEnum):
    """How far a proposal is."""

    WORKING = "working"
    READY = "ready"
    STOPPED = "stopped"
    FAILED = "failed"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


class Source(StrEnum):
    """Where a point on the map comes from."""

    CLICK = "click"
    FILE = "file"


def letter(place: int) -> str:
    """A, B … Z, AA, AB …: what a micro-grid is called on the map."""
    return chr(65 + place) if place < 26 else letter(place // 26 - 1) + letter(place % 26)


def hull(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The outline around points (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return tuple(ordered)
    return (*_half(ordered)[:-1], *_half(ordered[::-1])[:-1])


def _half(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for point in points:
        while len(found) > 1 and _turn(found[-2], found[-1], point) <= 0:
            found.pop()
        found.append(point)
    return found


def _turn(first: tuple[float, float], second: tuple[float, float], third: tuple[float, float]) -> float:
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0])


class Sheet:
    """Where longitude and latitude lie on the sheet.

    Args:
        west, north: of the sheet's corner, in degrees.
        metres: how wide a unit of the sheet is.
    """

    def __init__(self, west: float, north: float, metres: float) -> None:
        self.west, self.north, self.metres = west, north, metres

    @classmethod
    def around(cls, points: Collection[tuple[float, float]]) -> Sheet:
        """A sheet on which all these (longitude, latitude) have room."""
        longitudes, latitudes = [each[0] for each in points], [each[1] for each in points]
        north, west = max(latitudes), min(longitudes)
        shrink = cos(radians(north))
        width = (max(longitudes) - west) * METRES_A_DEGREE * shrink
        height = (north - min(latitudes)) * METRES_A_DEGREE
        metres = max(width, height, 100.0) / (SHEET - 2 * MARGIN)
        margin = MARGIN * metres / METRES_A_DEGREE
        return cls(west - margin / shrink, north + margin, metres)

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The point of the sheet."""
        shrink = cos(radians(self.north))
        x = (longitude - self.west) * METRES_A_DEGREE * shrink / self.metres
        y = (self.north - latitude) * METRES_A_DEGREE / self.metres
        return round(x, 3), round(y, 3)
