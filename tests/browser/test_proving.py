"""Nobody missed, and what follows from a positive: tasks, the proof that others check, somebody's result on paper."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_desk import OpenRound, answer, number, pdf


def test_a_positive_pool_is_seen_to_and_everybody_is_accounted_for(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area="第二微网格", title="落实的一轮")
    people = round_.owed()
    round_.tube("L-0001", people[:3])
    round_.tube("L-0002", people[3:5])
    round_.carry(["L-0001", "L-0002"])
    round_.result("L-0001")
    round_.result("L-0002", "positive")

    desk = visit("shuji")
    page = desk.open("/")
    todo = page.locator("li.task", has_text="混管 L-0002 阳性")
    expect(todo).to_contain_text("2 人等单人复检")
    desk.check()
    todo.get_by_role("button", name="办好了").click()
    expect(page.locator("li.task", has_text="混管 L-0002 阳性")).to_have_count(0)
    page.get_by_role("link", name="我要做的").click()
    page.locator("li.task", has_text="混管 L-0002 阳性").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="阳性以后")).to_be_visible()
    expect(page.get_by_text(re.compile("办好：混管 L-0002 阳性"))).to_be_visible()

    desk.open(f"/screening/{round_.id}/")
    page.get_by_role("link", name="逐人落实").last.click()
    everybody = number(page, "名单上")
    expect(answer(page)).to_contain_text(f"{everybody} 人在名单上")
    page.get_by_role("link", name=re.compile("^已采 5$")).click()
    expect(page.get_by_text("试管 L-0001").first).to_be_visible()
    desk.check()

    with page.context.expect_page() as opened:
        page.get_by_role("button", name="打印证明").click()
    opened.value.close()
    page.reload()
    code = page.locator(".facts .code-text").first.inner_text()
    stranger = visit()
    public = stranger.open("/check/")
    public.get_by_label("编号").fill(code.lower())
    public.get_by_role("button", name="查验").click()
    expect(public.get_by_role("heading", name="是真的")).to_be_visible()
    expect(public.get_by_text("落实的一轮")).to_be_visible()
    expect(public.get_by_text(people[0]["name"])).to_have_count(0)
    stranger.check()

    page.get_by_role("rowheader", name=people[0]["name"]).get_by_role("link").click()
    assert pdf(desk, page.get_by_role("link", name="打印结果单")).startswith(b"%PDF")
