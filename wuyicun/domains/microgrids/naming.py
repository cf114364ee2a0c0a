"""How new micro-grids are called: 第三微网格, kept like any other name."""

from __future__ import annotations

from collections.abc import Collection

_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1 to 99 as they are written in names: 三, 十二, 二十."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + ("" if ones == 0 else _DIGITS[ones])


def free_name(taken: Collection[str]) -> str:
    """The name of a new micro-grid of a section: the first 第…微网格 that is not taken."""
    number = 1
    while (name := f"第{chinese_number(number)}微网格") in taken:
        number += 1
    return name
