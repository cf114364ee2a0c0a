"""What a ledger is, as plain data that can be kept, copied and changed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

MOST_CONDITIONS, MOST_COLUMNS, MOST_SIGNATURES = 40, 40, 6
NARROWEST, WIDEST = 0.4, 6.0


class Subject(StrEnum):
    """What a ledger lists."""

    PERSON = "person"
    HOUSEHOLD = "household"
    PLACE = "place"


class Kind(StrEnum):
    """What a field holds; it decides how the field can be asked for, see `OPERATORS`."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    SEALED = "sealed"
    AREA = "area"


class Operator(StrEnum):
    """How a condition compares.

    `ANY_OF`, `NONE_OF`: the value is (none) of those named. `BETWEEN`: two values, both included, '' for open.
    """

    ANY_OF = "any_of"
    NONE_OF = "none_of"
    CONTAINS = "contains"
    EQUALS = "equals"
    BLANK = "blank"
    FILLED = "filled"
    BETWEEN = "between"
    YES = "yes"
    NO = "no"


OPERATORS: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (Operator.CONTAINS, Operator.EQUALS, Operator.BLANK, Operator.FILLED),
    Kind.NUMBER: (Operator.BETWEEN, Operator.BLANK),
    Kind.DATE: (Operator.BETWEEN, Operator.BLANK, Operator.FILLED),
    Kind.CHOICE: (Operator.ANY_OF, Operator.NONE_OF),
    Kind.YES_NO: (Operator.YES, Operator.NO),
    Kind.SEALED: (Operator.FILLED, Operator.BLANK),
    Kind.AREA: (Operator.ANY_OF,),
}
WITHOUT_VALUE = frozenset({Operator.BLANK, Operator.FILLED, Operator.YES, Operator.NO})


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that must hold of everybody in the ledger."""

    field: str
    operator: Operator
    values: tuple[str, ...] = ()


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column.

    Attributes:
        field: what stands in it.
        heading: its title; '' for the field's official one.
        weight: its share of the paper's width.
        masked: never in clear, whatever the role and the reason.
    """

    field: str
    heading: str = ""
    weight: float = 1.0
    masked: bool = False


class Paper(StrEnum):
    """The paper that a ledger is made for."""

    A4 = "a4"
    A3 = "a3"


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ledger without its title.

    Attributes:
        conditions: all must hold; none: everybody who has not left.
        order: a code of `orders.ORDERS`.
        upright: the paper upright; else across.
        signatures: lines to sign under the last row.
    """

    subject: Subject = Subject.PERSON
    conditions: tuple[Condition, ...] = ()
    columns: tuple[Column, ...] = ()
    order: str = "home"
    paper: Paper = Paper.A4
    upright: bool = False
    signatures: tuple[str, ...] = ()

    def narrowed(self, conditions: tuple[Condition, ...]) -> Definition:
        """The same with further conditions."""
        return msgspec.structs.replace(self, conditions=(*self.conditions, *conditions)) if conditions else self

    def to_data(self) -> dict[str, object]:
        """As JSON values."""
        data: dict[str, object] = msgspec.to_builtins(self)
        return data


def from_data(data: object) -> Definition:
    """A definition from what `to_data` gave. Raises msgspec.ValidationError."""
    return msgspec.convert(data, Definition)


@dataclass(frozen=True)
class Known:
    """What a definition may name: kinds by field, the fields that can be columns, orders, choices by field."""

    kinds: Mapping[str, Kind]
    columns: Collection[str]
    orders: Collection[str]
    choices: Mapping[str, Collection[str]]


def faults(definition: Definition, known: Known) -> tuple[str, ...]:
    """Codes of what is wrong with a definition; empty when it can be used."""
    found = []
    codes = [column.field for column in definition.columns]
    if not codes:
        found.append("no_column")
    if len(codes) > MOST_COLUMNS or len(definition.conditions) > MOST_CONDITIONS:
        found.append("too_many")
    if len(set(codes)) < len(codes) or not set(codes) <= set(known.columns):
        found.append("unknown_column")
    if definition.order not in known.orders:
        found.append("unknown_order")
    if len(definition.signatures) > MOST_SIGNATURES:
        found.append("too_many")
    if not all(_holds(condition, known) for condition in definition.conditions):
        found.append("unknown_condition")
    return tuple(dict.fromkeys(found))


def _is_number(value: str) -> bool:
    return value == "" or (value.isdecimal() and len(value) <= _LONGEST_NUMBER)


def _is_day(value: str) -> bool:
    try:
        return value == "" or bool(date.fromisoformat(value))
    except ValueError:
        return False


_LONGEST_NUMBER = 6
_BOUND = {Kind.NUMBER: _is_number, Kind.DATE: _is_day}


def _holds(condition: Condition, known: Known) -> bool:
    kind = known.kinds.get(condition.field)
    if kind is None or condition.operator not in OPERATORS[kind]:
        return False
    if condition.operator in WITHOUT_VALUE:
        return not condition.values
    if condition.operator is Operator.BETWEEN:
        return len(condition.values) == 2 and any(condition.values) and all(map(_BOUND[kind], condition.values))
    choices = known.choices.get(condition.field)
    return bool(condition.values) and (choices is None or set(condition.values) <= set(choices))
