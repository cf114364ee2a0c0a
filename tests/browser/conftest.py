"""A real server over a real database with the demonstration's village, and a real Chromium that looks at it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.database import TestDatabase
from wuyicun.config.demo import fill

AXE = Path(__file__).resolve().parent.parent.parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
READY_SECONDS = 60

# Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass(frozen=True)
class Site:
    """A server that is up: where, and the accounts of the village by user name."""

    url: str
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def site(django_db_setup: None, test_database: TestDatabase, django_db_blocker: Any) -> Iterator[Site]:
    """The program as it is served, with the demonstration's village in it; one for all browser tests, in their order."""
    with django_db_blocker.unblock():
        accounts = fill.prepare(lambda line: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--workers", "1", "--blocking-threads", "16", "wuyicun.config.wsgi:application"],
        env={**os.environ, "WUYI_DATABASE": test_database.name, "WUYI_PORT": str(port)},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        yield Site(url, {account.user_name: account.password for account in accounts})
    finally:
        server.terminate()
        server.wait(timeout=20)
        with django_db_blocker.unblock():
            test_database.restore()


def _wait(url: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium that `./wuyi test` found."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("WUYI_CHROMIUM") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


class Visitor:
    """Somebody who is logged in, at a desktop or on a phone, in Chinese or English."""

    def __init__(self, browser: Browser, site: Site, user_name: str, *, phone: bool = False, english: bool = False) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            locale="en-GB" if english else "zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=phone,
        )
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.open("/account/login/")
        self.page.fill("input[name=login]", user_name)
        self.page.fill("input[name=password]", site.passwords[user_name])
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(f"{site.url}/**")

    def open(self, path: str) -> Page:
        """Open a page; it must be there."""
        answer = self.page.goto(self.site.url + path)
        assert answer is not None and answer.ok, f"{path}: {answer and answer.status}"
        return self.page

    def check(self) -> None:
        """No script failed, nothing overflows sideways, and axe finds nothing serious."""
        assert self.faults == []
        wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 1, f"{self.page.url} overflows by {wider} px"
        assert serious(self.page) == []


def serious(page: Page) -> list[str]:
    """What axe finds that is serious or worse."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Any]:
    """`visit("shuji", phone=True)` logs somebody in."""
    visitors: list[Visitor] = []

    def come(user_name: str, **how: bool) -> Visitor:
        visitors.append(Visitor(chromium, site, user_name, **how))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()
