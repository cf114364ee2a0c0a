"""Testing as the office sees it: from the menu to a closed round with its report, at a desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.sampler import Sampler
from tests.browser.scene import POOL, Person, Round
from tests.browser.visitor import Visitor

OpenRound = Callable[..., Round]
AREA = "第一微网格"


def answer(page: Page) -> Locator:
    """The sentence at the top that answers what the page is asked."""
    return page.locator("main .answer")


def number(page: Page, label: str) -> int:
    """The big number under a label."""
    text = page.locator(".figure", has=page.get_by_text(label, exact=True)).first.locator(".figure-number").inner_text()
    found = re.match(r"\d+", text)
    assert found is not None, text
    return int(found[0])


def line(page: Page, person: Person) -> Locator:
    """Somebody's line in a list of people."""
    return page.locator("li.line", has_text=person["name"])


def confirm(page: Page, word: str) -> None:
    """The question before something that cannot be taken back is answered with yes."""
    page.locator("#confirm").get_by_role("button", name=word).click()


def pdf(visitor: Visitor, link: Locator) -> bytes:
    """What a link to a paper gives."""
    answer = visitor.context.request.get(visitor.site.url + (link.get_attribute("href") or ""))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.body()


def test_the_secretary_opens_a_round_from_the_menu(visit: Visit) -> None:
    desk = visit("shuji")
    desk.open("/")
    desk.page.get_by_role("link", name="检测", exact=True).click()
    desk.page.get_by_role("link", name=re.compile("开始一轮")).click()
    whole_village = number(desk.page, "应采")
    desk.page.get_by_label("范围").select_option(label="　　第二微网格")
    expect(desk.page.locator("#preview")).to_contain_text("第二微网格")
    due = number(desk.page, "应采")
    assert 0 < due < whole_village
    desk.page.get_by_label("名称").fill("第二微网格的一轮")
    desk.check()
    desk.page.get_by_role("button", name="开始这一轮").click()
    expect(desk.page.get_by_text("已开始 第二微网格的一轮")).to_be_visible()
    expect(answer(desk.page)).to_contain_text(f"还有 {due} 人未采")
    desk.check()


def test_what_was_found_at_the_door_is_noted_and_taken_back(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area=AREA, title="敲门的一轮")
    refusing, absent, ill = round_.owed()[:3]
    desk = visit("wanggeyuan")
    page = desk.open(f"/screening/missing/{round_.id}/")
    _say(page, refusing, "拒绝", "说身体不适")
    expect(line(page, refusing)).to_contain_text("说身体不适")
    _say(page, absent, "联系不上", "电话打不通")
    expect(line(page, absent)).to_contain_text("找过 1 次")
    _say(page, ill, "暂免", "生病")
    expect(line(page, ill)).to_be_hidden()
    left = [each["id"] for each in round_.owed()]
    assert not {refusing["id"], absent["id"], ill["id"]} & set(left)
    page.goto(f"{desk.site.url}/screening/missing/{round_.id}/?state=refused")
    line(page, refusing).get_by_role("button", name="撤回").click()
    expect(line(page, refusing)).to_be_hidden()
    assert refusing["id"] in {each["id"] for each in round_.owed()}
    desk.check()


def _say(page: Page, person: Person, what: str, reason: str) -> None:
    line(page, person).get_by_role("link", name=what, exact=True).click()
    dialog = page.get_by_role("dialog", name="登记")
    dialog.get_by_text(reason, exact=True).click()
    dialog.get_by_role("button", name="登记").click()
    expect(dialog).to_be_hidden()


def test_two_people_hand_the_tubes_over(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area=AREA, title="转运的一轮")
    people = round_.owed()
    for place in (1, 2):
        round_.tube(f"C-010{place}", people[place * POOL : (place + 1) * POOL], minutes_ago=70 - 20 * place)
    runner = visit("zhuanyun")
    page = runner.open(f"/screening/runs/{round_.id}/")
    expect(answer(page)).to_contain_text("2 支待转运")
    page.get_by_label("选 C-0101").check()
    page.get_by_label("选 C-0102").check()
    _hand_over(page, "1", "常明", "县疾控")
    expect(page.get_by_role("alert")).to_contain_text("系统里选了 2 支，手里数到 1 支")
    runner.check()
    _hand_over(page, "2", "常明", "常明")
    expect(page.get_by_role("alert")).to_contain_text("交出人和接收人要是两个人")
    _hand_over(page, "2", "常明", "县疾控")
    expect(page.get_by_text("常明 → 县疾控")).to_be_visible()
    assert pdf(runner, page.get_by_role("link", name="交接单")).startswith(b"%PDF")
    runner.check()
    page.get_by_role("link", name="登记送达").click()
    page.get_by_label("全选").check()
    page.get_by_label("手里数到几支").fill("2")
    page.get_by_label("实验室", exact=True).fill("县人民医院检验科")
    page.get_by_role("button", name="登记送达").click()
    expect(page.get_by_text("县人民医院检验科 接收")).to_be_visible()


def _hand_over(page: Page, counted: str, giver: str, receiver: str) -> None:
    page.get_by_label("手里数到几支").fill(counted)
    page.get_by_label("交出人", exact=True).fill(giver)
    page.get_by_label("接收人", exact=True).fill(receiver)
    page.get_by_role("button", name="交接出发").click()


def test_a_round_goes_from_a_positive_pool_to_its_report(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area=AREA, title="从头到尾的一轮")
    codes = sample_all_but(round_, 1)
    last = round_.owed()[0]
    desk = visit("shuji")
    page = desk.open(f"/screening/closing/{round_.id}/")
    expect(answer(page)).to_contain_text(f"还不能关闭：1 人待采、{len(codes)} 支试管没有结果")
    expect(page.get_by_role("button", name="关闭本轮")).to_be_hidden()
    desk.check()
    _say(page, last, "拒绝", "没说原因")
    round_.carry(codes)
    retested = _results(visit("cunyi"), round_, codes)
    _retest(visit("caiyang", phone=True), round_, retested)
    page.goto(f"{desk.site.url}/screening/results/{round_.id}/retests/")
    expect(page.locator("tr", has_text=retested["name"])).to_contain_text("等结果")
    page.goto(f"{desk.site.url}/screening/results/{round_.id}/?code=D-0101")
    page.get_by_role("button", name="阴性", exact=True).first.click()
    _close(desk, round_)


def sample_all_but(round_: Round, left: int) -> list[str]:
    """Everybody is sampled but the last; the codes of the tubes."""
    people = round_.owed()[:-left]
    codes = []
    for number_, start in enumerate(range(0, len(people), POOL), 1):
        codes.append(f"C-02{number_:02d}")
        round_.tube(codes[-1], people[start : start + POOL])
    return codes


def _results(doctor: Visitor, round_: Round, codes: list[str]) -> Person:
    """The first tube is positive, all others are negative; one of those who must be tested again."""
    page = doctor.open(f"/screening/results/{round_.id}/?code={codes[0]}")
    page.locator(".found-tube").get_by_role("button", name="阳性").click()
    doctor.check()
    confirm(page, "阳性")
    expect(answer(page)).to_contain_text("10 人在阳性管里，还有 10 人没有单人复检")
    expect(page.get_by_text(re.compile(f"试管 {codes[0]} 阳性"))).to_be_visible()
    doctor.check()
    name = page.locator("tbody th a").first.inner_text()
    page.goto(f"{doctor.site.url}/screening/results/{round_.id}/")
    page.get_by_label("全选").check()
    page.get_by_label("勾选的都是阴性，数一数共").fill(str(len(codes) - 1))
    page.get_by_role("button", name="全部录阴性").click()
    expect(page.get_by_text("没有等结果的试管")).to_be_visible()
    return next(each for each in round_.phone.find(round_.id, name) if each["name"] == name)


def _retest(visitor: Visitor, round_: Round, person: Person) -> None:
    """A positive pool's member gets a tube of their own, in between."""
    phone = Sampler(visitor, round_)
    phone.open_tube("C-0301")
    phone.take(person)
    expect(phone.read_back).to_contain_text("混管阳性复检：单采单检")
    phone.read_back.get_by_role("button", name="用单管采样").click()
    phone.page.get_by_label("试管编号").fill("D-0101")
    phone.page.get_by_role("button", name="采样并封管").click()
    expect(phone.read_back).to_be_hidden()
    phone.counts(0, POOL)
    phone.page.get_by_role("button", name="换一支管").click()
    phone.send()


def _close(desk: Visitor, round_: Round) -> None:
    page = desk.open(f"/screening/closing/{round_.id}/")
    expect(page.get_by_text("9 人还没有做单人复检，关闭后照样可以做")).to_be_visible()
    desk.check()
    page.get_by_role("button", name="关闭本轮").click()
    confirm(page, "关闭本轮")
    expect(page.get_by_role("heading", name="各片区、微网格")).to_be_visible()
    assert "/report/" in page.url
    desk.check()
    assert pdf(desk, page.get_by_role("link", name="打印总结")).startswith(b"%PDF")
    desk.as_on_a_phone()
    desk.check()


def test_a_record_that_was_kept_aside_is_told_in_words_and_decided(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area=AREA, title="退回的一轮")
    round_.keep_aside()
    desk = visit("shuji")
    page = desk.open("/screening/tray/")
    row = page.locator("tr", has_text="退回的一轮")
    expect(row).to_contain_text("没有这个采样点")
    expect(row).to_contain_text("开管")
    row.get_by_label("不予采用的原因").fill("试手机时扫的")
    row.get_by_role("button", name="不予采用").click()
    expect(page.get_by_text("已记下不予采用的原因，记录仍保存")).to_be_visible()
    expect(row).to_be_hidden()
    page.get_by_role("link", name="已处理的").click()
    expect(page.locator("tr", has_text="退回的一轮")).to_contain_text("试手机时扫的")
    desk.check()


@pytest.mark.parametrize("path", ["/", "/screening/", "/screening/{round}/", "/screening/runs/{round}/"])
def test_the_live_part_of_a_page_asks_for_that_part_alone(visit: Visit, busy_round: Round, path: str) -> None:
    desk = visit("shuji")
    page = desk.open(path.format(round=busy_round.id))
    asked = page.locator("[data-live]").first.get_attribute("hx-get")
    assert asked
    answer_ = desk.context.request.get(desk.site.url + asked, headers={"HX-Request": "true"})
    assert answer_.status == 200
    assert "<main" not in answer_.text()


def test_the_call_sheet_is_printed_from_the_missing_list(visit: Visit, busy_round: Round) -> None:
    desk = visit("shuji")
    page = desk.open(f"/screening/missing/{busy_round.id}/")
    assert pdf(desk, page.get_by_role("link", name="打印带走")).startswith(b"%PDF")
