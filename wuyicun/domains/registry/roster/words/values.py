"""Values: every wording that clerks use for a code. Each reader gives None for what it does not know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from wuyicun.domains.registry.rules import Group, IdKind, PlaceKind, Residence, Sex, Whereabouts, plain


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOTAL = re.compile(r"(?:本页|本表|以上|全村|本村|本?片区)?\s*(?:[合总小共累]\s*计|共\s*[0-9]+\s*[户人])")
EXAMPLE = re.compile(r"示例|样例|例[::]")
FOOTER = re.compile(
    r"(?:填[表报]|制表|审[核批]|负责人|经办|复核|联系人|核对|签[字名]|注|备注|说明|日期|单位)[^::]{0,8}[::]"
)
AREA_LINE = re.compile(r"[^\d\W]{1,12}(?:片区|网格)")
_HEAD = _words("户主 本人 户主本人 本人或户主")
_NOTHING = _words("无 否 没有 不是 正常 健康 良好 / \\ - -- — × x 0 n no")

_MALE = _words("男 男性 男士 m male 1")
_FEMALE = _words("女 女性 女士 f female 2")
_UNSAID_SEX = _words("未知 不详 未说明 0 9")
_YES = _words("是 有 需 需要 √ ✓ ✔ ☑ 对 1 y yes true 已 ○ ●")
_PARTY_NO = re.compile(
    r"群众|团员|民主党派|无党派|非党员|积极分子|发展对象|入党申请|少先队"
    r"|民革|民盟|民建|民进|农工|致公|九三|台盟"
)
_REGISTERED = re.compile(r"^(?:已|有)|完成")
_NOT_REGISTERED = re.compile(r"^(?:未|没|无|待)")

_RESIDENCE_PATTERNS = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        (Residence.FLOATING, r"流动|往返|候鸟|季节性"),
        (Residence.OUTSIDE, r"外来|暂住|租住|租户|租客|借住"),
        (Residence.COUNTY, r"县区|县城|县内"),
        (Residence.CITY, r"市区|城区|市外|省外|县外|外地|外出|在外|境外|国外"),
        (Residence.RESIDENT, r"常住|常驻|在村|本村|在家|长住|长期居住"),
    )
)
_GROUP_PATTERNS = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        (Group.ELDERLY, r"^老$|老人|老年|高龄|岁以上"),
        (Group.INFIRM, r"行动不便|失能|卧床|瘫痪|不能自理|^弱$|体弱"),
        (Group.ILL, r"慢病|慢性|基础病|基础性?疾病|高血压|糖尿病|冠心病|心脏病|透析|肿瘤|癌|^病$|病人|患病|大病|重病"),
        (Group.DISABLED, r"残"),
        (Group.PREGNANT, r"孕|产妇"),
        (Group.INFANT, r"婴|幼儿$|^幼$|幼童"),
        (Group.ALONE, r"独居"),
        (Group.HOME_VISIT, r"上门"),
        (Group.OUTSIDER, r"外来"),
        (Group.RISK, r"风险人"),
    )
)
_PLACE_PATTERNS = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        (PlaceKind.WASTE_POINT, r"医废|医疗废物|收采点"),
        (PlaceKind.SAMPLING_POINT, r"采样|核酸"),
        (PlaceKind.CHECKPOINT, r"卡口|卡点|检查点|劝返点"),
        (PlaceKind.RECEPTION_POINT, r"接收|接受点|保供点"),
        (PlaceKind.ISOLATION_ROOM, r"健康小屋|隔离"),
        (PlaceKind.CLINIC, r"卫生室|医务室|卫生院|诊所|卫生所|卫生站|医院"),
        (PlaceKind.PUBLIC_TOILET, r"厕"),
        (PlaceKind.PARCEL_LOCKER, r"快递|驿站|代收点"),
        (PlaceKind.BIN, r"垃圾"),
        (PlaceKind.FITNESS, r"健身|器材|广场"),
        (PlaceKind.DORMITORY, r"宿舍|工棚"),
        (PlaceKind.WORKSITE, r"工地|施工|工程|项目部"),
        (PlaceKind.FACTORY, r"企业|工厂|厂$|公司|合作社|养殖场|厂区|生产线"),
        (PlaceKind.SHOP, r"商户|超市|商店|商铺|门店|饭店|餐馆|餐厅|食堂|小卖部|便利店|理发|药店|店$|农家乐|门市"),
    )
)
_ID_KIND_PATTERNS = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        (IdKind.RESIDENT, r"身份证|户口"),
        (IdKind.PASSPORT, r"护照"),
        (IdKind.PERMIT, r"通行证|回乡证|台胞证|港澳|居留"),
    )
)
_HERE = re.compile(r"^(?:本村|在村|本地|在家|家中|村内|村里|本社区|是|在)$|^(?:本村|村内)")
_TO_AND_FRO = re.compile(r"往返|来回|两头|流动")
_COUNTY_TOWN = re.compile(r"县|镇|乡")
_CITY_TOWN = re.compile(r"城区|市区|市里|市内|矿区|郊区")
_GROUP_ENDS = re.compile(r"[、,\uff0c;\uff1b/\\|+&\s]+|和|及")
_NEGATION = re.compile(r"^(?:非|无|不是|没有|否)")
_REMEMBERED = 4096

Code = TypeVar("Code")


def bare(text: str) -> str:
    """A value in plain lower-case characters without the spaces around and inside it."""
    return "".join(plain(text).split()).lower()


def is_nothing(text: str) -> bool:
    """Whether the text is how people write that there is none: 无, /, -."""
    return len(text) < 4 and bare(text) in _NOTHING


@lru_cache(_REMEMBERED)
def sex(text: str) -> Sex | None:
    """男, 女 and how else people write it."""
    word = bare(text)
    if word in _MALE:
        return Sex.MALE
    if word in _FEMALE:
        return Sex.FEMALE
    return Sex.UNKNOWN if word in _UNSAID_SEX else None


@lru_cache(_REMEMBERED)
def yes(text: str) -> bool | None:
    """是, 否, ticks and how else people write it."""
    word = bare(text)
    if word in _YES:
        return True
    return False if word in _NOTHING or _NEGATION.match(word) or word.startswith("未") else None


@lru_cache(_REMEMBERED)
def party_member(text: str) -> bool | None:
    """中共党员 and 预备党员 are; 群众, 团员 and other parties are not."""
    word = bare(text)
    if _PARTY_NO.search(word):
        return False
    return True if "党员" in word else yes(text)


@lru_cache(_REMEMBERED)
def registered(text: str) -> bool | None:
    """已注册, 未注册 and how else people write it."""
    word = bare(text)
    if _NOT_REGISTERED.match(word):
        return False
    return True if _REGISTERED.search(word) else yes(text)


@lru_cache(_REMEMBERED)
def residence(text: str) -> Residence | None:
    """The first residence that the text speaks of."""
    return _first(_RESIDENCE_PATTERNS, bare(text))


def residences_in(text: str) -> set[Residence]:
    """All residences that a title speaks of ('常住及流动人口台账')."""
    return {code for code, pattern in _RESIDENCE_PATTERNS if pattern.search(text)}


@lru_cache(_REMEMBERED)
def groups(text: str) -> tuple[frozenset[Group], tuple[str, ...]]:
    """The groups that a text lists, and its parts that name none of ours."""
    found: set[Group] = set()
    unknown = []
    for part in _GROUP_ENDS.split(plain(text).strip()):
        word = bare(part)
        if not word or word in _NOTHING or _NEGATION.match(word):
            continue
        named = {code for code, pattern in _GROUP_PATTERNS if pattern.search(word)}
        found |= named
        if not named:
            unknown.append(part)
    return frozenset(found), tuple(unknown)


@lru_cache(_REMEMBERED)
def place_kind(text: str) -> PlaceKind | None:
    """The kind of a place from its type or its name."""
    word = bare(text)
    return PlaceKind.OTHER if word in {"其他", "其它"} else _first(_PLACE_PATTERNS, word)


@lru_cache(_REMEMBERED)
def id_kind(text: str) -> IdKind | None:
    """What paper the text names."""
    word = bare(text)
    return _first(_ID_KIND_PATTERNS, word) or (IdKind.OTHER if word else None)


@lru_cache(_REMEMBERED)
def whereabouts(text: str, stands_in: Residence | None, local_names: frozenset[str] = frozenset()) -> Whereabouts:
    """Where a person is from 现居住地.

    A town or county seat is told from a city by its wording; of a bare place name the residence says whether it is in
    the county; what is neither is elsewhere.

    Args:
        text: what stands in the cell.
        stands_in: the person's residence, if known.
        local_names: the village and its sections, whose names mean 'here'.
    """
    word = bare(text)
    if _TO_AND_FRO.search(word):
        return Whereabouts.TO_AND_FRO
    if _HERE.search(word) or any(name in word if len(name) > 2 else word.startswith(name) for name in local_names):
        return Whereabouts.IN_VILLAGE
    if stands_in is Residence.COUNTY:
        return Whereabouts.COUNTY
    if _CITY_TOWN.search(word):
        return Whereabouts.CITY
    if stands_in is not Residence.CITY and _COUNTY_TOWN.search(word):
        return Whereabouts.COUNTY
    return Whereabouts.ELSEWHERE


@lru_cache(_REMEMBERED)
def is_head(text: str) -> bool:
    """Whether the relation says that this person is the head of the household."""
    return bare(text) in _HEAD


def _first(patterns: Sequence[tuple[Code, re.Pattern[str]]], word: str) -> Code | None:
    return next((code for code, pattern in patterns if pattern.search(word)), None)
