"""One box for everything: what each room finds, in whose scope, and why it fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.urls import reverse

from tests.cast import Cast, make_cast
from tests.integration.registry.people import add, house_of
from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.models import Place
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory.rules import UnitKind
from wuyicun.kernel import clock, scope
from wuyicun.kernel.web import finding
from wuyicun.kernel.web.finding import Match, Matches


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    made = make_cast()
    with scope.enter(made.scope()):
        indexing.reindex(made.village.pk)
        area = made.areas["西头岭"]
        place = Place.rows().create(
            village_id=made.village.pk, area=area, area_path=area.area_path, name="便民超市", kind="shop"
        )
        indexing.reindex(made.village.pk, places=[place.pk])
        yield made


def page(cast: Cast, name: str, text: str, address: str = "find") -> str:
    response = cast.client(name).get(reverse(address), {"q": text})
    assert response.status_code == 200
    return str(response.content.decode())


def found(cast: Cast, name: str, text: str) -> list[str]:
    """The titles in the list that is shown while one types, in its order."""
    return re.findall(r'role="option"[^>]*><b>(.*?)</b>', page(cast, name, text, "find_now"))


def office(cast: Cast, holder: str = "单雄信") -> None:
    """A dispatch centre in which somebody serves, with a phone."""
    unit = territory.add_unit(
        village_id=cast.village.pk, area_path=cast.village.area_path, kind=UnitKind.DISPATCH_CENTRE, name="调度中心",
        phone="0353-2048888", by=None, at=clock.now(),
    )  # fmt: skip
    territory.appoint(
        village_id=cast.village.pk, area_path=cast.village.area_path, unit_id=unit.pk, role="doctor",
        holder_name=holder, account_id=None, starts_at=clock.now(), by=None, at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "title", "why"),
    [
        ("甲01", "甲01", "姓名"),
        ("jia02", "甲02", "拼音 jia 02"),
        ("13800000003", "甲04", "手机号"),
        ("0003", "甲04", "手机或证件尾号 0003"),
        ("btl11", "北头岭 11 号", "首字母，读作 bei tou ling"),
        ("12", "北头岭 12 号", "门牌号"),
        ("bianmin", "便民超市", "拼音 bian min chao shi"),
        ("diyi", "第一微网格", "拼音 di yi wei wang ge"),
        ("调度", "调度中心", "名称"),
        ("8888", "调度中心", "电话 0353-2048888"),
        ("qsb", "秦叔宝", "首字母，读作 qin shu bao"),
        ("cunyi", "秦叔宝", "拼音 cun yi"),
    ],
)
def test_whatever_is_at_hand_finds_it_and_it_is_said_why(cast: Cast, text: str, title: str, why: str) -> None:
    office(cast, "秦叔宝")
    shown = page(cast, "梁会明", text, "find_now")
    assert re.search(rf"<b>{title}</b>(?:(?!</a>).)*<small[^>]*>{why}</small></a>", shown, re.DOTALL), shown


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单雄信", "shan"), ("单雄信", "danxx"),
        ("仇和", "qiuhe"), ("仇和", "chou"), ("查良", "zhal"), ("查良", "chal"),
        ("朴树", "piaos"), ("朴树", "pus"), ("区明", "oum"), ("区明", "qum"), ("曾国", "zengg"), ("曾国", "cengg"),
        ("解放", "xief"), ("解放", "jief"), ("盖叫", "gej"), ("盖叫", "gaij"),
    ],
)  # fmt: skip
def test_every_reading_of_a_surname_finds_people_and_who_holds_a_post(cast: Cast, name: str, typed: str) -> None:
    add(cast, name)
    office(cast, name)
    assert found(cast, "梁会明", typed) == [name, name]


def test_nothing_is_found_beyond_what_somebody_may_see(cast: Cast) -> None:
    office(cast)
    add(cast, "单雄信")
    assert found(cast, "王海斌", "单雄信") == ["单雄信"]  # the person, not the post
    for text in ("单雄信", "甲01", "便民超市", "第一微网格", "调度中心", "0003"):
        assert found(cast, "钟花", text) == []
        assert f"没有找到“{text}”" in page(cast, "钟花", text)
    assert found(cast, "外人", "单雄信") == []
    for name in ("值守员", "闲人"):
        assert cast.client(name).get(reverse("find_now"), {"q": "甲"}).status_code == 404


def test_who_may_find_has_the_box_on_every_page(cast: Cast) -> None:
    board = reverse("today")
    for name, has in (("梁会明", True), ("王海斌", True), ("值守员", False)):
        assert ("data-find-form" in cast.client(name).get(board).content.decode()) is has


def test_kinds_stand_apart_and_the_one_that_fits_best_first(cast: Cast) -> None:
    def kinds(text: str) -> list[str]:
        return re.findall(r"<h2>.*?</svg> (\S+)", page(cast, "梁会明", text))

    add(cast, "北头岭微")
    assert kinds("北头岭微网格") == ["微网格"]
    assert kinds("北头岭") == ["户", "人员", "微网格"]
    add(cast, "第一微网格长")
    assert kinds("第一微网格") == ["微网格", "人员"]


def test_without_a_word_it_is_said_what_can_be_searched(cast: Cast) -> None:
    for address in ("find", "find_now"):
        own = page(cast, "王海斌", "", address)
        assert "门牌号、户号" in own
        assert "岗位（村医、cy）" not in own
        assert "岗位（村医、cy）" in page(cast, "梁会明", "", address)


def test_while_typing_few_of_a_kind_are_shown_and_the_rest_is_a_page_away(cast: Cast) -> None:
    shown = page(cast, "梁会明", "甲", "find_now")
    assert len(re.findall(r'class="found-one"', shown)) == 5
    assert "还有更多，看全部" in shown
    assert page(cast, "梁会明", "甲").count('<th scope="row">') == 12


def test_a_room_that_is_added_to_the_table_is_asked_too(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = finding.Kind("物资", "package", "名称")
    kept = Match(kind, 2, "口罩", reverse("today"), "", "", "名称")
    room = replace(finding.finders()[0], kinds=(kind,), find=lambda *_: Matches([kept]), instead=None)
    monkeypatch.setattr("wuyicun.config.finders.FINDERS", (*finding.finders(), room))
    assert found(cast, "王海斌", "口罩") == ["口罩"]
    assert "物资" in page(cast, "王海斌", "")


def test_a_house_is_one_click_away(cast: Cast) -> None:
    assert reverse("household", args=[house_of(cast, "甲01").pk]) in page(cast, "王海斌", "xtl1", "find_now")
