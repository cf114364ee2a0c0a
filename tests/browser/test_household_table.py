"""A household is edited without the mouse: from field to field, a new row, a fault, saved."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Site
from wuyicun.domains.registry import listing
from wuyicun.domains.registry.listing import Asked
from wuyicun.kernel import scope

NOTE, COLUMNS = "听力不好", 9


def _house_of_two(site: Site) -> str:
    with site.database():
        page = listing.households(scope.required(), site.village_id, Asked(), limit=100)
        return next(str(house.id) for house in page.rows if len(house.members) == 2)


def test_a_household_is_edited_with_the_keyboard_alone(visit: Visit, site: Site) -> None:
    house = _house_of_two(site)
    desk = visit("shuji")
    page = desk.open(f"/people/households/{house}/table/")
    keys, focused = page.keyboard, page.locator("*:focus")
    first, second = (row.get_attribute("data-row") for row in page.locator("tbody tr[data-row]").all()[:2])
    expect(focused).to_have_attribute("name", f"{first}-name")
    # To the last field of the first row, and there a note.
    for _ in range(COLUMNS - 1):
        keys.press("Enter")
    keys.insert_text(NOTE)
    # Down the column, up again, and to the left into the field beside it.
    keys.press("ArrowDown")
    expect(focused).to_have_attribute("name", f"{second}-note")
    keys.press("ArrowUp")
    keys.press("ArrowLeft")
    expect(focused).to_have_attribute("name", f"{first}-whereabouts")
    keys.press("Tab")
    # Below the last row a new one begins, in the same column; Enter behind its last field begins another.
    for _ in range(3):
        keys.press("ArrowDown")
    expect(focused).to_have_attribute("name", "n1-note")
    keys.press("Enter")
    expect(focused).to_have_attribute("name", "n2-name")
    keys.insert_text("小试键")
    keys.press("Enter")
    keys.insert_text("孙女")
    keys.press("Enter")
    keys.press("ArrowRight")
    keys.press("Tab")
    keys.insert_text("20300501")
    keys.press("Control+Enter")
    expect(page.get_by_text("出生日期还没到").first).to_be_visible()
    desk.check()
    expect(page.locator("[name='n2-relation']")).to_have_value("孙女")
    page.locator("a[href='#id_n2-name']").press("Enter")
    for _ in range(3):
        keys.press("Enter")
    expect(focused).to_have_attribute("name", "n2-birth_date")
    keys.insert_text("20200501")
    keys.press("Control+Enter")
    expect(page.get_by_text("改了 1 人，添加了 1 人")).to_be_visible()
    expect(page.get_by_role("link", name="小试键")).to_be_visible()
