"""Make the screenshots of the docs from a running demonstration: the README's, and the main pages in every shape.

Start `./wuyi demo` in one shell, then: .venv/bin/python docs/screenshots/make.py http://127.0.0.1:8000 PASSWORD
(after `./wuyi test`, which installs Playwright). A round is opened and half of it sampled when none is open. The pages
of the registry and the organisation are kept at 1440, 1024 and 390 px, in both languages, in ordinary and large print,
in `pages/` (WebP) with a page that shows them side by side. `… PASSWORD pages` makes only those.
"""

from __future__ import annotations

import base64
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from wuyicun.config.demo.client import Browser as Desk
from wuyicun.config.demo.client import Phone
from wuyicun.config.environment import ROOT

HERE = Path(__file__).resolve().parent
DESKTOP = {"width": 1280, "height": 800}
HAND = {"width": 390, "height": 780}
ROSTER = ROOT / "tests" / "data" / "roster-village.xlsx"
SAMPLED = 23  # tubes of ten
QUALITY = 55
PAGES = {
    "today": "/",
    "missing": "/screening/missing/",
    "people": "/people/",
    "population": "/people/reports/population/",
    "micro-grids": "/people/micro-grids/",
    "chart": "/settings/organisation/chart/",
}


@dataclass(frozen=True)
class Shape:
    """How a page is looked at."""

    width: int
    language: str
    large: bool = False

    @property
    def name(self) -> str:
        """As in the file's name."""
        return f"{self.width}-{self.language}{'-large' if self.large else ''}"

    @property
    def words(self) -> str:
        """As in the page that shows them."""
        return f"{self.width} px, {self.language}{', large print' if self.large else ''}"


SHAPES = (Shape(1440, "zh"), Shape(1024, "en"), Shape(390, "zh"), Shape(1024, "zh", True), Shape(390, "en", True))
"""Each width and each language, and large print where there is little room."""


def main() -> None:
    """Bring the village to a moment worth looking at, then look."""
    url, password, *only = sys.argv[1:]
    half_a_round(url, password)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("WUYI_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        if not only:
            for_the_readme(browser, url, password)
        in_every_shape(browser, url, password)
        browser.close()


def for_the_readme(browser: Browser, url: str, password: str) -> None:
    """The pictures that the README shows."""
    page = logged_in(browser, url, "shuji", password, DESKTOP)
    for name, path in PAGES.items():
        page.goto(url + path)
        page.wait_for_timeout(600)
        page.screenshot(path=HERE / f"{name}.png")
    sampling(logged_in(browser, url, "caiyang", password, HAND), url)


def in_every_shape(browser: Browser, url: str, password: str) -> None:
    """The main pages of registry and organisation, and the page that lists the pictures."""
    folder = HERE / "pages"
    folder.mkdir(exist_ok=True)
    desk = logged_in(browser, url, "shuji", password, DESKTOP)
    paths = main_pages(desk, url)
    for shape in SHAPES:
        size = {"width": shape.width, "height": 844 if shape.width < 500 else 900}
        page = logged_in(browser, url, "shuji", password, size, shape=shape)
        for name, path in paths.items():
            page.goto(url + path)
            page.wait_for_timeout(600)
            keep(page, folder / f"{name}-{shape.name}.webp")
    lines = ["# Main pages in every shape", "", "Made by `make.py` from the demonstration; nobody in it exists."]
    for name in paths:
        lines += ["", f"## {name}", ""]
        lines += [f"![{name}, {shape.words}]({name}-{shape.name}.webp)" for shape in SHAPES]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main_pages(page: Page, url: str) -> dict[str, str]:
    """The addresses by the name of the picture; a roster is taken as far as the look at what it would do."""
    page.goto(f"{url}/people/")
    page.locator("tr.group-row a[href^='/people/households/']").nth(1).click()
    page.wait_for_load_state()
    household = page.url.removeprefix(url)
    page.goto(f"{url}/people/import/")
    page.locator("input[type=file]").first.set_input_files(ROSTER)
    page.get_by_role("button", name="上传并读表").click()
    page.get_by_role("button", name="下一步：看列").click()
    page.get_by_role("button", name="下一步：看会怎样").click()
    page.get_by_role("button", name="导入", exact=True).wait_for()
    return {
        "people": "/people/",
        "household": household,
        "micro-grids": "/people/micro-grids/",
        "chart": "/settings/organisation/chart/",
        "ledger": "/people/ledgers/weak/",
        "import": page.url.removeprefix(url),
        "verification": "/people/verification/",
    }


def keep(page: Page, path: Path) -> None:
    """What is in the window, small: Playwright itself knows no WebP."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(shot["data"]))
    session.detach()


def logged_in(
    browser: Browser, url: str, user_name: str, password: str, size: dict[str, int], *, shape: Shape | None = None
) -> Page:
    """A page of somebody who is logged in."""
    language = "en-GB" if shape and shape.language == "en" else "zh-CN"
    context = browser.new_context(viewport=size, locale=language, timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    if shape and shape.large:
        context.add_cookies([{"name": "size", "value": "large", "url": url}])
    page = context.new_page()
    page.goto(f"{url}/account/login/")
    page.fill("input[name=login]", user_name)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()
    return page


def sampling(page: Page, url: str) -> None:
    """The phone with somebody's name read back."""
    page.goto(f"{url}/field/")
    page.get_by_text("村委会广场采样点").click()
    page.get_by_role("button", name="开始采样").click()
    page.get_by_label("试管编号").fill(f"S-{datetime.now(UTC):%H%M%S}")
    page.get_by_role("button", name="开管").click()
    page.get_by_label("扫卡").fill("wang")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1200)
    if page.locator("button.match").count():
        page.locator("button.match").first.click()
    page.wait_for_timeout(600)
    page.screenshot(path=HERE / "sampling.png")


def half_a_round(url: str, password: str) -> None:
    """Open a round and sample most of it, unless one is open."""
    desk, sampler = Desk(url), Desk(url)
    desk.log_in("shuji", password)
    sampler.log_in("caiyang", password)
    phone = Phone(sampler)
    rounds = phone.ask(f"/api/field/rounds?village={phone.village}")["rounds"]
    if rounds:
        return
    desk.fill_in("/screening/new/", {})
    round_ = phone.ask(f"/api/field/rounds?village={phone.village}")["rounds"][0]
    people, cursor = [], ""
    while cursor is not None:
        page = phone.ask(f"/api/field/missing?village={phone.village}&round={round_['id']}&cursor={cursor}")
        people += [person["id"] for house in page["households"] for person in house["people"]]
        cursor = page["next"]
    now = datetime.now(UTC)
    for number in range(SAMPLED):
        at = now - timedelta(minutes=48 - 2 * number)
        base = {"round": round_["id"], "tube": f"X-{number + 1:04d}"}
        members = people[number * 10 : number * 10 + 10]
        records = [phone.record("tube.open", {**base, "station": round_["stations"][0]["id"], "pool": 10}, at)]
        records += [
            phone.record("sample", {**base, "station": round_["stations"][0]["id"], "person": person}, at)
            for person in members
        ]
        if number < SAMPLED - 1:
            records.append(phone.record("tube.close", {**base, "count": 10}, at))
        phone.send(records)


if __name__ == "__main__":
    main()
