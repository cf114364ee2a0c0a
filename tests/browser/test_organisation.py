"""The organisation as the secretary arranges it: from the menu, by clicking; and what the two of a handover see."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.scene import Round


def test_the_secretary_fills_a_vacancy_and_hands_a_micro_grid_over(visit: Visit, busy_round: Round) -> None:
    desk = visit("shuji")
    page = desk.open("/")
    page.get_by_role("link", name="设置", exact=True).click()
    page.get_by_role("link", name="组织图").click()
    desk.check()
    seat = page.locator("section.chart-box", has_text="第二微网格战斗堡垒")
    expect(seat).to_contain_text("空缺")
    seat.get_by_role("link", name="任命").click()
    page.get_by_label("姓名").fill("郝小军")
    expect(page.get_by_label("岗位")).to_have_value("micro_grid_leader")
    page.get_by_role("button", name="保存").click()
    desk.open("/settings/organisation/")
    row = page.get_by_role("row", name=re.compile("郝小军 .*微网格长"))
    row.get_by_role("link", name="交接").click()
    expect(page.get_by_text(f"{busy_round.title} 未采")).to_be_visible()
    page.get_by_label("接手的人").select_option(label="潘玉英")
    page.get_by_label("要交代的话").fill("85 号老人要多去看")
    desk.check()
    page.get_by_role("button", name="现在交接").click()
    expect(page.locator("main .answer")).to_have_text("郝小军把第二微网格交接给潘玉英")
    desk.check()
    taker = visit("weiwangge", phone=True)
    told = taker.open("/").get_by_text("郝小军把第二微网格交接给潘玉英")
    expect(told).to_be_visible()
    taker.page.get_by_role("link", name="看交接单").click()
    expect(taker.page.get_by_text("85 号老人要多去看")).to_be_visible()
    taker.check()
    taker.page.locator("main .page-head").get_by_role("button", name="知道了").click()
    taker.open("/")
    expect(told).to_be_hidden()
    desk.open("/settings/organisation/chart/")
    expect(page.locator("section.chart-box", has_text="第二微网格战斗堡垒")).to_contain_text("潘玉英")
