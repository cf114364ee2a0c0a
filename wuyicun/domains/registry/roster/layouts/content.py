"""What a column's values look like, whatever its title says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from wuyicun.domains.registry.roster.book import Cell
from wuyicun.domains.registry.roster.fields import Field
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import plain

_ID = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_DATE = re.compile(r"(?:18|19|20)[0-9]{2}[-/.年]?[01]?[0-9](?:[-/.月]?[0-3]?[0-9]日?)?(?:[T ].*)?")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}|[\u3400-\u9fff]+·[\u3400-\u9fff]+")
_SPACES = re.compile(r"[\s'\-]")
_MOST = 0.8


def shown(cell: Cell) -> str:
    """A cell as a sample for people: a whole number without its decimals, a date without its time."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else cell if isinstance(cell, str) else cell.text


def looks_like(cells: Sequence[Cell]) -> Field | None:
    """The field that four in five values of a column fit, of those that can be told by their look."""
    filled = [cell for cell in cells if cell is not None]
    if not filled:
        return None
    found = [_look(cell) for cell in filled]
    for field in (Field.ID_NUMBER, Field.PHONE, Field.SEX, Field.BIRTH_DATE):
        if found.count(field) >= _MOST * len(filled):
            return field
    return None


def _look(cell: Cell) -> Field | None:
    if isinstance(cell, date):
        return Field.BIRTH_DATE
    text = _SPACES.sub("", plain(shown(cell)))
    if _ID.fullmatch(text):
        return Field.ID_NUMBER
    if _PHONE.fullmatch(text):
        return Field.PHONE
    if values.sex(text) is not None and not text.isdigit():
        return Field.SEX
    return Field.BIRTH_DATE if _DATE.fullmatch(text) else None


def look_like_names(cells: Sequence[Cell]) -> bool:
    """Whether the values can be people's names: two to four Chinese characters, few of them twice."""
    texts = [plain(cell).strip() for cell in cells if isinstance(cell, str)]
    fitting = [text for text in texts if _NAME.fullmatch(text) and values.sex(text) is None]
    filled = sum(cell is not None for cell in cells)
    return bool(filled) and len(fitting) >= _MOST * filled and len(set(fitting)) >= _MOST * len(fitting)


def is_data(cell: Cell) -> bool:
    """Whether the cell can only be a value, never a title: a number, a date, an id, a phone, 男 or 女."""
    if cell is None or isinstance(cell, bool):
        return False
    return not isinstance(cell, str) or _look(cell) is not None
