"""The sampling page, as a sampler handles it: each step waits for what it shows, and for nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.scene import Round
from tests.browser.visitor import Visitor

STATION = "村委会广场采样点"


class Sampler:
    """A phone in the hand of a sampler, at a station of a round."""

    def __init__(self, visitor: Visitor, round_: Round) -> None:
        self.visitor, self.page = visitor, visitor.page
        visitor.open("/field/")
        self.page.get_by_role("button", name=round_.title).click()
        self.page.get_by_role("button", name=STATION).click()
        self.page.get_by_role("button", name="开始采样").click()

    def open_tube(self, code: str) -> None:
        """Scan a new tube."""
        self.page.get_by_label("试管编号").fill(code)
        self.page.get_by_role("button", name="开管").click()
        expect(self.page.get_by_role("heading", name=code)).to_be_visible()

    def find(self, text: str) -> None:
        """Scan or type somebody: a scanner ends with Enter."""
        self.page.get_by_label("扫卡，或键入姓名、门牌号").fill(text)
        self.page.keyboard.press("Enter")

    def take(self, person: Mapping[str, Any], text: str = "") -> None:
        """Look somebody up, pick them from the list when several are meant, and read their name back."""
        self.find(text or person["name"])
        match = self.page.locator("button.match", has_text=person["name"])
        expect(match.first.or_(self.read_back)).to_be_visible()
        if match.count():
            match.first.click()
        expect(self.name).to_have_text(person["name"])

    def swab(self) -> None:
        """The big button: it is this person, and the swab is in the tube."""
        self.read_back.get_by_role("button", name="采样", exact=True).click()
        expect(self.read_back).to_be_hidden()

    @property
    def read_back(self) -> Locator:
        """Who it is, big."""
        return self.page.locator(".read[role=dialog]")

    @property
    def name(self) -> Locator:
        """The name that is read back."""
        return self.page.locator("#read-name")

    def counts(self, count: int, pool: int) -> None:
        """The big counter."""
        expect(self.page.get_by_role("status", name=f"已采 {count} 人，共 {pool} 人")).to_be_visible()

    def stored(self, count: int) -> None:
        """How many records this phone has not sent yet."""
        expect(self.page.get_by_role("button", name=re.compile(f"^已存本机 {count}，"))).to_be_visible()

    def send(self) -> Page:
        """Send now what waits for its undo time, and wait for the answer; stays on 我的."""
        self.tab("我的")
        self.page.get_by_role("button", name="现在上传").click()
        return self.all_sent()

    def all_sent(self) -> Page:
        """The server has answered for everything."""
        self.tab("我的")
        expect(self.page.get_by_role("heading", name="记录都已上传")).to_be_visible()
        return self.page

    def tab(self, name: str) -> None:
        """One of the tabs below."""
        self.page.get_by_role("tab", name=name).click()
