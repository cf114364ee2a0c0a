"""Codes of areas: the official 12 digits down to the village, then 3 per grid and 2 per micro-grid.

Grids are numbered below the division code as CJ/T 349-2010 does it.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Collection, Container, Iterable
from enum import StrEnum

from pypinyin import lazy_pinyin

VILLAGE_DIGITS = 12
GRID_DIGITS = 3
MICRO_GRID_DIGITS = 2
UNPLACED_CODE = "000"
SECTION_DIGITS = VILLAGE_DIGITS + GRID_DIGITS
"""So long is the path of a grid (片区), and so many digits of a micro-grid's path name the grid."""
MOST_LETTERS = 30
PROVINCES = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82}
)
"""The first two digits of a code, GB/T 2260-2007."""


class Level(StrEnum):
    """Levels of a village's own tree."""

    VILLAGE = "village"
    GRID = "grid"
    MICRO_GRID = "micro_grid"
    UNPLACED = "unplaced"


LEAVES = (Level.MICRO_GRID, Level.UNPLACED)


class Above(StrEnum):
    """Levels of the official divisions above a village, the widest first."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


ABOVE_DIGITS = {Above.PROVINCE: 2, Above.CITY: 4, Above.COUNTY: 6, Above.TOWNSHIP: 9}
"""How many digits of a village's code are each division's: GB/T 2260-2007 down to the county, then GB/T 10114-2003."""


def is_unplaced(area_path: str) -> bool:
    """Whether this is the path of a village's 未入网."""
    return area_path[VILLAGE_DIGITS:] == UNPLACED_CODE


class TooMany(ValueError):
    """No code of this width is free below the area."""


def village_path(code: str) -> str | None:
    """The area path of a village's official code: twelve digits, or None when it is not one."""
    digits = code.strip()
    return digits if len(digits) == VILLAGE_DIGITS and digits.isdecimal() and digits.isascii() else None


def plain_digits(code: str) -> str:
    """What was typed or copied as a code, with half-width digits and nothing between them."""
    return "".join(str(unicodedata.digit(each, each)) for each in code if not each.isspace() and each != "-")


def code_fault(code: str) -> str | None:
    """Why it is no official code of a village: `digits`, `province`, `city`, `town`, `village`; None when it is one.

    Two digits each of province, city and county (GB/T 2260), three each of town and village (GB/T 10114).
    """
    if village_path(code) is None:
        return "digits"
    if int(code[:2]) not in PROVINCES:
        return "province"
    if code[2:4] == "00":
        return "city"
    if code[6:9] == "000":
        return "town"
    return "village" if code[9:] == "000" else None


def proposed_username(name: str, taken: Container[str]) -> str:
    """A user name in pinyin that is free: 王海斌 is wanghaibin, the next one wanghaibin2."""
    letters = "".join(lazy_pinyin(name, errors=lambda text: "".join(filter(str.isalnum, text)))).lower()
    base = "".join(each for each in letters if each.isascii())[:MOST_LETTERS] or "user"
    names = itertools.chain([base], (f"{base}{number}" for number in itertools.count(2)))
    return next(each for each in names if each not in taken)


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


class UnitKind(StrEnum):
    """What a unit is. 指挥线 and 党组织线 stand on every area; the others beside them."""

    COMMAND = "command"
    PARTY = "party"
    DISPATCH_CENTRE = "dispatch_centre"
    DISPATCH_STATION = "dispatch_station"
    OFFICE = "office"
    HEALTH_COMMITTEE = "health_committee"
    COMMITTEE = "committee"
    PARTNER = "partner"


class Rank(StrEnum):
    """What somebody is in a unit, or on an area where no unit is named."""

    HEAD = "head"
    DEPUTY = "deputy"
    MEMBER = "member"


LINES = (UnitKind.COMMAND, UnitKind.PARTY)
EXPECTED: dict[Level, tuple[UnitKind, ...]] = {
    Level.VILLAGE: (*LINES, UnitKind.DISPATCH_CENTRE, UnitKind.OFFICE, UnitKind.HEALTH_COMMITTEE),
    Level.GRID: LINES,
    Level.MICRO_GRID: LINES,
}
"""What an area of a level has (E1.1-E1.3, E2.5); a station and partners are there where a village has any."""

LED = frozenset(UnitKind) - {UnitKind.COMMITTEE, UnitKind.PARTNER}
"""Units that somebody of ours leads: without a head their head's place is vacant."""

LEADER: dict[Level, str] = {
    Level.VILLAGE: "secretary",
    Level.GRID: "grid_leader",
    Level.MICRO_GRID: "micro_grid_leader",
}
"""The role that answers for an area, and so leads its command unit (E2.2)."""

TECHNICAL = ("administrator", "auditor")
"""Roles that look after the program, outside both lines."""

MOST_POSTS = 3
"""More than these at once are too many for one person; so is more than one area to answer for at one level."""


def head_role(kind: UnitKind, level: Level | None) -> str:
    """The role of who heads a unit: of a level's command unit its leader's; most heads need no rights for it."""
    if kind is UnitKind.COMMAND and level is not None:
        return LEADER[level]
    return "office" if kind is UnitKind.OFFICE else "member"


def holds_too_much(posts: Collection[tuple[str, str]]) -> bool:
    """Whether somebody with these (role, area) has too many: of the three roles that lead an area, each fits once."""
    led = [role for role, _area in set(posts) if role in LEADER.values()]
    return len(posts) > MOST_POSTS or len(led) > len(set(led))
