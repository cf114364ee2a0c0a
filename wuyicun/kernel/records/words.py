"""The words of the codes with which records are kept aside: the kernel's own, and what the rooms' kinds bring along."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.records.kinds import Words, kinds

_OF_ALL: dict[str, Words] = {
    "unknown_kind": _("这个版本的服务器不认识这种记录"),
    "not_allowed": _("记录人现在没有这项权限"),
    "invalid": _("记录内容不完整或不正确"),
    "id_conflict": _("同一编号收到过内容不同的记录"),
    "outside_area": _("不在记录人负责的区域"),
    "failed": _("服务器处理这条记录时出错，已原样保存"),
}

# Said to the person whose form is refused.
_ON_A_FORM: dict[str, Words] = {
    "not_allowed": _("您没有登记这一项的权限"),
    "invalid": _("填写的内容不完整或不合要求"),
    "outside_area": _("不在您负责的区域"),
    "id_conflict": _("这张表单已经提交过，内容不同。请刷新页面再填"),
}


def of_code(code: str) -> Words:
    """Why a record is kept aside; '' for a code that nobody knows."""
    return _codes().get(code, "")


def on_a_form(code: str) -> Words:
    """Why what a form says is not taken in; the code itself when nobody knows it."""
    return _ON_A_FORM.get(code) or of_code(code) or code


@cache
def _codes() -> Mapping[str, Words]:
    """All codes; one that several rooms use means the same in each."""
    found: dict[str, Words] = {}
    for kind in kinds().values():
        found |= kind.told.codes
    return found | _OF_ALL
