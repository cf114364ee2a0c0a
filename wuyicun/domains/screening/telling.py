"""How the records of a testing round are told: in the tray, and on the form that made one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wuyicun.domains.screening import queries
from wuyicun.domains.screening.words import (
    DOOR_OUTCOMES,
    ENDS,
    REASONS,
    RESULT_LOOKS,
    SENT_WORDS,
    SHORT_REASONS,
    STOPPED_WORDS,
    VOID_REASONS,
)
from wuyicun.kernel.records.kinds import Told, Words

_CODES: dict[str, Words] = {
    "unknown_round": _("没有这一轮检测"),
    "round_cancelled": _("这一轮已取消，不能再登记"),
    "after_closing": _("本轮已关闭，不能再登记。要改动请先重新打开本轮"),
    "unknown_station": _("本轮没有这个采样点"),
    "unknown_person": _("名册里没有这个人"),
    "unknown_card": _("这张卡不认识或已挂失"),
    "tube_not_opened": _("试管还没有开管记录，等待补到"),
}

_FIELDS: dict[str, Words] = {
    "person": _("姓名"),
    "tube": _("试管"),
    "tubes": _("试管"),
    "round": _("轮次"),
    "station": _("采样点"),
    "outcome": _("情况"),
    "result": _("结果"),
    "state": _("状态"),
    "reason": _("原因"),
    "until": _("到什么时候"),
    "count": _("份数"),
    "counted": _("数到"),
    "giver": _("交出人"),
    "receiver": _("接收人"),
    "laboratory": _("实验室"),
    "box": _("箱号"),
    "people": _("人数"),
    "found": _("拦下的原因"),
    "sent": _("去了哪里"),
    "name": _("姓名"),
    "temperature": _("体温"),
    "note": _("备注"),
}

TOLD = Told(
    codes=_CODES,
    fields=_FIELDS,
    values={
        "outcome": DOOR_OUTCOMES,
        "result": {code: look.word for code, look in RESULT_LOOKS.items()},
        "state": ENDS,
        "found": STOPPED_WORDS,
        "sent": SENT_WORDS,
        "reason": {**REASONS, **VOID_REASONS, **SHORT_REASONS},
    },
    names=queries.names_of,
)
