"""Tubes are packed into a box, and the box is handed over with two names drawn on the screen."""

from __future__ import annotations

from uuid import UUID

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_desk import OpenRound, answer, pdf
from wuyicun.domains.screening import tube_history


def test_a_box_is_packed_and_handed_over_with_two_signatures(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area="第二微网格", title="装箱的一轮")
    people = round_.owed()
    for place in (1, 2):
        round_.tube(f"B-010{place}", people[place * 5 : place * 5 + 5], minutes_ago=70 - 20 * place)
    runner = visit("zhuanyun", phone=True)
    page = runner.open(f"/screening/runs/{round_.id}/")
    page.get_by_role("link", name="装箱", exact=True).click()
    expect(answer(page)).to_contain_text("还有 2 支没有装箱")
    page.get_by_label("箱号").fill("X1")
    page.get_by_label("扫码或输入试管编号").fill("b-0101\nb-0102")
    page.get_by_label("手里数到几支").fill("2")
    runner.check()
    page.get_by_role("button", name="装箱").click()
    expect(answer(page)).to_contain_text("都装好了，1 箱等着交接")
    runner.check()
    page.get_by_role("link", name="交接", exact=True).click()
    expect(page.get_by_label("选 B-0101")).to_be_checked()
    page.get_by_label("手里数到几支").fill("2")
    page.get_by_label("接收人", exact=True).fill("县疾控")
    for word in ("交出人签名", "接收人签名"):
        _sign(page, word)
    runner.check()
    page.get_by_role("button", name="交接出发").click()
    expect(page.get_by_text("→ 县疾控")).to_be_visible()
    assert pdf(runner, page.get_by_role("link", name="交接单")).startswith(b"%PDF")
    with runner.site.database():
        (run,) = tube_history.runs(runner.site.village_id, UUID(round_.id))
    assert run.giver_signature
    assert run.receiver_signature


def _sign(page: Page, word: str) -> None:
    """A stroke from the left to the right."""
    pad = page.get_by_role("img", name=word)
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=5)
    page.mouse.up()
    expect(pad.locator("polyline")).to_have_count(1)
