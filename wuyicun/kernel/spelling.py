"""How names are spelled in pinyin: every reading for finding, the right one for sorting. Pure.

pypinyin knows the readings of a character, not which of them is used in a surname; the table below does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import combinations, islice, product

from pypinyin import Style, pinyin

MOST_READINGS = 24
"""Names of many characters with many readings each: no more combinations than these are kept, likeliest first."""

SORT_LENGTH = 160
KEY_LENGTH = 96

_SURNAMES = {
    "仇": "qiu", "单": "shan", "查": "zha", "曾": "zeng", "朴": "piao", "区": "ou", "解": "xie", "翟": "zhai",
    "盖": "ge", "乐": "yue", "员": "yun", "种": "chong", "秘": "bi", "繁": "po", "祭": "zhai", "折": "she",
    "洗": "xian", "缪": "miao", "覃": "qin", "召": "shao", "郇": "xun", "阚": "kan", "卜": "bu", "隗": "wei",
    "佴": "nai", "黑": "he", "都": "du", "重": "chong", "牟": "mu", "粘": "nian", "乜": "nie", "薄": "bo",
    "柏": "bai", "郗": "xi", "莘": "shen", "尉": "wei", "句": "gou", "能": "nai", "贲": "ben",
}  # fmt: skip
_DOUBLE_SURNAMES = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "单于": ("chan", "yu"),
    "澹台": ("tan", "tai"), "鲜于": ("xian", "yu"), "乐正": ("yue", "zheng"), "宰父": ("zai", "fu"),
}  # fmt: skip
_AS_TYPED = {"lv": ("lv", "lu", "lyu"), "nv": ("nv", "nu", "nyu")}
_CHINESE = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNIT = re.compile(rf"[{_CHINESE}]|[0-9]+(?:-[0-9]+)+|[^\W{_CHINESE}]+")
_HOUSE_ENDS = ("号", "户")

Syllables = tuple[str, ...]


def normal(text: str) -> str:
    """What was typed, made comparable: plain lower-case characters, no spaces and dots, no 号 or 户 at the end."""
    short = "".join(units(text))
    while len(short) > 1 and short.endswith(_HOUSE_ENDS):
        short = short[:-1]
    return short


def units(text: str) -> list[str]:
    """The Chinese characters of a text, and its words in other writings, lower-case."""
    return _UNIT.findall(unicodedata.normalize("NFKC", text).lower())


def sort_key(name: str) -> str:
    """The pinyin that lists of names are sorted by: 单雄信 -> 'shan xiong xin  单雄信'."""
    likeliest = next(iter(readings(name)), ())
    return f"{' '.join(likeliest)}  {name}"[:SORT_LENGTH]


@lru_cache(256)  # the same name is sorted, found and ranked in a row
def readings(name: str) -> Sequence[Syllables]:
    """The readings of a name, a syllable for each character, the likeliest first; at most `MOST_READINGS`.

    The first character is read as a surname: of old readings (方 as wang) only the usual one is taken.
    """
    parts = units(name)
    each = [_syllables(unit) for unit in parts]
    double = _DOUBLE_SURNAMES.get("".join(parts[:2])) if len(parts) > 2 else None
    if double is not None:
        each[:2] = [_led_by(syllable, known) for syllable, known in zip(double, each, strict=False)]
    elif parts and parts[0] in _SURNAMES:
        each[0] = _led_by(_SURNAMES[parts[0]], each[0])
    elif parts:
        each[0] = _AS_TYPED.get(each[0][0], each[0][:1])
    return tuple(islice(_combined(each), MOST_READINGS)) if each else ()


def _combined(each: Sequence[Syllables]) -> Iterator[Syllables]:
    """All combinations, those with the fewest unlikely syllables first."""
    likeliest = [known[0] for known in each]
    several = [place for place, known in enumerate(each) if len(known) > 1]
    for unlikely in range(len(several) + 1):
        for places in combinations(several, unlikely):
            for others in product(*(each[place][1:] for place in places)):
                reading = likeliest.copy()
                for place, other in zip(places, others, strict=True):
                    reading[place] = other
                yield tuple(reading)


def _led_by(syllable: str, known: Syllables) -> Syllables:
    return (syllable, *(other for other in known if other != syllable))


@lru_cache(16_384)
def _syllables(unit: str) -> Syllables:
    """All syllables of a character without tones; of what is no Chinese character, itself."""
    found = pinyin(unit, style=Style.NORMAL, heteronym=True)
    typed = (syllable for given in found[0] for syllable in _AS_TYPED.get(given, (given,)))
    return tuple(dict.fromkeys(typed))


def keys_of_name(name: str) -> set[str]:
    """What a name is found by: each of its endings, each ending of each reading, the initials of those, and the surname
    with the initials of the given name (wanghb).

    A single initial needs no key of its own, since keys are found by how they begin.
    """
    parts = units(name)
    keys = {"".join(parts[start:]) for start in range(len(parts))}
    for reading in readings(name):
        whole = initials = ""
        for syllable in reversed(reading):
            whole, initials = syllable + whole, syllable[:1] + initials
            keys.add(whole)
            if len(whole) > len(syllable):
                keys.add(initials)
        if len(reading) > 2:
            keys.add(reading[0] + initials[1:])
    return shortened(keys)


def whole_name(name: str) -> Iterator[str]:
    """The whole of a name as it may be typed: written, in pinyin, in initials."""
    yield "".join(units(name))
    for reading in readings(name):
        yield "".join(reading)
        yield "".join(syllable[0] for syllable in reading)


class How(Enum):
    """How a name was found."""

    WRITTEN = auto()
    PINYIN = auto()
    INITIALS = auto()


def how(name: str, typed: str) -> tuple[How, str]:
    """By what a name was found, and the reading in full: ('单雄信', 'sxx') -> INITIALS, 'shan xiong xin'.

    Args:
        typed: what was typed, made `normal`.
    """
    parts = units(name)
    if not any("".join(parts[start:]).startswith(typed) for start in range(len(parts))):
        for said, shorten in ((How.PINYIN, str), (How.INITIALS, _initial)):
            for reading in readings(name):
                for start in range(len(reading)):
                    if "".join(map(shorten, reading[start:])).startswith(typed):
                        return said, " ".join(reading)
                if said is How.INITIALS and _surname_and_initials(reading).startswith(typed):
                    return said, " ".join(reading)
    return How.WRITTEN, ""


def _surname_and_initials(reading: Syllables) -> str:
    return "".join((*reading[:1], *map(_initial, reading[1:])))


def _initial(syllable: str) -> str:
    return syllable[:1]


def shortened(keys: Iterable[str]) -> set[str]:
    """Keys as they are kept."""
    return {key[:KEY_LENGTH] for key in keys if key}
