"""A station from its setting-up to the log of its disinfection, on a phone: what is used standing, with one thumb."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_desk import OpenRound, answer, confirm, pdf

TICK = re.compile("^打勾：")


def test_a_station_is_set_up_opened_closed_and_disinfected(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area="第二微网格", title="布置采样点的一轮")
    phone = visit("caiyang", phone=True)
    page = phone.open(f"/screening/{round_.id}/")
    page.get_by_role("link", name="村委会广场采样点").click()
    assert pdf(phone, page.get_by_role("link", name="打印布置清单")).startswith(b"%PDF")
    for missing in range(12, 0, -1):
        expect(answer(page)).to_contain_text(f"还差 {missing} 项")
        page.get_by_role("button", name=TICK).first.click()
    expect(answer(page)).to_contain_text("可以开放")
    page.get_by_role("button", name="取消打勾：帐篷").click()
    expect(answer(page)).to_contain_text("还差 1 项")
    page.get_by_role("button", name=TICK).click()
    page.get_by_role("button", name="开放采样点").click()
    expect(answer(page)).to_contain_text("开放中")
    phone.check()
    page.get_by_role("button", name="关闭采样点").click()
    confirm(page, "关闭采样点")
    expect(answer(page)).to_contain_text("还没有登记消杀")
    page.get_by_role("link", name="登记消杀").click()
    page.get_by_label("用品").fill("含氯消毒液 1000 mg/L")
    phone.check()
    page.locator("main").get_by_role("button", name="登记").click()
    expect(page.get_by_text("的消杀已登记")).to_be_visible()
    phone.check()
    phone.open(f"/screening/{round_.id}/")
    expect(page.get_by_text("已关闭", exact=True)).to_be_visible()
    expect(page.get_by_text("待消杀")).to_be_hidden()


def test_who_stands_at_the_entrance_lets_people_in_counts_the_queue_and_stops_a_fever(
    visit: Visit, open_round: OpenRound
) -> None:
    round_ = open_round(area="第二微网格", title="等候区的一轮")
    round_.tube("W-0001", round_.owed()[:5], minutes_ago=2)
    phone = visit("caiyang", phone=True)
    page = phone.open(f"/screening/{round_.id}/")
    page.get_by_role("link", name="等候区").first.click()
    page.get_by_role("button", name="放行 2 人").click()
    expect(page.get_by_text("已放行 2 人")).to_be_visible()
    page.get_by_label("数一遍，排队几人").fill("10")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(answer(page)).to_contain_text("10 人在排队")
    page.get_by_role("button", name="改成 15 人").click()
    expect(answer(page)).to_contain_text("15 人在排队")
    page.get_by_label("姓名").fill("过路的人")
    page.get_by_label("体温").fill("38.1")
    page.get_by_label("去了哪里").select_option(label="发热门诊")
    phone.check()
    page.get_by_role("button", name="登记拦下").click()
    expect(page.get_by_role("rowheader", name="过路的人")).to_be_visible()
    page.get_by_role("button", name="撤销", exact=True).last.click()
    confirm(page, "撤销")
    expect(page.get_by_role("rowheader", name="过路的人")).to_be_hidden()
    phone.check()
