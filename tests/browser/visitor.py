"""Somebody at the screen, at a desk or with a phone in hand, in Chinese or English; and what is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from wuyicun.config.environment import ROOT
from wuyicun.domains.territory import queries as territory

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 10_000
"""How long an answer may take on a machine with two cores that is busy with something else."""
CHINESE = "\u3400-\u9fff"

_PUNCTUATION = re.compile("[，。、：；！？（）]")
_LACKS_NETWORK = re.compile(r"net::ERR_|Failed to load resource")
# The next letter came before the answer to the last: htmx gave that request up, as hx-sync asks, and says so.
_GAVE_UP = re.compile(r"^htmx:(afterRequest|sendAbort)\b")
_SERIOUS = """async () => {
    // The rows of a list are alike: the first few stand for all.
    const rest = ['tbody tr:nth-child(n+6)', '.houses > :nth-child(n+5)', '.chips > :nth-child(n+6)'];
    const looked = {include: document, exclude: rest.map((each) => [each])};
    const found = await axe.run(looked, {resultTypes: ['violations']});
    return found.violations
        .filter(({impact}) => impact === 'serious' || impact === 'critical')
        .map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 160)).join(' | ').slice(0, 600)}`);
}"""
# Words that spill out of what they stand in, and what makes the whole page wider than the screen.
_TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    const spilling = [...document.querySelectorAll('main button, main .btn, main .figure, main .tag, main .state')]
        .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
        .map((each) => `${each.innerText.trim().slice(0, 40)} is wider than its ${each.className || 'button'}`);
    if (document.documentElement.scrollWidth <= width + 1) return [...new Set(spilling)].slice(0, 5);
    return [...document.querySelectorAll('body *')]
        .map((each) => [each, Math.round(each.getBoundingClientRect().right)])
        .filter(([_, right]) => right > width + 1)
        .map(([each, right]) => `${each.tagName.toLowerCase()}.${each.className} to ${right} of ${width}`)
        .slice(-3);
}"""
_WORDS = """() => {
    const shown = (element) => element && element.checkVisibility({visibilityProperty: true})
        && !element.closest('[lang|=zh], script, style, noscript');
    const found = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (shown(node.parentElement)) found.push(node.textContent.trim());
    for (const element of document.querySelectorAll('body *'))
        if (shown(element))
            for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-confirm'])
                if (element.hasAttribute(name)) found.push(element.getAttribute(name));
    return found.filter((words) => /[\\u3400-\\u9fff\\u3001\\u3002\\uff01-\\uff1f]/.test(words));
}"""

_TEXT_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('character varying', 'text', 'jsonb')
      AND table_name ~ %s
      AND has_table_privilege(table_name, 'SELECT')
"""
# What people typed: the rooms' tables, but not the profiles', whose names we translate.
_OF_ROOMS = [
    app.label for app in apps.get_app_configs() if app.name.startswith("wuyicun.domains.") and app.label != "profiles"
]
# A man is a sex, which we translate; a daughter (女) is also a relation, which people type.
_ALSO_WORDS_OF_OURS = frozenset({"男"})


@dataclass
class Site:
    """A server that is up.

    Attributes:
        url: where.
        passwords: of the accounts by user name.
        database: enters the village's scope in this process.
        logins: the cookies of who has logged in before, by user name.
    """

    url: str
    passwords: dict[str, str]
    village_id: UUID
    village_path: str
    database: Callable[[], AbstractContextManager[None]]
    logins: dict[str, Any] = field(default_factory=dict)

    def area_path(self, name: str) -> str:
        """Of an area by its name; the village's when empty. Inside `database` only."""
        if not name:
            return self.village_path
        return next(area.area_path for area in territory.areas(self.village_id) if area.name == name)

    def words(self) -> frozenset[str]:
        """Each run of Chinese characters that stands in a text of the database: names, titles, what people typed."""
        with self.database(), connection.cursor() as cursor:
            cursor.execute(_TEXT_COLUMNS, [f"^({'|'.join([*_OF_ROOMS, 'accounts'])})_"])
            texts = []
            for table, column in cursor.fetchall():
                names = (connection.ops.quote_name(column), connection.ops.quote_name(table))
                cursor.execute("SELECT DISTINCT {}::text FROM {}".format(*names))
                texts += [text for (text,) in cursor.fetchall() if text]
        return frozenset(run for text in texts for run in chinese_in(text)) - _ALSO_WORDS_OF_OURS


class Visitor:
    """Somebody at the screen. Without a user name, a stranger.

    Args:
        fresh: has a log-in of their own, that can be ended without ending that of other tests.
    """

    def __init__(
        self,
        browser: Browser,
        site: Site,
        user_name: str,
        *,
        phone: bool = False,
        english: bool = False,
        fresh: bool = False,
    ) -> None:
        self.site, self.user_name = site, user_name
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            is_mobile=phone,
            has_touch=phone,
            locale="en-GB" if english else "zh-CN",
            timezone_id="Asia/Shanghai",
            storage_state=None if fresh else site.logins.get(user_name),
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.faults: list[str] = []
        self.page: Page = self.new_page()
        if user_name and (fresh or user_name not in site.logins):
            self.log_in()
            if not fresh:
                site.logins[user_name] = self.context.storage_state()

    def new_page(self) -> Page:
        """Another page of the same browser, watched for faults as the first."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._hear)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        # What the server refuses and what the network loses is looked at on the page itself.
        if message.type == "error" and not (_LACKS_NETWORK.search(message.text) or _GAVE_UP.search(message.text)):
            self.faults.append(f"{message.location.get('url', '')}: {message.text}")

    def log_in(self) -> None:
        """Through the form, as everybody does."""
        self.open("/account/login/")
        self.page.fill("input[name=login]", self.user_name)
        self.page.fill("input[name=password]", self.site.passwords[self.user_name])
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda address: "/account/login/" not in address)

    def open(self, path: str) -> Page:
        """Open a page; it must be there."""
        answer = self.page.goto(self.site.url + path)
        assert answer is not None, path
        assert answer.ok, f"{path}: {answer.status}"
        return self.page

    def at_the_desk(self) -> None:
        """Make the window wide."""
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def as_on_a_phone(self) -> None:
        """Make the window as narrow as a phone."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    def check(self) -> None:
        """No script failed, nothing is too wide for the screen, and axe finds nothing serious."""
        found = self.found_wrong()
        assert not found, "\n".join(found)

    def found_wrong(self) -> list[str]:
        """What `check` finds, each with the page's address."""
        found = [*self.too_wide(), *(f"{self.address} {each}" for each in serious(self.page)), *self.faults]
        self.faults.clear()
        return found

    @property
    def address(self) -> str:
        """Where the page is, without the server's name."""
        return self.page.url.removeprefix(self.site.url)

    def too_wide(self) -> list[str]:
        """What stands out of the screen sideways."""
        return [f"{self.address} is too wide: {each}" for each in self.page.evaluate(_TOO_WIDE)]

    def chinese_left(self, data: Iterable[str]) -> list[str]:
        """Texts in which Chinese stands that is none of the village's data, or Chinese punctuation."""
        known = set(data)
        texts: list[str] = self.page.evaluate(_WORDS)
        return [text for text in dict.fromkeys(texts) if set(chinese_in(text)) - known or _PUNCTUATION.search(text)]


def chinese_in(text: str) -> list[str]:
    """Each run of Chinese characters."""
    return re.findall(f"[{CHINESE}]+", text)


def serious(page: Page) -> list[str]:
    """What axe finds that is serious or worse."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(_SERIOUS)
    return found


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
