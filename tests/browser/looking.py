"""How the walks over all pages look at one: whole, narrow enough, accessible, and in the other language."""

from __future__ import annotations

from collections.abc import Iterable

from tests.browser.visitor import Visitor

ROLES = ("shuji", "wanggeyuan", "cunyi", "caiyang", "zhuanyun", "shenji")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def look(visitor: Visitor, path: str) -> list[str]:
    """What is wrong with a page at a desk, and on a screen as narrow as a phone's.

    At the desk axe looks with the secretary, who sees all that the others see; on the phone with everybody.
    """
    visitor.at_the_desk()
    visitor.open(path)
    wrong = visitor.too_wide() if visitor.user_name in ROLES[1:] else visitor.found_wrong()
    visitor.as_on_a_phone()
    return wrong + visitor.found_wrong()


def read(visitor: Visitor, path: str, data: frozenset[str]) -> list[str]:
    """What is wrong with an English page."""
    visitor.at_the_desk()
    visitor.open(path)
    wrong = visitor.too_wide() + [f"{path} in Chinese: {text}" for text in visitor.chinese_left(data)]
    visitor.as_on_a_phone()
    return wrong + visitor.too_wide()


def told(wrong: Iterable[str]) -> str:
    """All of it, a line each, so that one run names everything that is to be mended."""
    return "\n".join(dict.fromkeys(wrong))
