"""Somebody lets a program read: makes a token, sees it once, sees what was read, and takes it back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_a_token_is_made_and_taken_back(visit: Visit) -> None:
    desk = visit("shuji")
    page = desk.open("/settings/interface/")
    page.get_by_label("给哪个程序用").fill("乡镇数据平台")
    page.get_by_role("button", name="生成").click()
    token = page.locator("[data-token]").inner_text()
    read = desk.context.request.get(
        f"{desk.site.url}/api/read/people?village={desk.site.village_id}&limit=5",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (read.status, len(read.json()["items"])) == (200, 5)
    desk.check()
    desk.as_on_a_phone()
    desk.check()
    desk.at_the_desk()
    page = desk.open("/settings/interface/read/")
    expect(page.get_by_role("row", name="乡镇数据平台")).to_contain_text("遮盖")
    desk.check()
    page = desk.open("/settings/interface/")
    page.get_by_role("button", name="停用口令").click()
    page.locator("#confirm").get_by_role("button", name="停用口令").click()
    expect(page.get_by_role("cell", name="口令已停用")).to_be_visible()
