"""What a week's happenings come to for one person: in, out, born, died, moved. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wuyicun.domains.registry.rules import DIED, MISTAKEN, Whereabouts, age_on, is_away


class Change(StrEnum):
    """What has changed, in the order of the sheet."""

    IN = "in"
    BORN = "born"
    OUT = "out"
    DIED = "died"
    MOVED = "moved"
    AWAY = "away"
    BACK = "back"
    CORRECTED = "corrected"


class What(StrEnum):
    """What can happen to somebody on the list."""

    ENTERED = "entered"
    LEFT = "left"
    RETURNED = "returned"
    PLACED = "placed"
    STAYS = "stays"


@dataclass(frozen=True)
class Happening:
    """Something that was done, in the order of time.

    Attributes:
        code: why somebody left; where somebody is now; how somebody came onto the list (`by_hand`, `import`,
            `birth`).
        start, end: the areas or houses between which somebody moved; '' where it is not known.
    """

    what: What
    at: datetime
    code: str = ""
    start: str = ""
    end: str = ""
    by: str = ""


@dataclass(frozen=True)
class Outcome:
    """What it comes to."""

    change: Change
    at: datetime
    code: str = ""
    start: str = ""
    end: str = ""
    by: str = ""


BIRTH = "birth"
_REGISTER = (What.ENTERED, What.LEFT, What.RETURNED)
_OUT = {DIED: Change.DIED, MISTAKEN: Change.CORRECTED, "merged": Change.CORRECTED}


def outcomes(happenings: Sequence[Happening], born: date | None) -> list[Outcome]:
    """Only what holds at the end of the week: who came and left in it, or left and returned, has not changed.

    Args:
        happenings: of one person, earliest first.
        born: who enters the list before the first birthday is born, and whose birth is registered later.
    """
    register = [each for each in happenings if each.what in _REGISTER]
    was_there = not register or register[0].what is What.LEFT
    is_there = not register or register[-1].what is not What.LEFT
    if not is_there:
        return [_said(_OUT.get(register[-1].code, Change.OUT), register[-1])] if was_there else []
    if not was_there:
        first = register[-1]
        young = first.what is What.ENTERED and born is not None and age_on(born, first.at.date()) < 1
        new_born = young or any(each.code == BIRTH for each in register)
        return [_said(Change.BORN if new_born else Change.IN, first)]
    return [*_moved(happenings), *_stays(happenings)]


def _moved(happenings: Sequence[Happening]) -> list[Outcome]:
    placed = [each for each in happenings if each.what is What.PLACED]
    if not placed or (placed[0].start and placed[0].start == placed[-1].end):
        return []
    last = placed[-1]
    return [Outcome(Change.MOVED, last.at, "", placed[0].start, last.end, last.by)]


def _stays(happenings: Sequence[Happening]) -> list[Outcome]:
    stays = [each for each in happenings if each.what is What.STAYS]
    if not stays:
        return []
    return [_said(Change.AWAY if is_away(Whereabouts(stays[-1].code)) else Change.BACK, stays[-1])]


def _said(change: Change, happening: Happening) -> Outcome:
    return Outcome(change, happening.at, happening.code, happening.start, happening.end, happening.by)
