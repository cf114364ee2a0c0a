"""Points from a table: a sheet with 经度 and 纬度 columns beside 片区 and 户号, or the name of a place."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from wuyicun.domains.microgrids.geojson import Point
from wuyicun.domains.registry.importing import reading
from wuyicun.domains.registry.roster.book import Cell, Sheet
from wuyicun.kernel.errors import Refusal

TITLES: Mapping[str, Sequence[str]] = {
    "longitude": ("经度", "东经", "longitude", "lon", "lng"),
    "latitude": ("纬度", "北纬", "latitude", "lat"),
    "section": ("片区", "网格", "section"),
    "number": ("户号", "门牌号", "number"),
    "name": ("名称", "点位", "点位名称", "name"),
}
LOOKED_AT = 10
"""Rows at the top of a sheet among which the titles are looked for."""


class NoColumns(Refusal):
    """No sheet has the titles."""

    code = "no_point_columns"
    status = 400
    words = _("表里没有“经度”“纬度”两列")


def read(content: bytes, name: str) -> Sequence[Point]:
    """The points of an Excel or CSV file, read in a limited child process.

    Raises:
        FileRefused: it can't be read.
        NoColumns: no sheet has the titles.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points"
        path.write_bytes(content)
        book = reading.read(path, name=name)
    titled = [found for sheet in book.sheets if (found := _titles(sheet)) is not None]
    if not titled:
        raise NoColumns
    return [point for sheet, row, columns in titled for point in _points(sheet, row, columns)]


def _titles(sheet: Sheet) -> tuple[Sheet, int, Mapping[str, int]] | None:
    for number, row in enumerate(sheet.rows[:LOOKED_AT]):
        said = {_text(cell).lower(): column for column, cell in enumerate(row)}
        columns = {
            field: said[title] for field, titles in TITLES.items() for title in reversed(titles) if title in said
        }
        if {"longitude", "latitude"} <= columns.keys():
            return sheet, number + 1, columns
    return None


def _points(sheet: Sheet, start: int, columns: Mapping[str, int]) -> Iterator[Point]:
    for row in sheet.rows[start:]:
        said = {field: _text(row[column]) if column < len(row) else "" for field, column in columns.items()}
        try:
            longitude, latitude = float(said["longitude"]), float(said["latitude"])
        except ValueError:
            continue
        if -180 <= longitude <= 180 and -85 <= latitude <= 85:
            yield Point(said.get("name", ""), said.get("section", ""), said.get("number", ""), longitude, latitude)


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
