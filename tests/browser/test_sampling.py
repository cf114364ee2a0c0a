"""Sampling as samplers do it: a phone in one hand, names read back, a network that comes and goes, two phones."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Route, expect
from pypinyin import lazy_pinyin

from tests.browser.conftest import Visit
from tests.browser.sampler import STATION, Sampler
from tests.browser.scene import Person, Round
from tests.browser.visitor import Site
from wuyicun.domains.registry import cards, tokens
from wuyicun.kernel import clock

OpenRound = Callable[..., Round]
AREA = "第二微网格"
FOLLOWS_WITHIN_MS = 3_000
"""The board asks every two seconds and shows nothing older than three."""


def card_of(site: Site, person: Person) -> str:
    """What a scanner reads from somebody's card."""
    person_id = UUID(person["id"])
    with site.database():
        return cards.issue(village_id=site.village_id, letter=tokens.PERSON, subjects=[person_id], at=clock.now())[
            person_id
        ]


def test_a_tube_is_filled_by_name_pinyin_and_card_and_the_board_follows(
    visit: Visit, open_round: OpenRound, site: Site
) -> None:
    round_ = open_round(area=AREA, title="混采三人", pool=3)
    people = round_.owed()
    desk = visit("shuji")
    desk.open("/")
    desk.page.evaluate("window.notReloaded = true")
    phone = Sampler(visit("caiyang", phone=True), round_)
    phone.open_tube("B-0101")
    phone.take(people[0])
    expect(phone.read_back).to_contain_text("男" if people[0]["sex"] == "male" else "女")
    expect(phone.read_back).to_contain_text(people[0]["house"])
    assert phone.name.evaluate("(name) => parseFloat(getComputedStyle(name).fontSize)") >= 80
    phone.visitor.check()
    phone.swab()
    phone.counts(1, 3)
    phone.take(people[1], "".join(lazy_pinyin(people[1]["name"])))
    phone.swab()
    phone.take(people[2], card_of(site, people[2]))
    phone.swab()
    phone.counts(3, 3)
    expect(phone.page.get_by_text("满了，请封管")).to_be_visible()
    phone.take(people[3])
    expect(phone.read_back).to_contain_text("管满了。先返回封管。")
    phone.read_back.get_by_role("button", name="返回").click()
    phone.page.get_by_role("button", name="封管，3 人").click()
    expect(phone.page.get_by_label("试管编号")).to_be_visible()
    phone.send()
    expect(desk.page.get_by_role("link", name=re.compile(r"^已采 .*3人"))).to_be_visible(timeout=FOLLOWS_WITHIN_MS)
    expect(desk.page.get_by_text(re.compile(f"杜梅 采样 {people[2]['name']}"))).to_be_visible()
    assert desk.page.evaluate("window.notReloaded")
    desk.check()


def test_a_short_tube_asks_for_its_reason(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area=AREA, title="不满的一管")
    phone = Sampler(visit("caiyang", phone=True), round_)
    phone.open_tube("B-0201")
    phone.take(round_.owed()[0])
    phone.swab()
    phone.page.get_by_role("button", name="封管", exact=True).click()
    expect(phone.page.get_by_role("heading", name="B-0201 只有 1 人，为什么封？")).to_be_visible()
    phone.visitor.check()
    phone.page.get_by_role("button", name="没有人了").click()
    expect(phone.page.get_by_text("B-0201 已封，1 人")).to_be_visible()
    phone.send()
    desk = visit("shuji")
    desk.open(f"/screening/tubes/{round_.id}/?code=B-0201")
    expect(desk.page.get_by_text("没有人了").first).to_be_visible()


def test_a_slip_is_undone_within_ten_seconds_and_leaves_no_trace(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area=AREA, title="手滑的一轮")
    person = round_.owed()[0]
    phone = Sampler(visit("caiyang", phone=True), round_)
    phone.open_tube("B-0301")
    phone.take(person)
    phone.swab()
    expect(phone.page.get_by_text(f"刚采：{person['name']}")).to_be_visible()
    phone.page.get_by_role("button", name=re.compile("^撤销")).click()
    expect(phone.page.get_by_text("已撤销")).to_be_visible()
    phone.counts(0, 10)
    phone.all_sent()
    assert person["id"] in {each["id"] for each in round_.owed()}


def test_a_tube_that_was_opened_by_mistake_is_put_away_and_holds_nothing_up(
    visit: Visit, open_round: OpenRound
) -> None:
    round_ = open_round(area=AREA, title="开错了管")
    phone = Sampler(visit("caiyang", phone=True), round_)
    phone.open_tube("B-0901")
    phone.stored(0)
    desk = visit("shuji")
    page = desk.open(f"/screening/{round_.id}/")
    expect(page.get_by_role("link", name="全部 1 支")).to_be_visible()
    phone.page.get_by_role("button", name="换一支管").click()
    expect(phone.page.get_by_label("试管编号")).to_be_visible()
    phone.all_sent()
    expect(page.get_by_role("link", name="全部 0 支")).to_be_visible()
    desk.open(f"/screening/closing/{round_.id}/")
    expect(page.get_by_text("没有结果")).to_be_hidden()


def test_a_swab_that_was_sent_is_corrected_by_a_record(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area=AREA, title="采错了人")
    person = round_.owed()[0]
    phone = Sampler(visit("caiyang", phone=True), round_)
    phone.open_tube("B-0401")
    phone.take(person)
    phone.swab()
    phone.send()
    assert person["id"] not in {each["id"] for each in round_.owed()}
    phone.tab("采样")
    phone.page.get_by_role("button", name="更正").click()
    phone.page.get_by_role("button", name="采错了人").click()
    phone.counts(0, 10)
    phone.all_sent()
    assert person["id"] in {each["id"] for each in round_.owed()}


def test_without_a_network_cards_are_kept_through_a_reload_and_sent_when_it_comes_back(
    visit: Visit, open_round: OpenRound, site: Site
) -> None:
    round_ = open_round(area=AREA, title="断网的一轮")
    known, *carded = round_.owed()[:3]
    scanned = [card_of(site, each) for each in carded]
    phone = Sampler(visit("caiyang", phone=True), round_)
    phone.open_tube("B-0501")
    phone.stored(0)
    phone.take(known)
    phone.visitor.context.set_offline(True)
    phone.swab()
    for token in scanned:
        phone.find(token)
        phone.read_back.get_by_role("button", name="无网：先存本机").click()
    phone.counts(3, 10)
    phone.find(known["name"])
    expect(phone.page.get_by_text(f"没有网，查不到“{known['name']}”")).to_be_visible()
    expect(phone.page.get_by_text("没有网。照常采样，记录先存本机，来网自动上传。")).to_be_visible()
    phone.visitor.check()
    phone.stored(3)
    # The page can be loaded again, but nothing can be sent yet.
    phone.page.route("**/api/field/records", Route.abort)
    phone.visitor.context.set_offline(False)
    phone.page.reload()
    phone.stored(3)
    phone.counts(3, 10)
    phone.page.unroute("**/api/field/records")
    phone.send()
    phone.stored(0)
    gone = {known["id"], *(each["id"] for each in carded)}
    assert not gone & {each["id"] for each in round_.owed()}
    desk = visit("shuji")
    desk.open(f"/screening/{round_.id}/")
    expect(desk.page.get_by_role("link", name=re.compile(r"^已采 .*3人"))).to_be_visible()


def test_the_second_of_two_phones_is_told_that_a_person_was_sampled(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area=AREA, title="两部手机")
    person, other = round_.owed()[:2]
    first = Sampler(visit("caiyang", phone=True), round_)
    second = Sampler(visit("cunyi", phone=True), round_)
    first.open_tube("B-0601")
    second.open_tube("B-0602")
    for phone in (first, second):
        phone.take(person)
        phone.swab()
    first.send()
    page = second.send()
    expect(page.get_by_text("此人这一轮采过了，以先采的为准")).to_be_visible()
    second.visitor.check()
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_text("此人这一轮采过了，以先采的为准")).to_be_hidden()
    second.tab("采样")
    second.take(other)
    second.swab()
    second.send()
    first.tab("采样")
    first.take(other)
    expect(first.read_back).to_contain_text("已经采过")
    expect(first.read_back.get_by_role("button", name="下一位")).to_be_visible()


def test_who_is_not_at_home_is_noted_at_the_door(visit: Visit, open_round: OpenRound) -> None:
    round_ = open_round(area="第一微网格", title="上门的一轮")
    person = round_.owed()[0]
    phone = Sampler(visit("wanggeyuan", phone=True), round_)
    phone.tab("名单")
    phone.page.get_by_role("button", name=f"登记 {person['name']}").click()
    phone.page.get_by_role("button", name="联系不上").click()
    phone.page.get_by_role("button", name="家里没人").click()
    expect(phone.page.get_by_text(f"刚记：{person['name']} 联系不上")).to_be_visible()
    phone.visitor.check()
    phone.send()
    desk = visit("shuji")
    desk.open(f"/screening/missing/{round_.id}/?state=unreachable")
    expect(desk.page.get_by_text(person["name"])).to_be_visible()
    expect(desk.page.get_by_text("家里没人")).to_be_visible()


def test_a_page_of_the_desk_hands_a_person_over_to_the_phone(visit: Visit, open_round: OpenRound) -> None:
    other, round_ = open_round(area=AREA, title="手机上选着的一轮"), open_round(area=AREA, title="桌面上的一轮", pool=2)
    person = round_.owed()[0]
    phone = Sampler(visit("caiyang", phone=True), other)
    phone.visitor.open(f"/screening/missing/{round_.id}/{person['id']}/")
    phone.page.get_by_role("link", name="去采样").click()
    expect(phone.page.get_by_role("button", name=round_.title)).to_have_attribute("aria-pressed", "true")
    phone.page.get_by_role("button", name=STATION).click()
    phone.page.get_by_role("button", name="开始采样").click()
    expect(phone.name).to_have_text(person["name"])
    phone.page.reload()
    expect(phone.page.get_by_label("试管编号")).to_be_visible()
    expect(phone.read_back).to_be_hidden()


@pytest.mark.parametrize("tab", ["采样", "名单", "我的"], ids=["sampling", "missing", "me"])
def test_each_tab_is_whole_in_the_hand(visit: Visit, busy_round: Round, tab: str) -> None:
    phone = Sampler(visit("caiyang", phone=True), busy_round)
    phone.open_tube(f"T-{ord(tab[0])}")
    phone.tab(tab)
    expect(phone.page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
    if tab == "名单":
        expect(phone.page.get_by_role("heading", name=re.compile("人未采"))).to_be_visible()
    phone.visitor.check()


def test_the_sampling_page_speaks_english(visit: Visit, busy_round: Round, site: Site) -> None:
    visitor = visit("caiyang", phone=True, english=True)
    visitor.open("/field/")
    visitor.page.get_by_role("button", name=busy_round.title).click()
    visitor.page.get_by_role("button", name="村委会广场采样点").click()
    visitor.page.get_by_role("button", name="Start sampling").click()
    known = site.words() | {"中文"}
    for tab in visitor.page.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        assert visitor.chinese_left(known) == []
        visitor.check()
