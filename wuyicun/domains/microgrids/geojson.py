"""Points from GeoJSON (RFC 7946): features with a point, and a name or a section and house number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.errors import Refusal

NAMES, SECTIONS, NUMBERS = ("name", "名称", "户"), ("section", "片区"), ("number", "户号")


class NotGeoJson(Refusal):
    """The file can't be read as points."""

    code = "not_geojson"
    status = 400
    words = _("这不是带点的 GeoJSON 文件")


@dataclass(frozen=True, slots=True)
class Point:
    """A point and what it stands for."""

    name: str
    section: str
    number: str
    longitude: float
    latitude: float


class _Geometry(msgspec.Struct):
    type: str
    coordinates: Any = None


class _Feature(msgspec.Struct):
    geometry: _Geometry | None = None
    properties: dict[str, Any] | None = None


class _Collection(msgspec.Struct):
    features: list[_Feature]


def read(content: bytes) -> Sequence[Point]:
    """The points of a file.

    Raises:
        NotGeoJson: it is not GeoJSON, or holds no point.
    """
    try:
        features = msgspec.json.decode(content, type=_Collection).features
    except msgspec.DecodeError:
        raise NotGeoJson from None
    found = [point for feature in features if (point := _point(feature)) is not None]
    if not found:
        raise NotGeoJson
    return found


def _point(feature: _Feature) -> Point | None:
    geometry, said = feature.geometry, feature.properties or {}
    if geometry is None or geometry.type != "Point" or not isinstance(geometry.coordinates, list):
        return None
    match geometry.coordinates[:2]:
        case [int() | float() as longitude, int() | float() as latitude] if (
            -180 <= longitude <= 180 and -85 <= latitude <= 85
        ):
            return Point(
                _text(said, NAMES), _text(said, SECTIONS), _text(said, NUMBERS), float(longitude), float(latitude)
            )
    return None


def _text(said: dict[str, Any], keys: Sequence[str]) -> str:
    return next((str(said[key]).strip() for key in keys if said.get(key) is not None), "")
