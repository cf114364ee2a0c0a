"""Coming in, going out, and the choices that a browser keeps: language, colours, size of the text, keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.scene import Round

WRONG = "密码不对"
PAGES = ("/", "/screening/missing/", "/people/")


def log_in(page: Page, user_name: str, password: str) -> None:
    """Fill the form and press Enter in it, as everybody does."""
    page.get_by_label("用户名或手机号").fill(user_name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_label("密码", exact=True).press("Enter")


def test_a_wrong_password_is_said_and_the_name_is_kept(visit: Visit) -> None:
    stranger = visit()
    page = stranger.open("/account/login/")
    log_in(page, "guanli", WRONG)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("用户名或手机号")).to_have_value("guanli")
    expect(page.get_by_label("密码", exact=True)).to_be_focused()
    stranger.check()


def test_the_fifth_wrong_password_locks_the_account_and_the_right_one_opens_it_no_more(visit: Visit) -> None:
    stranger = visit()
    page = stranger.open("/account/login/")
    for _ in range(4):
        log_in(page, "zhishou", WRONG)
        expect(page.get_by_role("alert")).to_be_visible()
    log_in(page, "zhishou", WRONG)
    expect(page.get_by_role("heading", name="密码错了太多次，先等一会儿")).to_be_visible()
    stranger.check()
    stranger.open("/account/login/")
    log_in(page, "zhishou", stranger.site.passwords["zhishou"])
    expect(page.get_by_role("heading", name="密码错了太多次，先等一会儿")).to_be_visible()


def test_who_logs_out_is_out(visit: Visit) -> None:
    visitor = visit("guanli", fresh=True)
    page = visitor.open("/")
    page.locator("header summary", has_text="田海").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.go_back()
    visitor.page.goto(visitor.site.url + "/")
    expect(page.get_by_label("用户名或手机号")).to_be_visible()


def test_the_phone_says_what_stays_behind_before_it_logs_out(visit: Visit) -> None:
    visitor = visit("caiyang", phone=True, fresh=True)
    page = visitor.open("/field/#me")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("本机的记录都已上传。")).to_be_visible()
    visitor.check()
    page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


def test_the_language_is_switched_and_stays(visit: Visit) -> None:
    visitor = visit("shuji")
    page = visitor.open("/screening/")
    page.locator("header summary", has_text="梁会明").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/screening/")
    visitor.open("/people/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("header summary", has_text="梁会明").click()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("zh"))


def test_keys_find_people_and_show_themselves(visit: Visit) -> None:
    visitor = visit("shuji")
    page = visitor.open("/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    visitor.check()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    search = page.get_by_role("combobox", name="找人找户")
    expect(search).to_be_focused()
    page.keyboard.type("wang")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("找到 \\d+ 个"))).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="身份")).to_be_visible()


def test_the_first_tab_leads_past_the_menu(visit: Visit) -> None:
    visitor = visit("shuji")
    page = visitor.open("/people/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", PAGES)
def test_dark_and_large_print_fit_and_keep_their_contrast(visit: Visit, busy_round: Round, path: str) -> None:
    visitor = visit("shuji")
    page = visitor.open(path)
    page.locator("header summary", has_text="梁会明").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="长辈版").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    visitor.check()
    visitor.as_on_a_phone()
    visitor.check()
    visitor.open(path)
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    visitor.check()


def test_the_sampling_page_fits_in_large_print_and_in_the_dark(visit: Visit, busy_round: Round) -> None:
    visitor = visit("caiyang", phone=True)
    visitor.page.emulate_media(color_scheme="dark")
    page = visitor.open("/field/#me")
    page.get_by_role("switch", name="长辈版").click()
    for tab in page.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        visitor.check()
