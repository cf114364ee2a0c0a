"""The words for the laboratory's codes."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.laboratory.layouts import Field
from wuyicun.domains.laboratory.rules import Cause, Source, State, Status

Words = str | Promise

CAUSES: Mapping[Cause, Words] = {
    Cause.UNMATCHED: _("对不上试管"),
    Cause.WRONG_ID: _("人不符"),
    Cause.MISMATCH: _("结果不一致"),
    Cause.DUPLICATE: _("重复"),
    Cause.LATE: _("晚到"),
    Cause.MISSING: _("没有结果"),
}

TONES: Mapping[Cause, str] = {
    Cause.UNMATCHED: "late",
    Cause.WRONG_ID: "late",
    Cause.MISMATCH: "late",
    Cause.DUPLICATE: "owed",
    Cause.LATE: "owed",
    Cause.MISSING: "late",
}

WHAT_TO_DO: Mapping[Cause, Words] = {
    Cause.UNMATCHED: _("看实物或登记本，填上正确的试管编号；不是本村的就说明原因，不用录。"),
    Cause.WRONG_ID: _(
        "打开试管看里面是谁。确实是这支管就照录；报错了请实验室更正，或安排重采。没有处理以前，谁也不算出了结果。"
    ),
    Cause.MISMATCH: _("对照实验室的原始报告，选哪一条算数，其余的会作废。选定以前，管里的人都不算出了结果。"),
    Cause.DUPLICATE: _("内容一样，没有再录一次。看过就行。"),
    Cause.LATE: _("结果已经录入，只是过了时限。把原因记下来。"),
    Cause.MISSING: _("打电话问实验室。有了结果就录；管丢了就报遗失，管里的人重新列为待采。"),
}

DETAILS: Mapping[str, Words] = {
    "no_code": _("没有试管编号"),
    "rounded": _("编号被 Excel 存成了数字，后几位已经丢了"),
    "unreadable": _("结果一栏读不懂"),
    "unknown": _("本轮没有这个编号"),
    "other_round": _("是别的轮次的试管"),
    "ended": _("这支管已作废或遗失"),
    "not_opened": _("还没有收到开管记录，等那台手机上传"),
    "no_swabs": _("还没有收到这支管的采样记录，等那台手机上传"),
    "refused": _("存不进去，请手工录"),
    "id": _("身份证号和管里的人对不上"),
    "name": _("姓名和管里的人对不上"),
    "in_file": _("这一批里有两条"),
    "known": _("和已有的结果比"),
    "laboratory": _("实验室出结果晚了"),
    "upload": _("实验室按时出了，录入晚了"),
}

_ASKED, _OTHER = ("asked", _("已请实验室更正重报")), ("other", _("其他原因"))
REASONS: Mapping[Cause, Mapping[str, Words]] = {
    Cause.UNMATCHED: dict([("elsewhere", _("不是本村的试管")), ("control", _("质控或测试样")), _ASKED, _OTHER]),
    Cause.WRONG_ID: dict([_ASKED, ("resample", _("已安排重采")), _OTHER]),
    Cause.DUPLICATE: {"same": _("看过，一样")},
    Cause.LATE: dict([("backlog", _("实验室积压")), ("carried", _("送样晚")), ("uploaded", _("录入晚")), _OTHER]),
}

STATES: Mapping[str, tuple[str, Words]] = {
    State.READ: ("owed", _("还没核对")),
    State.WORKING: ("plain", _("正在处理")),
    State.MATCHED: ("owed", _("核对过，还没录")),
    State.ENTERED: ("done", _("已录入")),
    State.UNDONE: ("excused", _("已撤销")),
    State.DROPPED: ("excused", _("已放弃")),
}

SOURCES: Mapping[str, Words] = {
    Source.FILE: _("结果表"),
    Source.SCAN: _("扫管"),
    Source.PROGRAM: _("接口"),
}

FIELDS: Mapping[Field, Words] = {
    Field.TUBE: _("试管编号"),
    Field.RESULT: _("结果"),
    Field.REPORTED_AT: _("报告时间"),
    Field.NAME: _("姓名"),
    Field.ID_NUMBER: _("身份证号"),
}

STATUSES: Mapping[str, Words] = {
    Status.READY: _("要录"),
    Status.JOINED: _("同一支管"),
    Status.ASIDE: _("不录，待处理"),
    Status.ENTERED: _("已录"),
}
