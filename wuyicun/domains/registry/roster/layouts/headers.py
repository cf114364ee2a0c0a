"""Finds the rows that hold the column titles: below title lines, in one row or joined from two or three."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from wuyicun.domains.registry.roster.book import Cells, Sheet
from wuyicun.domains.registry.roster.fields import Field
from wuyicun.domains.registry.roster.layouts.content import is_data, shown
from wuyicun.domains.registry.roster.words import headers

_SEARCHED_ROWS = 40
_DEEPEST = 3
_FEWEST_TITLES = 2
_EXACT_WEIGHT, _RESEMBLED_WEIGHT, _PER_ROW = 1.0, 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Header:
    """The titles of a sheet.

    Attributes:
        rows: the rows that hold them, counted as in Excel; empty when the sheet has none.
        titles: for each column the title and, above it, the wider titles that span it: the lowest first.
    """

    rows: tuple[int, ...]
    titles: tuple[tuple[str, ...], ...]


Naming = Callable[[tuple[str, ...]], tuple[StrEnum | None, float]]
"""Says which field a column's titles name, and how sure that is."""


def find(sheet: Sheet, naming: Naming | None = None) -> Header | None:
    """The rows whose texts are most like column titles; None when no row has at least two.

    Args:
        sheet: the sheet.
        naming: knows the titles; a roster's when it is left out.
    """
    naming = naming or field_of
    best: tuple[float, Header] | None = None
    for first in range(1, min(len(sheet.rows), _SEARCHED_ROWS) + 1):
        for depth in range(1, _DEEPEST + 1):
            rows = tuple(range(first, first + depth))
            if rows[-1] > len(sheet.rows) or any(is_data(cell) for cell in sheet.row(rows[-1])):
                break
            header = read(sheet, rows)
            score = _score(header, naming)
            if best is None or score > best[0]:
                best = (score, header)
    if best is None or _fields(best[1], naming) < _FEWEST_TITLES:
        return None
    header = best[1]
    return read(sheet, (*header.rows, header.rows[-1] + 1)) if _goes_on(sheet, header.rows[-1]) else header


def _goes_on(sheet: Sheet, last: int) -> bool:
    """Whether the row below only divides titles that span several columns ('联系方式' into '本人' and '家属')."""
    wide = [merged for merged in sheet.merged if merged.top <= last == merged.bottom and merged.left < merged.right]
    below = [(index, cell) for index, cell in enumerate(sheet.row(last + 1)) if cell is not None]
    return bool(below) and all(
        not is_data(cell) and any(merged.left <= index <= merged.right for merged in wide) for index, cell in below
    )


def read(sheet: Sheet, rows: tuple[int, ...]) -> Header:
    """The titles in the given rows, with merged cells spread over what they span."""
    lines = [_spread(sheet, number) for number in rows]
    width = max((len(line) for line in lines), default=0)
    columns = []
    for index in range(width):
        stack = [line[index] for line in reversed(lines) if index < len(line) and line[index]]
        columns.append(tuple(dict.fromkeys(stack)))
    return Header(rows, tuple(columns))


def _spread(sheet: Sheet, number: int) -> list[str]:
    texts = [shown(cell).strip() for cell in sheet.row(number)]
    for merged in sheet.merged:
        if not merged.top <= number <= merged.bottom or merged.left == merged.right:
            continue
        source = sheet.row(merged.top)
        text = shown(source[merged.left]).strip() if merged.left < len(source) else ""
        texts.extend([""] * (min(merged.right, 256) + 1 - len(texts)))
        texts[merged.left : merged.right + 1] = [text] * (merged.right + 1 - merged.left)
    return texts


def field_of(titles: tuple[str, ...]) -> tuple[Field | None, float]:
    """The field that a column's titles name, and how sure that is: the lowest title first, then all joined."""
    joined = "".join(reversed(titles))
    for title in (*titles[:1], joined, *titles[1:]):
        if field := headers.known(title):
            return field, _EXACT_WEIGHT
    for title in (*titles[:1], joined):
        if field := headers.resembled(title):
            return field, _RESEMBLED_WEIGHT
    return None, 0.0


def _score(header: Header, naming: Naming) -> float:
    certainty: dict[StrEnum, float] = {}
    for titles in header.titles:
        field, weight = naming(titles)
        if field:
            certainty[field] = max(weight, certainty.get(field, 0.0))
    return sum(certainty.values()) - _PER_ROW * len(header.rows)


def _fields(header: Header, naming: Naming) -> int:
    return len({field for titles in header.titles if (field := naming(titles)[0])})


def is_repeated(cells: Cells, header: Header) -> bool:
    """Whether a row below repeats the titles, as on the next printed page."""
    texts = [shown(cell).strip() for cell in cells]
    same = sum(bool(text) and text in titles for text, titles in zip(texts, header.titles, strict=False))
    return same >= _FEWEST_TITLES and same * 2 > sum(bool(text) for text in texts)
