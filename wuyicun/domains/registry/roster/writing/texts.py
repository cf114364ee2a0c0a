"""How texts, widths and sheet names are written so that Excel keeps them as they are and runs nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

TEXT_FORMAT = "@"
"""Excel's format for cells that keep every digit that is typed into them."""

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_SHEET_NAME = 31
_LONGEST_TEXT = 32_000


def needs_quoting(text: str) -> bool:
    """Whether Excel would take the text for a formula if somebody opened the cell and pressed Enter."""
    return text.startswith(_STARTS_A_FORMULA)


def shortened(text: str) -> str:
    """No longer than a cell can hold."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def width(text: str) -> int:
    """How wide a text is in columns of one Latin letter: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names that Excel takes for sheets, each once."""
    taken: set[str] = set()
    found = []
    for name in names:
        wanted = _NOT_IN_A_SHEET_NAME.sub("_", name).strip("'")[:_LONGEST_SHEET_NAME] or "_"
        unique, number = wanted, 2
        while unique.lower() in taken or unique.lower() == "history":
            ending = f"_{number}"
            unique, number = wanted[: _LONGEST_SHEET_NAME - len(ending)] + ending, number + 1
        taken.add(unique.lower())
        found.append(unique)
    return found
