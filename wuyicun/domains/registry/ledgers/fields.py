"""What can stand in a ledger and be asked for: the documented set, see docs/ledgers.md.

A field says which columns of the database it needs and how they read. Numbers that identify somebody (`secret`) are
masked unless the reading is in clear; `mask` is how a value looks in a column that is always masked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import labels
from wuyicun.domains.registry.ledgers.definition import Kind
from wuyicun.domains.registry.models import ID_NUMBER, PHONE, PLACE_PHONE
from wuyicun.domains.registry.naming import masked_id
from wuyicun.domains.registry.rules import Group, Sex, age_on
from wuyicun.kernel.crypto import unseal
from wuyicun.kernel.web.formatting import masked_phone

Words = str | Promise
Cell = str | int | date | None
Values = tuple[Any, ...]


@dataclass(frozen=True)
class Reading:
    """What the cells of some lines need besides their own row.

    Attributes:
        on: the day for ages.
        clear: whether secret numbers are shown.
        names: of areas, by path.
        groups: codes of `rules.Group` by person.
    """

    on: date
    clear: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)


OF_WORK: Mapping[str, str] = {"worksite": "place__name", "dormitory": "dormitory__name", "job": "job"}
"""What is no column of people's own but of their row on a worksite's roster: codes, and the columns there."""


@dataclass(frozen=True)
class Field:
    """One thing that can stand in a ledger.

    Attributes:
        code: kept in definitions.
        title: the official heading.
        kind: how it can be asked for.
        needs: columns of the database, in the order in which `show` takes them.
        show: the cell.
        lookup: the column that a condition compares; '' where `conditions` knows a way of its own.
        choices: words by code.
        weight: the usual share of the paper's width.
        secret: shown in clear only with the permission and a reason.
        mask: what is left of a value in a masked column; None: it cannot be masked.
        number: cells are numbers or dates, not text.
    """

    code: str
    title: Words
    kind: Kind
    needs: tuple[str, ...]
    show: Callable[[Values, Reading], Cell]
    lookup: str = ""
    choices: Mapping[str, Words] = field(default_factory=dict)
    weight: float = 1.0
    secret: bool = False
    mask: Callable[[str], str] | None = None
    cells: Literal["text", "number", "date"] = "text"


def masked_name(name: str) -> str:
    """张**: the family name."""
    return f"{name[:1]}{'*' * (len(name) - 1)}"


def masked_day(day: str) -> str:
    """1951-**-**: the year."""
    return f"{day[:4]}-**-**" if day else ""


def masked_words(words: str) -> str:
    """北头岭***: the first three characters, which name the place and not the door."""
    return f"{words[:3]}***" if words else ""


def _plain(values: Values, _reading: Reading) -> Cell:
    cell: Cell = values[0]
    return "" if cell is None else cell


def _text(code: str, title: Words, column: str = "", weight: float = 1.2, **more: Any) -> Field:
    return Field(code, title, Kind.TEXT, (column or code,), _plain, column or code, weight=weight, **more)


def _day(code: str, title: Words, **more: Any) -> Field:
    def show(values: Values, _reading: Reading) -> Cell:
        day: date | None = values[0]
        return day

    return Field(code, title, Kind.DATE, (code,), show, code, weight=1.2, cells="date", **more)


def _choice(code: str, title: Words, choices: Mapping[str, Words], weight: float = 1.0, hidden: str = "") -> Field:
    def show(values: Values, _reading: Reading) -> Cell:
        return "" if values[0] == hidden else str(choices.get(values[0], values[0]))

    return Field(code, title, Kind.CHOICE, (code,), show, code, choices, weight)


def _yes_no(code: str, title: Words, yes: Words, no: Words, column: str) -> Field:
    def show(values: Values, _reading: Reading) -> Cell:
        return str(yes if values[0] else no)

    return Field(code, title, Kind.YES_NO, (column,), show, column)


def _sealed(code: str, title: Words, purpose: str, mask: Callable[[str], str], weight: float) -> Field:
    def show(values: Values, reading: Reading) -> Cell:
        if values[0] is None:
            return ""
        number = unseal(values[0], purpose)
        return number if reading.clear else mask(number)

    return Field(
        code, title, Kind.SEALED, (f"{code.removesuffix('_number')}_sealed",), show,
        f"{code.removesuffix('_number')}_sealed", weight=weight, secret=True, mask=mask,
    )  # fmt: skip


def _area(code: str, title: Words, column: str, weight: float) -> Field:
    def show(values: Values, reading: Reading) -> Cell:
        return reading.names.get(values[0] or "", "")

    return Field(code, title, Kind.AREA, (column,), show, "area_path", weight=weight)


def _age(values: Values, reading: Reading) -> Cell:
    return None if values[0] is None else age_on(values[0], reading.on)


def _address(values: Values, _reading: Reading) -> Cell:
    return values[0] or values[1] or ""


def _groups(values: Values, reading: Reading) -> Cell:
    return gettext("、").join(str(labels.GROUP[code]) for code in reading.groups.get(values[0], ()))


def _problems(values: Values, _reading: Reading) -> Cell:
    return gettext("、").join(str(labels.PROBLEM.get(code, code)) for code in values[0])


def _of_group(group: Group) -> Field:
    def show(values: Values, reading: Reading) -> Cell:
        return gettext("是") if group in reading.groups.get(values[0], ()) else gettext("否")

    return Field(f"group_{group}", labels.GROUP[group], Kind.YES_NO, ("pk",), show, weight=0.8)


PERSON: tuple[Field, ...] = (
    _text("name", _("姓名"), mask=masked_name),
    _choice("sex", _("性别"), labels.SEX, 0.6, hidden=Sex.UNKNOWN),
    Field("age", _("年龄"), Kind.NUMBER, ("birth_date",), _age, weight=0.6, cells="number"),
    _day("birth_date", _("出生日期"), mask=masked_day),
    _choice("id_kind", _("证件类型"), labels.ID_KIND),
    _sealed("id_number", _("身份证号码"), ID_NUMBER, masked_id, 2.6),
    _sealed("phone", _("联系电话"), PHONE, masked_phone, 1.7),
    _text("relation", _("与户主关系"), weight=0.9),
    _text("head_name", _("户主"), "household__head_name", mask=masked_name),
    _area("section", _("片区"), "household__section_path", 1.1),
    _area("micro_grid", _("微网格"), "area_path", 1.4),
    _text("household", _("户号"), "household__number", 0.7),
    Field(
        "address", _("家庭住址"), Kind.TEXT, ("address", "household__address"), _address, "address",
        weight=1.8, mask=masked_words,
    ),
    _text("registered_address", _("户籍地址"), weight=1.8, mask=masked_words),
    _yes_no("party", _("政治面貌"), _("中共党员"), _("群众"), "party_member"),
    _choice("residence", _("人员类别"), labels.RESIDENCE, 1.1),
    _choice("whereabouts", _("去向"), labels.WHEREABOUTS),
    _text("whereabouts_text", _("现居住地"), weight=1.6),
    _day("whereabouts_since", _("离村日期")),
    _day("expected_return", _("预计返回")),
    Field("groups", _("特殊人群"), Kind.CHOICE, ("pk",), _groups, choices=labels.GROUP, weight=1.6),
    _text("workplace", _("用工单位"), weight=1.8),
    _text("worksite", _("所在工地（企业）"), weight=1.8),
    _text("job", _("工种"), weight=1.0),
    _text("dormitory", _("宿舍"), weight=1.2),
    _yes_no("sampling_code", _("采样码"), _("已注册"), _("未注册"), "sampling_code"),
    Field("problems", _("待核对"), Kind.YES_NO, ("problems",), _problems, weight=1.6),
    _text("note", _("备注")),
    *(_of_group(group) for group in Group),
)  # fmt: skip

HOUSEHOLD: tuple[Field, ...] = (
    _text("number", _("户号"), weight=0.7),
    _area("section", _("片区"), "section_path", 1.1),
    _area("micro_grid", _("微网格"), "area_path", 1.4),
    _text("head_name", _("户主"), mask=masked_name),
    _text("address", _("家庭住址"), weight=1.8, mask=masked_words),
    Field("members", _("人口"), Kind.NUMBER, ("members",), _plain, "members", weight=0.7, cells="number"),
    Field("at_home", _("在村人数"), Kind.NUMBER, ("at_home",), _plain, "at_home", weight=0.8, cells="number"),
)

PLACE: tuple[Field, ...] = (
    _text("name", _("名称"), weight=1.6),
    _choice("kind", _("类型"), labels.PLACE_KIND),
    _area("micro_grid", _("所属区域"), "area_path", 1.4),
    _text("contact_name", _("负责人"), weight=1.0, mask=masked_name),
    _sealed("phone", _("联系电话"), PLACE_PHONE, masked_phone, 1.7),
    _text("liaison_name", _("联络员"), weight=1.0, mask=masked_name),
    _text("location", _("位置"), weight=1.8),
    _text("note", _("备注")),
)
