"""A name is found by every way of saying it, and stands in its place in the list."""

from __future__ import annotations

import pytest

from wuyicun.domains.registry.naming import keys_of_house
from wuyicun.kernel.spelling import (
    KEY_LENGTH,
    MOST_READINGS,
    SORT_LENGTH,
    How,
    how,
    keys_of_name,
    normal,
    readings,
    sort_key,
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("张秀英", "zhangxiuying"),
        ("张秀英", "xiuying"),
        ("张秀英", "zxy"),
        ("张秀英", "xy"),
        ("张秀英", "秀英"),
        ("张秀英", "英"),
        ("张秀英", "zhangxy"),
        ("单雄信", "danxx"),
        ("单雄信", "shanxiongxin"),
        ("单雄信", "danxiongxin"),
        ("尉迟恭", "yuchigong"),
        ("吕英丽", "lvyingli"),
        ("吕英丽", "luyingli"),
        ("买买提·吐尔逊", "吐尔逊"),
        ("Ann Lee", "lee"),
        ("Ann Lee", "annlee"),
    ],
)
def test_a_name_is_found_by(name: str, said: str) -> None:
    assert said in keys_of_name(name)


@pytest.mark.parametrize(
    ("surname", "pinyin"),
    [
        ("仇", "qiu"),
        ("单", "shan"),
        ("查", "zha"),
        ("曾", "zeng"),
        ("朴", "piao"),
        ("区", "ou"),
        ("解", "xie"),
        ("盖", "ge"),
        ("尉", "wei"),
    ],
)
def test_a_surname_is_sorted_by_how_it_is_read_as_one(surname: str, pinyin: str) -> None:
    assert sort_key(f"{surname}国").startswith(f"{pinyin} guo")
    assert pinyin + "guo" in keys_of_name(f"{surname}国")


def test_the_same_character_in_a_given_name_is_read_as_usual() -> None:
    assert sort_key("王单").startswith("wang dan")


def test_old_readings_of_a_surname_do_not_put_others_among_those_one_looks_for() -> None:
    assert not any(key.startswith("wang") for key in keys_of_name("方国"))


def test_names_are_sorted_syllable_by_syllable() -> None:
    names = ["李安", "黎明", "李国军", "李国", "阿力"]
    assert sorted(names, key=sort_key) == ["阿力", "李安", "李国", "李国军", "黎明"]


def test_a_name_of_many_readings_keeps_the_likeliest() -> None:
    name = "曾" + "乐" * 63
    assert len(readings(name)) == MOST_READINGS
    assert readings(name)[0][:2] == ("zeng", "le")
    assert all(0 < len(key) <= KEY_LENGTH for key in keys_of_name(name))
    assert len(sort_key(name)) <= SORT_LENGTH


def test_nothing_is_found_by_nothing() -> None:
    assert keys_of_name(" · ") == set()
    assert sort_key("") == "  "


@pytest.mark.parametrize("said", ["106", "北头岭106", "beitouling106", "btl106", "1", "北头岭1", "btl1", "beitouling1"])
def test_a_house_is_found_by(said: str) -> None:
    assert said in keys_of_house("北头岭", "106", "北头岭1号")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("北头岭 12号", "北头岭12"),
        ("Zhang Xiu-ying", "zhangxiuying"),
        ("１２－１ 号", "12-1"),
        ("号", "号"),
        (" #=+ ", ""),
        ("张三\u3000", "张三"),
    ],
)
def test_what_was_typed_is_made_comparable(typed: str, key: str) -> None:
    assert normal(typed) == key


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("雄信", (How.WRITTEN, "")),
        ("danx", (How.PINYIN, "dan xiong xin")),
        ("xiongxin", (How.PINYIN, "shan xiong xin")),
        ("sxx", (How.INITIALS, "shan xiong xin")),
        ("danxx", (How.INITIALS, "dan xiong xin")),
        ("dxx", (How.INITIALS, "dan xiong xin")),
    ],
)
def test_it_is_said_by_which_reading_a_name_was_found(typed: str, found: tuple[How, str]) -> None:
    assert how("单雄信", typed) == found
