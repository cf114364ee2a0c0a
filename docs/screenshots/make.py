"""Make the README's screenshots from a running demonstration.

Start `./wuyi demo` in one shell, then: .venv/bin/python docs/screenshots/make.py http://127.0.0.1:8000 PASSWORD
(after `./wuyi test`, which installs Playwright). A round is opened and half of it sampled when none is open.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from wuyicun.config.demo.client import Browser as Desk
from wuyicun.config.demo.client import Phone

HERE = Path(__file__).resolve().parent
DESKTOP = {"width": 1280, "height": 800}
HAND = {"width": 390, "height": 780}
SAMPLED = 23  # tubes of ten
PAGES = {
    "today": "/",
    "missing": "/screening/missing/",
    "people": "/people/",
    "population": "/people/reports/population/",
    "micro-grids": "/people/micro-grids/",
    "chart": "/settings/organisation/chart/",
}


def main() -> None:
    """Bring the village to a moment worth looking at, then look."""
    url, password = sys.argv[1], sys.argv[2]
    half_a_round(url, password)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("WUYI_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = logged_in(browser, url, "shuji", password, DESKTOP)
        for name, path in PAGES.items():
            page.goto(url + path)
            page.wait_for_timeout(600)
            page.screenshot(path=HERE / f"{name}.png")
        sampling(logged_in(browser, url, "caiyang", password, HAND), url)
        browser.close()


def logged_in(browser: Browser, url: str, user_name: str, password: str, size: dict[str, int]) -> Page:
    """A page of somebody who is logged in."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
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
