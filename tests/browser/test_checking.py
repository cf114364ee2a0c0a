"""A grid worker goes from door to door with a phone: confirms a household with a tap, puts the next one right."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_from_door_to_door(visit: Visit) -> None:
    phone = visit("wanggeyuan", phone=True)
    page = phone.open("/people/verification/")
    phone.check()
    page.get_by_role("link", name="第二微网格").click()
    owed = page.locator(".check-house")
    houses = [each.inner_text() for each in owed.locator("b").all()[:2]]
    phone.check()

    owed.first.tap()
    expect(page.get_by_role("heading", name=houses[0], exact=True)).to_be_visible()
    phone.check()
    page.get_by_role("button", name="都对，核对无误").tap()
    expect(page.get_by_text(f"{houses[0]} 已核对")).to_be_visible()
    expect(owed.first.locator("b")).to_have_text(houses[1])

    page.get_by_role("button", name="撤销").tap()
    expect(page.get_by_text("又列为待核对")).to_be_visible()
    expect(owed.first.locator("b")).to_have_text(houses[0])
    owed.first.tap()
    page.get_by_role("button", name="都对，核对无误").tap()
    expect(page.get_by_text(f"{houses[0]} 已核对")).to_be_visible()

    owed.first.tap()
    page.get_by_role("link", name="改电话").first.tap()
    page.get_by_label("手机").fill("13800007777")
    phone.check()
    page.get_by_role("button", name="保存").tap()
    expect(page.get_by_text("138****7777")).to_be_visible()
    page.get_by_role("button", name="改好了，核对完成").tap()
    expect(page.get_by_text(f"{houses[1]} 已核对")).to_be_visible()

    page.get_by_role("link", name=re.compile("^已核对")).tap()
    expect(page.get_by_role("link", name=re.compile(f"^{houses[1]}"))).to_contain_text("今天 李建国")
    phone.check()
