"""The words of the codes of disinfecting."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.hygiene.rules import Method

Words = str | Promise

METHODS: dict[str, Words] = {
    Method.SPRAY: _("喷洒"),
    Method.WIPE: _("擦拭"),
    Method.MOP: _("拖地"),
    Method.SOAK: _("浸泡"),
    Method.FOG: _("喷雾"),
    Method.LAMP: _("紫外线照射"),
}

AGENTS: tuple[Words, ...] = (
    _("含氯消毒液 500 mg/L"),
    _("含氯消毒液 1000 mg/L"),
    _("含氯消毒液 2000 mg/L"),
    _("医用酒精"),
    _("过氧化氢"),
    _("紫外线灯"),
)
"""What is proposed; any other may be written."""

CODES: dict[str, Words] = {
    "unknown_due": _("没有这一处待消杀的记录"),
    "in_the_future": _("消杀时间在将来，请核对"),
}

FIELDS: dict[str, Words] = {
    "point": _("点位"),
    "done_at": _("日期"),
    "method": _("方式"),
    "agent": _("用品"),
    "operator": _("操作人员"),
    "due": _("待消杀"),
    "note": _("备注"),
}
