"""Micro-grids as the secretary redraws them, from the menu to taking it back."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_desk import confirm


def test_the_secretary_redraws_the_micro_grids_and_takes_it_back(visit: Visit) -> None:
    desk = visit("shuji")
    page = desk.page
    desk.open("/people/micro-grids/")
    before = page.locator("tbody").inner_text()
    page.get_by_role("link", name="重新划分").first.click()
    page.get_by_role("button", name="开始").click()
    expect(page.locator("main .answer")).to_contain_text(re.compile(r"移动 \d+ 户，分成 \d+ 个微网格"))
    expect(page.locator("svg.village-map")).to_have_count(2)
    ticks = page.locator("tbody [data-tick]")
    number = ticks.count()
    assert number > 1
    ticks.first.uncheck()
    page.get_by_role("button", name="采用选中的").click()
    confirm(page, "采用选中的")
    expect(page.locator("main .answer")).to_have_text(f"已采用，移动了 {number - 1} 户")
    page.get_by_role("button", name="撤销").first.click()
    expect(page.locator("main .answer")).to_have_text("已撤销，各户回到原来的微网格")
    desk.open("/people/micro-grids/")
    assert page.locator("tbody").inner_text() == before


def test_a_household_is_put_where_the_map_was_clicked(visit: Visit) -> None:
    desk = visit("shuji", phone=True)
    page = desk.page
    desk.open("/people/micro-grids/map/?layer=A")
    expect(page.locator(".map-now")).to_contain_text("在图上点出")
    box = page.locator("svg[data-map]").bounding_box()
    assert box is not None
    spots = page.locator("circle.spot").count()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    expect(page.locator("circle.spot")).to_have_count(spots + 1)
    spot = page.locator("circle.spot").last
    assert abs(float(spot.get_attribute("cx") or 0) - 250) < 15
