"""A passkey from its adding to its removal, with the virtual authenticator that Chromium brings for tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import Site, Visitor
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping
from wuyicun.kernel.accounts.models import Account

WHO = "guanli"
PLATFORM = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def owner(chromium: Browser, site: Site) -> Iterator[Visitor]:
    """Who administers, at a computer that can keep passkeys; browsers want a name for the address."""
    named = replace(site, url=site.url.replace("127.0.0.1", "localhost"), logins={})
    visitor = Visitor(chromium, named, WHO, fresh=True)
    devices = visitor.context.new_cdp_session(visitor.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM})
    yield visitor
    with site.database():
        keeping.reset_second_factor(account_id=account().pk, by=None, at=clock.now())
    visitor.context.close()


def account() -> Account:
    return Account.objects.get(username=WHO)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def log_out(visitor: Visitor) -> Page:
    visitor.context.clear_cookies()
    return visitor.open("/account/login/")


def inside(page: Page) -> None:
    page.wait_for_url(re.compile(r"://[^/]+/$"))


def test_a_passkey_is_added_named_used_to_log_in_and_removed(owner: Visitor, site: Site) -> None:
    page = owner.open("/account/2fa/")
    owner.check()
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("密码", exact=True).fill(site.passwords[WHO])
    press(page, "继续")
    page.get_by_label("名称").fill("办公室电脑")
    owner.check()
    press(page, "添加")
    expect(page.locator(".recovery-codes li")).to_have_count(10)

    page = owner.open("/account/2fa/")
    expect(page.get_by_text("已开启：只知道密码的人进不来")).to_be_visible()
    page.get_by_role("link", name="改名").click()
    page.get_by_label("名称").fill("值班室电脑")
    press(page, "保存")
    expect(page.get_by_text("值班室电脑")).to_be_visible()
    owner.check()

    page = log_out(owner)
    owner.check()
    press(page, "用通行密钥登录")
    inside(page)

    page = log_out(owner)
    page.get_by_label("用户名或手机号").fill(WHO)
    page.get_by_label("密码", exact=True).fill(site.passwords[WHO])
    press(page, "登录")
    expect(page.get_by_role("heading", name="再证明一次是您本人")).to_be_visible()
    owner.check()
    press(page, "用通行密钥")
    inside(page)

    page = owner.open("/account/2fa/")
    page.get_by_role("link", name="删除").click()
    expect(page.get_by_role("heading", name="请再证明是您本人")).to_be_visible()
    page.get_by_role("link", name="用通行密钥").click()
    owner.check()
    press(page, "用通行密钥")
    press(page, "删除")
    expect(page.get_by_text("没有开启：登录只凭密码")).to_be_visible()
    page = log_out(owner)
    press(page, "用通行密钥登录")
    expect(page.get_by_text("这把通行密钥在这里认不出来，请用密码登录。")).to_be_visible()


def test_a_passkey_does_not_open_a_locked_account(owner: Visitor, site: Site) -> None:
    page = owner.open("/account/2fa/passkeys/add/")
    page.get_by_label("密码", exact=True).fill(site.passwords[WHO])
    press(page, "继续")
    press(page, "添加")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    with site.database():
        keeping.lock(account_id=account().pk, by=None, at=clock.now())
    try:
        page = log_out(owner)
        press(page, "用通行密钥登录")
        expect(page.get_by_text("这个账号已锁定或已结束，请找村防控办公室。")).to_be_visible()
        assert "/account/login/" in owner.open("/").url
    finally:
        with site.database():
            keeping.unlock(account_id=account().pk, by=None, at=clock.now())


def test_where_a_browser_allows_none_it_is_said_where_it_would(visit: Callable[[str], Visitor]) -> None:
    stranger = visit("")
    page = stranger.open("/account/login/")
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="用通行密钥登录")).to_have_count(0)
    page = visit("zhuanyun").open("/account/2fa/")
    expect(page.get_by_role("link", name="http://localhost:")).to_be_visible()
