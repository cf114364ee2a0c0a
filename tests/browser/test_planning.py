"""A round as the office plans it: times for each micro-grid, walks to those who are sampled at home."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_desk import OpenRound, answer, confirm, number, pdf


def test_the_secretary_plans_a_round_changes_a_time_and_adopts_it(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area="西头岭", title="排时间的一轮")
    desk = visit("shuji")
    page = desk.open(f"/screening/{round_.id}/")
    page.get_by_role("link", name="排时间、改时间").click()
    expect(answer(page)).to_contain_text("还没有计划")
    page.get_by_role("button", name="排时间").click()
    expect(page.get_by_role("rowheader", name="第一微网格")).to_be_visible()
    expect(page.get_by_text("一个窗口一小时采 100 人")).to_be_visible()
    desk.check()
    page.get_by_role("link", name="改 第一微网格").click()
    page.get_by_label("排多少分钟").fill("1")
    page.get_by_role("button", name="改时间").click()
    expect(page.get_by_text(re.compile("第一微网格在.+只排了 1 分"))).to_be_visible()
    page.get_by_role("button", name="采用这份计划").click()
    confirm(page, "采用这份计划")
    expect(answer(page)).to_contain_text("按计划")
    expect(page.get_by_role("button", name="采用这份计划")).to_be_hidden()
    assert pdf(desk, page.get_by_role("link", name="打印通知")).startswith(b"%PDF")
    page.get_by_role("link", name="排时间的一轮").click()
    expect(page.locator(".facts").get_by_text("第二微网格")).to_be_visible()


def test_who_is_not_met_at_home_is_visited_again(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area="第一微网格", title="上门路线的一轮")
    desk = visit("shuji")
    page = desk.open(f"/screening/visits/{round_.id}/")
    everybody = number(page, "上门名单")
    assert everybody > 1
    page.get_by_label("谁去").fill("范医生、王海斌")
    page.get_by_role("button", name="排路线").click()
    expect(page.get_by_role("heading", name="第 1 队 范医生、王海斌")).to_be_visible()
    desk.check()
    _nobody_home(page)
    expect(page.get_by_role("heading", name=f"再去一趟：{everybody} 人还没采到")).to_be_visible()
    assert number(page, "没找到，再去") == 1
    page.get_by_role("button", name="排路线").click()
    expect(page.get_by_text("前几趟")).to_be_visible()
    assert pdf(desk, page.get_by_role("link", name="打印路线带走")).startswith(b"%PDF")


def _nobody_home(page: Page) -> None:
    page.locator("li.line").first.get_by_role("link", name="联系不上", exact=True).click()
    dialog = page.get_by_role("dialog", name="登记")
    dialog.get_by_text("家里没人", exact=True).click()
    dialog.get_by_role("button", name="登记").click()
    expect(dialog).to_be_hidden()
