"""Conditions as a form shows and sends them: the same names above a ledger's columns (GET) and in the editor (POST).

``f.CODE`` holds the value or values, ``f.CODE.op`` how they are compared, ``f.CODE.from`` and ``f.CODE.to`` a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.ledgers.definition import Condition, Definition, Kind, Operator, faults
from wuyicun.domains.registry.ledgers.fields import Field, Words
from wuyicun.domains.registry.ledgers.subjects import Listed

LONGEST_VALUE = 60
OPERATOR_WORDS: Mapping[Operator, Words] = {
    Operator.ANY_OF: _("是其中之一"),
    Operator.NONE_OF: _("都不是"),
    Operator.CONTAINS: _("含有"),
    Operator.EQUALS: _("正好是"),
    Operator.BLANK: _("没填"),
    Operator.FILLED: _("填了"),
    Operator.BETWEEN: _("在这之间"),
    Operator.YES: _("是"),
    Operator.NO: _("否"),
}
_WITHOUT_INPUT = (Operator.BLANK, Operator.FILLED, Operator.YES, Operator.NO)
_RANGES = (Kind.NUMBER, Kind.DATE)
Choice = tuple[str, Words, bool]


@dataclass(frozen=True)
class Control:
    """One field as it can be asked for.

    Attributes:
        name: of the inputs.
        shape: text, range, dates, many or one: which inputs.
        operators: (code, words, chosen).
        choices: (code, words, chosen).
        value, from_, to: what stands in the inputs.
        used: something is asked.
    """

    code: str
    name: str
    title: Words
    shape: str
    operators: Sequence[Choice] = ()
    choices: Sequence[Choice] = ()
    value: str = ""
    from_: str = ""
    to: str = ""
    used: bool = False


def read(data: QueryDict, listed: Listed) -> tuple[Condition, ...]:
    """What a form asks for, whether it makes sense or not."""
    return tuple(found for field in listed.fields if (found := _condition(data, field)) is not None)


def usable(conditions: Iterable[Condition], listed: Listed) -> tuple[Condition, ...]:
    """Those of an address that make sense: an address can be anything."""
    known = listed.known
    column = Definition(columns=()).columns
    return tuple(
        each
        for each in conditions
        if "unknown_condition" not in faults(Definition(conditions=(each,), columns=column), known)
    )


def as_query(conditions: Iterable[Condition]) -> list[tuple[str, str]]:
    """The same as names and values, for addresses and hidden inputs."""
    return [pair for condition in conditions for pair in _pairs(condition)]


def as_address(pairs: Iterable[tuple[str, str]]) -> str:
    """`?f.sex=female`, '' for none."""
    query = urlencode([pair for pair in pairs if pair[1]])
    return f"?{query}" if query else ""


def control(field: Field, conditions: Iterable[Condition], areas: Sequence[tuple[str, str]]) -> Control:
    """How a field is asked for, with what is asked now.

    Args:
        areas: paths and names that can be chosen.
    """
    asked = next((each for each in conditions if each.field == field.code), None)
    values = asked.values if asked else ()
    operator = asked.operator if asked else None
    name = f"f.{field.code}"
    if field.kind in (Kind.YES_NO, Kind.SEALED):
        offered = _without_value(field)
        chosen = [(each.value, words, each is operator) for each, words in offered]
        return Control(field.code, name, field.title, "one", choices=chosen, used=asked is not None)
    if field.kind in (Kind.CHOICE, Kind.AREA):
        words: Iterable[tuple[str, Words]] = areas if field.kind is Kind.AREA else field.choices.items()
        choices = [(str(code), word, str(code) in values) for code, word in words]
        operators = _operators((Operator.ANY_OF, Operator.NONE_OF), operator) if field.kind is Kind.CHOICE else ()
        return Control(field.code, name, field.title, "many", operators, choices, used=asked is not None)
    if field.kind in _RANGES:
        from_, to = values if len(values) == 2 else ("", "")
        offered_ = (Operator.BETWEEN, Operator.BLANK)
        shape = "range" if field.kind is Kind.NUMBER else "dates"
        operators = _operators(offered_, operator)
        return Control(field.code, name, field.title, shape, operators, from_=from_, to=to, used=asked is not None)
    of_texts = (Operator.CONTAINS, Operator.EQUALS, Operator.FILLED, Operator.BLANK)
    value = values[0] if values else ""
    return Control(
        field.code, name, field.title, "text", _operators(of_texts, operator), value=value, used=asked is not None
    )


def _without_value(field: Field) -> Sequence[tuple[Operator, Words]]:
    if field.kind is Kind.SEALED:
        return ((Operator.FILLED, _("有")), (Operator.BLANK, _("没有")))
    if field.code == "party":
        return ((Operator.YES, _("中共党员")), (Operator.NO, _("群众")))
    if field.code == "sampling_code":
        return ((Operator.YES, _("已注册")), (Operator.NO, _("未注册")))
    if field.code == "problems":
        return ((Operator.YES, _("有")), (Operator.NO, _("没有")))
    return ((Operator.YES, _("是")), (Operator.NO, _("否")))


def _operators(offered: Sequence[Operator], chosen: Operator | None) -> list[Choice]:
    return [(each.value, OPERATOR_WORDS[each], each is chosen) for each in offered]


def _condition(data: QueryDict, field: Field) -> Condition | None:
    name = f"f.{field.code}"
    values = tuple(value for value in (_tidy(each) for each in data.getlist(name)) if value)
    asked = _operator(data.get(f"{name}.op", ""))
    if field.kind in (Kind.YES_NO, Kind.SEALED):
        operator = _operator(values[0]) if values else None
        return Condition(field.code, operator) if operator in _WITHOUT_INPUT else None
    if asked in (Operator.BLANK, Operator.FILLED):
        return Condition(field.code, asked)
    if field.kind in _RANGES:
        ends = tuple(_tidy(data.get(f"{name}.{end}", "")) for end in ("from", "to"))
        return Condition(field.code, Operator.BETWEEN, ends) if any(ends) else None
    usual = Operator.CONTAINS if field.kind is Kind.TEXT else Operator.ANY_OF
    return Condition(field.code, asked or usual, values) if values else None


def _operator(code: str) -> Operator | None:
    return Operator(code) if code in set(Operator) else None


def _tidy(value: str) -> str:
    return value.replace("\x00", "").strip()[:LONGEST_VALUE]


def _pairs(condition: Condition) -> Iterator[tuple[str, str]]:
    name = f"f.{condition.field}"
    if condition.operator in (Operator.YES, Operator.NO):
        yield name, condition.operator.value
    elif condition.operator in (Operator.BLANK, Operator.FILLED):
        yield f"{name}.op", condition.operator.value
        yield name, condition.operator.value
    elif condition.operator is Operator.BETWEEN:
        yield from zip((f"{name}.from", f"{name}.to"), condition.values, strict=True)
    else:
        yield f"{name}.op", condition.operator.value
        yield from ((name, value) for value in condition.values)


def in_words(condition: Condition, field: Field, areas: Mapping[str, str]) -> str:
    """A condition as it is said: 年龄：60 以上."""
    values = [str(areas.get(value, "") or field.choices.get(value, value)) for value in condition.values]
    return gettext("%(field)s：%(value)s") % {"field": field.title, "value": _said(condition, field, values)}


def _said(condition: Condition, field: Field, values: Sequence[str]) -> Words:
    match condition.operator:
        case Operator.YES | Operator.NO:
            return dict(_without_value(field))[condition.operator]
        case Operator.BETWEEN:
            return _between(*values)
        case Operator.ANY_OF:
            return " / ".join(values)
        case Operator.NONE_OF | Operator.CONTAINS | Operator.EQUALS:
            return f"{OPERATOR_WORDS[condition.operator]} {' / '.join(values)}"
    return OPERATOR_WORDS[condition.operator]


def _between(least: str, most: str) -> str:
    if not most:
        return gettext("%(least)s 以上") % {"least": least}
    if not least:
        return gettext("%(most)s 以下") % {"most": most}
    return f"{least}–{most}"
