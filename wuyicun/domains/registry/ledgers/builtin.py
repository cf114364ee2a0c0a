"""The ledgers that the village's plan names, in its words. They are never edited: who wants another copies one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from wuyicun.domains.registry.ledgers.definition import Column, Condition, Definition, Operator, Subject
from wuyicun.domains.registry.ledgers.fields import Words
from wuyicun.domains.registry.ledgers.subjects import LISTED
from wuyicun.domains.registry.rules import Group, PlaceKind, Residence


class Shelf(StrEnum):
    """Under which heading a built-in ledger stands."""

    FIVE = "five"
    GROUPS = "groups"
    WORK = "work"


SHELVES: Mapping[Shelf, Words] = {
    Shelf.FIVE: _("五本台账"),
    Shelf.GROUPS: _("外来、风险和特殊人群"),
    Shelf.WORK: _("采样码、党员、户和点位"),
}


@dataclass(frozen=True)
class Builtin:
    """A ledger that comes with the program.

    Attributes:
        code: in the address.
        title: the official title, without the village's name in front.
        about: who stands in it, where the title does not say.
    """

    code: str
    shelf: Shelf
    title: Words
    about: Words
    definition: Definition


_HOME = ("section", "household", "name", "sex", "age", "id_number", "relation", "phone", "address", "micro_grid")
_IN_VILLAGE = (*_HOME, "party", "groups", "sampling_code", "note")
_AWAY = (*_HOME, "whereabouts_text", "expected_return", "note")
_SPECIAL = (*_HOME, "residence", "groups", "note")
_WORKERS = (
    "name", "sex", "age", "id_number", "phone", "workplace", "address", "registered_address", "micro_grid",
    "sampling_code", "note",
)  # fmt: skip
_ON_SITE = (
    "worksite", "dormitory", "name", "sex", "age", "id_number", "phone", "job", "registered_address", "whereabouts",
    "sampling_code", "note",
)  # fmt: skip
_PLACES = ("name", "kind", "micro_grid", "contact_name", "phone", "location", "note")
_SIGNED = (gettext_noop("填表人"), gettext_noop("审核人"))
_LIVING_HEADING = gettext_noop("居住地点")


def _columns(subject: Subject, codes: tuple[str, ...], headings: Mapping[str, str]) -> tuple[Column, ...]:
    fields = LISTED[subject].field_by_code
    return tuple(Column(code, headings.get(code, ""), fields[code].weight) for code in codes)


def _ledger(  # noqa: PLR0917 - a table: a line for each ledger reads best without names
    code: str,
    shelf: Shelf,
    title: Words,
    about: Words,
    conditions: tuple[Condition, ...],
    columns: tuple[str, ...] = _SPECIAL,
    *,
    subject: Subject = Subject.PERSON,
    order: str = "home",
    headings: Mapping[str, str] | None = None,
) -> Builtin:
    definition = Definition(
        subject=subject,
        conditions=conditions,
        columns=_columns(subject, columns, headings or {}),
        order=order,
        signatures=_SIGNED,
    )
    return Builtin(code, shelf, title, about, definition)


def _residence(*residences: Residence) -> tuple[Condition, ...]:
    return (Condition("residence", Operator.ANY_OF, tuple(residences)),)


def _groups(*groups: Group) -> tuple[Condition, ...]:
    return (Condition("groups", Operator.ANY_OF, tuple(groups)),)


def _is(field: str, operator: Operator = Operator.YES) -> Condition:
    return Condition(field, operator)


def _kinds(*kinds: PlaceKind) -> tuple[Condition, ...]:
    return (Condition("kind", Operator.ANY_OF, tuple(kinds)),)


_WEAK = (Group.ELDERLY, Group.INFIRM, Group.ILL, Group.DISABLED, Group.PREGNANT)
_BUSINESS = (PlaceKind.SHOP, PlaceKind.CLINIC, PlaceKind.FACTORY, PlaceKind.WORKSITE)
_PUBLIC = (PlaceKind.PUBLIC_TOILET, PlaceKind.PARCEL_LOCKER, PlaceKind.BIN, PlaceKind.FITNESS)

_FIVE = (
    _ledger(
        "resident", Shelf.FIVE, _("常住人口台账"), _("长期住在村里的人"), _residence(Residence.RESIDENT), _IN_VILLAGE
    ),
    _ledger(
        "floating", Shelf.FIVE, _("流动人员台账"), _("经常往返、时住时走的人"), _residence(Residence.FLOATING), _AWAY
    ),
    _ledger(
        "county", Shelf.FIVE, _("县区居住人员台账"), _("户在本村、住在县城或县内其他地方的人"),
        _residence(Residence.COUNTY), _AWAY,
    ),
    _ledger(
        "city", Shelf.FIVE, _("市区及以外居住人员台账"), _("户在本村、住在市区或更远的人"),
        _residence(Residence.CITY), _AWAY,
    ),
    _ledger(
        "home-visit", Shelf.FIVE, _("需上门核酸人员台账"), _("行动不便等，需要上门采样的人"),
        _groups(Group.HOME_VISIT), (*_HOME, "groups", "note"),
    ),
)  # fmt: skip
_GROUPS = (
    _ledger(
        "outside", Shelf.GROUPS, _("外来人员台账"), _("外来务工和来访人员"), _residence(Residence.OUTSIDE), _WORKERS,
        headings={"address": _LIVING_HEADING},
    ),
    _ledger(
        "outside-workers", Shelf.GROUPS, _("外来务工人员台账"), _("按用工单位排列，闭环管理用"),
        (*_residence(Residence.OUTSIDE), _is("workplace", Operator.FILLED)), _WORKERS, order="workplace",
        headings={"address": _LIVING_HEADING},
    ),
    _ledger(
        "worksite-workers", Shelf.GROUPS, _("工地企业工人台账"), _("工地和企业花名册上的工人，带宿舍"),
        (_is("worksite", Operator.FILLED),), _ON_SITE, order="workplace",
    ),
    _ledger("risk", Shelf.GROUPS, _("风险人员台账"), "", _groups(Group.RISK)),
    _ledger(
        "weak", Shelf.GROUPS, _("老弱病残孕人员台账"), _("老人、行动不便、慢病、残疾、孕妇合在一起"), _groups(*_WEAK)
    ),
    _ledger("elderly", Shelf.GROUPS, _("老年人台账"), "", _groups(Group.ELDERLY)),
    _ledger("infirm", Shelf.GROUPS, _("行动不便人员台账"), "", _groups(Group.INFIRM)),
    _ledger("ill", Shelf.GROUPS, _("慢病患者台账"), "", _groups(Group.ILL)),
    _ledger("disabled", Shelf.GROUPS, _("残疾人台账"), "", _groups(Group.DISABLED)),
    _ledger("pregnant", Shelf.GROUPS, _("孕产妇台账"), "", _groups(Group.PREGNANT)),
    _ledger("infant", Shelf.GROUPS, _("婴幼儿台账"), "", _groups(Group.INFANT)),
    _ledger("alone", Shelf.GROUPS, _("独居人员台账"), "", _groups(Group.ALONE)),
)  # fmt: skip
_WORK = (
    _ledger("everyone", Shelf.WORK, _("全部人员台账"), _("名册里的每一个人"), ()),
    _ledger(
        "no-code", Shelf.WORK, _("未注册采样码人员台账"), _("还没有在核酸采样系统注册二维码的人"),
        (_is("sampling_code", Operator.NO),), (*_HOME, "residence", "note"),
    ),
    _ledger(
        "party", Shelf.WORK, _("党员台账"), "", (_is("party"),), (*_HOME, "workplace", "whereabouts_text", "note")
    ),
    _ledger(
        "households", Shelf.WORK, _("住户台账"), _("一户一行"), (),
        ("section", "micro_grid", "number", "head_name", "address", "members", "at_home"), subject=Subject.HOUSEHOLD,
    ),
    _ledger(
        "businesses", Shelf.WORK, _("商户企业台账"), _("商户、卫生室、企业、工地"), _kinds(*_BUSINESS), _PLACES,
        subject=Subject.PLACE, order="kind",
    ),
    _ledger(
        "public-places", Shelf.WORK, _("公共点位台账"), _("公厕、快递柜、垃圾桶、健身器材"), _kinds(*_PUBLIC), _PLACES,
        subject=Subject.PLACE, order="kind",
    ),
    _ledger("places", Shelf.WORK, _("点位台账"), _("全部点位"), (), _PLACES, subject=Subject.PLACE),
)  # fmt: skip

BUILTIN: Mapping[str, Builtin] = {each.code: each for each in (*_FIVE, *_GROUPS, *_WORK)}
