"""What a newborn is called and is to the head of the household, in the words that rosters use."""

from __future__ import annotations

from wuyicun.domains.registry.rules import Sex

_CHILD_OF = {
    ("户主", "本人", "妻", "妻子", "配偶", "爱人"): ("子", "女"),
    ("媳", "儿媳", "媳妇", "儿媳妇"): ("孙子", "孙女"),
    ("女", "女儿", "长女", "次女", "三女"): ("外孙", "外孙女"),
    ("孙媳", "孙媳妇", "孙女"): ("曾孙", "曾孙女"),
}


def relation_of_child(mother: str, sex: Sex) -> str:
    """What a newborn is to the head of the household, out of what the mother is; '' where it cannot be told."""
    for relations, (son, daughter) in _CHILD_OF.items():
        if mother in relations and sex is not Sex.UNKNOWN:
            return son if sex is Sex.MALE else daughter
    return ""


def unnamed_child(mother: str, sex: Sex, place: int = 1) -> str:
    """What a newborn is called until they have a name (张秀英之女), as hospitals do; `place` tells siblings apart."""
    called = {Sex.MALE: "子", Sex.FEMALE: "女"}.get(sex, "婴")
    return f"{mother}之{called}" + (str(place) if place > 1 else "")
