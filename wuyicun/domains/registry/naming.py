"""How households and numbers are called on screens and paper. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wuyicun.kernel.spelling import normal, readings, shortened, units

_DOOR = re.compile(r"(?P<place>\D{1,12}?)\s*(?P<number>[0-9]{1,5}(?:-[0-9]{1,4})?)\s*号")


def door_of(address: str) -> tuple[str, str] | None:
    """The place and the number on the door that a short address gives (北头岭1号), else None."""
    found = _DOOR.fullmatch(address.strip())
    return None if found is None else (found["place"].strip(), found["number"])


def house_label(section: str, number: str, address: str = "") -> str:
    """What people call a house: 北头岭 12 号.

    The number on the door, where the address gives one, since that is what stands before one's eyes; else the
    household's number.

    Args:
        section: the name of the section, '' when the household is not placed.
        number: the household's number.
        address: its address as the roster gives it.
    """
    place, shown = door_of(address) or (section, number)
    return f"{place} {shown} 号".strip()


def masked_id(number: str) -> str:
    """1403**********6613: the county, and the last four digits."""
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" if len(number) > 8 else "*" * len(number)


def keys_of_house(section: str, number: str, address: str) -> set[str]:
    """What a house is found by: its number, the number at its door, and either behind the place's name as written,
    in pinyin and in initials (北头岭12, beitouling12, btl12); and the whole address."""
    keys = {normal(number), normal(address)}
    keys.update(_numbered(section, number))
    door = door_of(address)
    if door is not None:
        keys.update((normal(door[1]), *_numbered(*door)))
    return shortened(keys)


def _numbered(place: str, number: str) -> Iterable[str]:
    end = normal(number)
    yield "".join(units(place)) + end
    for reading in readings(place):
        yield "".join(reading) + end
        yield "".join(syllable[0] for syllable in reading) + end
