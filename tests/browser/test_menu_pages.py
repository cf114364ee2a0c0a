"""Every page that the menu leads to: there, whole, narrow enough, accessible, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import pytest

from tests.browser.conftest import Data, Visit
from tests.browser.looking import ROLES, UUID, look, read, told
from tests.browser.scene import Round
from tests.browser.visitor import Visitor


@dataclass
class Walk:
    """What somebody saw who went through the whole menu: by page what is wrong, and the links by their kind."""

    wrong: list[str] = field(default_factory=list)
    pages: dict[str, None] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def note(self, page: str, hrefs: list[str]) -> None:
        """One link of a kind is enough: addresses that differ in an id or in what is asked lead to the same view."""
        for href in hrefs:
            address = href if href.startswith("/") else page.partition("?")[0] + href
            self.links.setdefault(re.sub(f"{UUID}|=[^&]*", "", address), address)


@pytest.fixture(scope="session")
def walk(resident: Visit, busy_round: Round) -> Callable[[str], Walk]:
    """Goes through somebody's menu, once a session."""

    @cache
    def go(user_name: str) -> Walk:
        visitor, seen = resident(user_name), Walk()
        waiting = ["/"]
        while waiting:
            path = waiting.pop(0)
            seen.pages[path] = None
            seen.wrong += look(visitor, path)
            seen.note(path, hrefs(visitor, "main a[href^='/'], main a[href^='?']"))
            shown = hrefs(visitor, "header nav a")
            waiting += [each for each in dict.fromkeys(shown) if each not in seen.pages and each not in waiting]
        return seen

    return go


def hrefs(visitor: Visitor, selector: str) -> list[str]:
    """The addresses that links lead to."""
    found: list[str] = visitor.page.eval_on_selector_all(
        selector, "all => all.map((each) => each.getAttribute('href'))"
    )
    return found


@pytest.mark.parametrize("user_name", ROLES)
def test_every_page_of_the_menu_is_whole(walk: Callable[[str], Walk], user_name: str) -> None:
    assert not told(walk(user_name).wrong)


@pytest.mark.parametrize("user_name", ROLES)
def test_no_link_of_the_menus_pages_leads_nowhere(resident: Visit, walk: Callable[[str], Walk], user_name: str) -> None:
    site, ask = resident(user_name).site, resident(user_name).context.request
    answers = {
        address: ask.get(site.url + address).status
        for kind, address in walk(user_name).links.items()
        if kind not in walk(user_name).pages
    }
    assert not told(f"{address}: {status}" for address, status in answers.items() if status != 200)


@pytest.mark.parametrize("user_name", ROLES)
def test_every_page_of_the_menu_is_english_for_who_wants_english(
    resident: Visit, walk: Callable[[str], Walk], data: Data, user_name: str
) -> None:
    visitor = resident(user_name, english=True)
    read_before = () if user_name == ROLES[0] else walk(ROLES[0]).pages
    pages = ["/", *(path for path in walk(user_name).pages if path not in read_before)]
    assert not told(wrong for path in dict.fromkeys(pages) for wrong in read(visitor, path, data()))
