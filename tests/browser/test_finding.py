"""Anything is found from anywhere, with the keyboard alone, and on a phone from the head of the page."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_somebody_is_found_and_opened_without_the_mouse(visit: Visit) -> None:
    desk = visit("shuji")
    page = desk.open("/screening/")
    box, listed = page.get_by_role("combobox"), page.locator("#found")
    expect(listed).to_be_hidden()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(listed).to_contain_text("可以这样找")
    desk.check()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("wang")
    options = listed.get_by_role("option")
    expect(options.last).to_contain_text("看全部")
    expect(listed).to_contain_text("拼音 wang")
    desk.check()
    for key, place in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", -1), ("ArrowUp", -2)):
        page.keyboard.press(key)
        chosen = listed.locator('[aria-selected="true"]')
        if place == -1:
            expect(chosen).to_have_count(0)
        else:
            expect(chosen).to_have_text(options.nth(place if place >= 0 else -1).inner_text(), use_inner_text=True)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    address = listed.locator('[aria-selected="true"]').get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(desk.site.url + address)
    page.keyboard.press("/")
    page.keyboard.type("wang")
    page.keyboard.press("Enter")
    expect(page.locator("main .answer")).to_contain_text("wang")
    desk.check()


def test_on_a_phone_the_box_stands_in_the_head(visit: Visit) -> None:
    phone = visit("wanggeyuan", phone=True)
    page = phone.open("/people/")
    page.get_by_role("combobox").tap()
    page.keyboard.type("wang")
    expect(page.locator("#found").get_by_role("option").first).to_contain_text(re.compile("拼音"))
    phone.check()
    page.locator("#found .found-one").first.tap()
    expect(page).to_have_url(re.compile(r"/people/"))
    phone.check()
