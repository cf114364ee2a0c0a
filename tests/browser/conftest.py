"""A real server over a real database with the demonstration's village, and a real Chromium that looks at it.

One server, one village and one browser for the whole session. A test opens rounds of its own and never counts on those
of others; nothing is waited for but what somebody at the screen would see.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser import scene
from tests.browser.scene import Round
from tests.browser.visitor import PATIENCE_MS, Site, Visitor
from tests.database import TestDatabase
from wuyicun.config.demo import fill
from wuyicun.config.environment import ROOT
from wuyicun.kernel import scope
from wuyicun.kernel.accounts import queries as accounts

BUILT = ROOT / "wuyicun" / "static" / "built" / "manifest.json"
SECTION = "西头岭"
"""Where rounds are opened. The other section is left without one: who stands in no round can be imported and undone."""
READY_SECONDS = 60

# Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

Visit = Callable[..., Visitor]
Data = Callable[[], frozenset[str]]
FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def site(django_db_setup: None, test_database: TestDatabase, django_db_blocker: Any) -> Iterator[Site]:
    """The program as it is served, with the demonstration's village in it."""
    assert BUILT.exists(), "build the front end first: cd frontend && npm run build"
    with django_db_blocker.unblock():
        people = {account.user_name: account.password for account in fill.prepare(lambda line: None)}
        village = accounts.all_villages()[0]

    @contextlib.contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), scope.enter(scope.of_system([village.pk])):
            yield

    with serving(test_database.name) as url:
        yield Site(url, people, village.pk, village.area_path, database)
    with django_db_blocker.unblock():
        test_database.restore()


@contextlib.contextmanager
def serving(database: str) -> Iterator[str]:
    """The program as it is served, over the database of this name; where."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--workers", "1", "wuyicun.config.rsgi:application"],
        env={**os.environ, "WUYI_DATABASE": database, "WUYI_PORT": str(port)},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium that `./wuyi test` found, else the system's, else Playwright's own."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("WUYI_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, site: Site, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visit]:
    """`visit("shuji", phone=True, english=True)` is somebody who is logged in; without a name, a stranger."""
    visitors: list[Visitor] = []

    def come(user_name: str = "", **how: bool) -> Visitor:
        visitors.append(Visitor(chromium, site, user_name, **how))
        return visitors[-1]

    yield come
    for number, visitor in enumerate(visitors):
        if request.node.stash.get(FAILED, False):
            visitor.page.screenshot(path=tmp_path / f"{number}.png")
            print(f"{visitor.user_name} saw {visitor.address}: {tmp_path / f'{number}.png'}")
        visitor.context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """`visit` takes a picture of what was seen when a test fails."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def resident(chromium: Browser, site: Site) -> Visit:
    """As `visit`, but everybody comes once a session and stays: for tests that only look."""

    @cache
    def stay(user_name: str, *, english: bool = False) -> Visitor:
        return Visitor(chromium, site, user_name, english=english)

    return stay


@pytest.fixture
def open_round(site: Site) -> Callable[..., Round]:
    """`open_round(area="第一微网格", pool=2)` opens a round of the test's own."""

    def begin(*, area: str = "", title: str = "", pool: int = 10) -> Round:
        with site.database():
            path = site.area_path(area)
        return scene.open_round(site.url, site.passwords["shuji"], area=path, title=title, pool=pool)

    return begin


@pytest.fixture(scope="session")
def busy_round(site: Site) -> Round:
    """A round in which everything has happened once."""
    with site.database():
        path = site.area_path(SECTION)
    round_ = scene.open_round(site.url, site.passwords["shuji"], area=path, title="走访的一轮")
    scene.half_way(round_)
    return round_


@pytest.fixture(scope="session")
def data(site: Site, busy_round: Round) -> Data:
    """The Chinese that is the village's own: names, titles, addresses, and whatever else people have typed."""
    return cache(site.words)
