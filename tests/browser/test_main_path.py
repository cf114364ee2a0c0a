"""From the menu to a closed round, as people do it: the secretary at a desk, the sampler with a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PAGES = (
    ("shuji", "/"),
    ("shuji", "/today/mistakes/"),
    ("shuji", "/screening/"),
    ("shuji", "/screening/new/"),
    ("shuji", "/screening/missing/"),
    ("shuji", "/screening/tubes/"),
    ("shuji", "/screening/runs/"),
    ("shuji", "/screening/results/"),
    ("shuji", "/screening/closing/"),
    ("shuji", "/screening/tray/"),
    ("shuji", "/people/"),
    ("shuji", "/people/import/"),
    ("shuji", "/people/conflicts/"),
    ("shuji", "/people/ledgers/"),
    ("shuji", "/people/places/"),
    ("shuji", "/people/cards/"),
    ("shuji", "/find/?q=wang"),
    ("shuji", "/settings/organisation/"),
    ("caiyang", "/field/"),
)


def test_the_secretary_opens_a_round_from_the_menu(visit: Any) -> None:
    desk = visit("shuji")
    desk.open("/")
    desk.page.get_by_role("link", name="检测", exact=True).first.click()
    desk.page.get_by_role("link", name=re.compile("开始一轮")).first.click()
    expect(desk.page.get_by_text("361")).to_be_visible()
    desk.page.get_by_role("button", name="开始这一轮").click()
    expect(desk.page.get_by_text(re.compile("361 人")).first).to_be_visible()
    desk.check()


def _choose_station(page: Page) -> None:
    page.get_by_text("村委会广场采样点").click()
    page.get_by_role("button", name="开始采样").click()


def _open_tube(page: Page, code: str) -> None:
    page.get_by_label("试管编号").fill(code)
    page.get_by_role("button", name="开管").click()
    expect(page.get_by_role("heading", name=code)).to_be_visible()


def _sample(page: Page, text: str) -> None:
    page.get_by_label("扫卡，或键入姓名、门牌号").fill(text)
    page.keyboard.press("Enter")
    choices = page.locator("button.choice, .match")
    button = page.get_by_role("button", name="采样", exact=True)
    choices.first.or_(button).first.wait_for()
    if choices.count():
        choices.first.click()
    button.click()


def test_the_sampler_takes_samples_on_a_phone_and_the_board_follows(visit: Any) -> None:
    desk = visit("shuji")
    desk.open("/")
    phone = visit("caiyang", phone=True)
    phone.open("/field/")
    _choose_station(phone.page)
    _open_tube(phone.page, "B-0001")
    desk.open("/people/?q=")
    names = _first_owed(desk, 2)
    for name in names:
        _sample(phone.page, name)
    phone.check()
    desk.open("/")
    expect(desk.page.get_by_text("359", exact=True).first).to_be_visible(timeout=15_000)


def _first_owed(desk: Any, count: int) -> list[str]:
    page = desk.open("/screening/missing/")
    names = page.locator("tbody th[scope=row] a").all_inner_texts()
    return [name.strip() for name in names if name.strip()][:count]


@pytest.mark.parametrize(("user_name", "path"), PAGES, ids=[path for _user, path in PAGES])
@pytest.mark.parametrize("how", [{}, {"phone": True}, {"english": True}], ids=["desktop", "phone", "english"])
def test_a_page_is_there_fits_and_is_accessible(visit: Any, user_name: str, path: str, how: dict[str, bool]) -> None:
    visitor = visit(user_name, **how)
    visitor.open(path)
    visitor.page.wait_for_load_state("networkidle") if path == "/field/" else None
    visitor.check()
