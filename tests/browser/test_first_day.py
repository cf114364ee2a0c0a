"""The first day as a village lives it: from an empty database to the first log-in of a grid worker."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import serving
from tests.browser.visitor import Site, Visitor
from tests.database import TestDatabase

ROSTER = Path(__file__).parent.parent / "data" / "roster-village.xlsx"
PASSWORD = "桥头有棵槐树-22"


@pytest.fixture
def empty(django_db_setup: None, test_database: TestDatabase) -> Iterator[Site]:
    """The program as it is served on its first day. The only password that is known is the one-time code."""
    with test_database.empty_one() as name, serving(name) as url:
        command = [sys.executable, "-m", "wuyicun", "account", "code"]
        told = subprocess.run(
            command, env={**os.environ, "WUYI_DATABASE": name}, capture_output=True, text=True, check=True
        )
        yield Site(url, {"code": told.stdout.strip()}, uuid4(), "", contextlib.nullcontext)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def set_up(desk: Visitor) -> None:
    page = desk.page
    page.goto(desk.site.url)
    expect(page).to_have_url(f"{desk.site.url}/setup/")
    desk.check()
    page.get_by_label("一次性码").fill(desk.site.passwords["code"])
    press(page, "下一步")
    page.get_by_label("村（社区）名称").fill("西头岭村")
    page.get_by_label("行政区划代码").fill("140321201205")
    desk.check()
    press(page, "下一步")
    for label, value in (("姓名", "梁会明"), ("手机号", "13812345678"), ("登录名", "lianghuiming")):
        page.get_by_label(label).fill(value)
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输一遍").fill(PASSWORD)
    desk.check()
    desk.as_on_a_phone()
    desk.check()
    desk.at_the_desk()
    press(page, "建立，并导入名册")


def import_the_roster(desk: Visitor) -> None:
    page = desk.page
    expect(page.get_by_text("西头岭村已建立。接着导入名册。")).to_be_visible()
    page.get_by_label(re.compile("把表格拖到这里")).set_input_files(ROSTER)
    press(page, "上传并读表")
    press(page, "下一步：看列")
    press(page, "下一步：看会怎样")
    press(page, "导入")
    expect(page.get_by_text(re.compile("已导入：新增 4\\d\\d 人"))).to_be_visible(timeout=60_000)


def appoint(desk: Visitor, name: str, role: str, area: str) -> None:
    page = desk.open("/settings/organisation/posts/new/")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("岗位").select_option(role)
    page.get_by_label("区域").select_option(label=area)
    press(page, "保存")
    expect(page.get_by_text(f"{name}已任{role}")).to_be_visible()


def issue_accounts(desk: Visitor) -> dict[str, tuple[str, str]]:
    """User names and first passwords by name, as the slips show them."""
    page = desk.open("/settings/accounts/")
    expect(page.get_by_text("有 2 个岗位还没有账号")).to_be_visible()
    page.get_by_role("link", name="发账号").click()
    desk.check()
    desk.as_on_a_phone()
    desk.check()
    desk.at_the_desk()
    press(page, "给勾选的人发账号")
    expect(page.get_by_text("2 张纸条，只显示这一次")).to_be_visible()
    desk.check()
    with desk.context.expect_event("response", lambda answer: answer.url.endswith("/slips.pdf")) as printed:
        press(page, "打印纸条")
    assert printed.value.headers["content-type"] == "application/pdf"
    rows = page.locator("main tbody tr").all()
    slips = {row.locator("th").inner_text(): row.locator("code").all_inner_texts() for row in rows}
    return {name: (username, password) for name, (username, password) in slips.items()}


def test_from_an_empty_database_to_the_first_log_in_of_a_grid_worker(chromium: Browser, empty: Site) -> None:
    desk = Visitor(chromium, empty, "", fresh=True)
    set_up(desk)
    import_the_roster(desk)
    appoint(desk, "王海斌", "网格员", "　西头岭")
    appoint(desk, "杜梅", "采样员", "西头岭村")
    username, password = issue_accounts(desk)["王海斌"]
    assert username == "wanghaibin"

    worker = Visitor(chromium, empty, "", phone=True, fresh=True)
    page = worker.open("/account/login/")
    page.get_by_label("用户名或手机号").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    press(page, "登录")
    expect(page.get_by_role("heading", name="换成自己的密码")).to_be_visible()
    worker.check()
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输一遍").fill(PASSWORD)
    press(page, "保存，开始使用")
    expect(page.get_by_text("密码已换成您自己的，纸条可以撕掉了")).to_be_visible()
    expect(page.get_by_role("link", name="设置")).to_have_count(0)
    worker.check()

    desk.open("/settings/accounts/")
    expect(desk.page.get_by_role("row", name=re.compile("王海斌")).get_by_text("使用中")).to_be_visible()
    expect(desk.page.get_by_role("row", name=re.compile("杜梅")).get_by_text("待本人登录")).to_be_visible()
    assert desk.page.goto(f"{empty.url}/setup/").status == 404  # type: ignore[union-attr]
    for visitor in (desk, worker):
        visitor.context.close()
