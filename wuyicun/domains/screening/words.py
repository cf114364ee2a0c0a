"""The words of screening's codes: a code never stands on a page. A look is a known state with a word of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.rules import RoundState, StationState, Stopped, TubeResult, TubeState

Words = str | Promise


@dataclass(frozen=True)
class Look:
    """How a code is shown: which of the known states gives colour and icon, and the word."""

    state: str
    word: Words
    icon: str = ""


ENTRY_LOOKS: dict[State, Look] = {
    State.OWED: Look("owed", _("待采")),
    State.DONE: Look("done", _("已采")),
    State.EXCUSED: Look("excused", _("暂免")),
    State.UNREACHABLE: Look("unreachable", _("联系不上")),
    State.REFUSED: Look("refused", _("拒绝")),
}

RETEST_LOOKS: dict[State, Look] = {
    State.OWED: Look("owed", _("待复检")),
    State.DONE: Look("done", _("已复检")),
    State.EXCUSED: Look("excused", _("不再需要")),
    State.UNREACHABLE: Look("unreachable", _("联系不上")),
    State.REFUSED: Look("refused", _("拒绝")),
}

ROUND_LOOKS: dict[str, Look] = {
    RoundState.OPEN: Look("owed", _("进行中")),
    RoundState.CLOSED: Look("done", _("已关闭")),
    RoundState.AMENDED: Look("done", _("已关闭，有修订")),
    RoundState.CANCELLED: Look("excused", _("已取消"), "x"),
}

TUBE_LOOKS: dict[str, Look] = {
    TubeState.EXPECTED: Look("owed", _("没有开管记录"), "help"),
    TubeState.OPEN: Look("plain", _("采样中"), "test-pipe"),
    TubeState.CLOSED: Look("owed", _("待转运")),
    TubeState.HANDED: Look("plain", _("在途"), "truck-delivery"),
    TubeState.RECEIVED: Look("plain", _("已送达"), "flask"),
    TubeState.DONE: Look("done", _("已出结果")),
    TubeState.VOID: Look("excused", _("已作废"), "trash"),
    TubeState.LOST: Look("late", _("已遗失"), "alert-circle"),
}

RESULT_LOOKS: dict[str, Look] = {
    TubeResult.NEGATIVE: Look("negative", _("阴性")),
    TubeResult.POSITIVE: Look("positive", _("阳性")),
    TubeResult.INVALID: Look("owed", _("无效"), "alert-triangle"),
    TubeResult.DISPUTED: Look("late", _("有争议"), "help"),
}

EXCUSE_REASONS: dict[str, Words] = {
    "away": _("外出"),
    "vaccinated": _("刚打疫苗"),
    "ill": _("生病"),
    "infant": _("婴幼儿"),
    "isolated": _("隔离中（另行采样）"),
    "left": _("已搬离"),
    "died": _("已故"),
    "other": _("其他"),
}

UNREACHABLE_REASONS: dict[str, Words] = {
    "nobody_home": _("家里没人"),
    "phone_off": _("电话打不通"),
    "moved": _("可能已搬走"),
    "away_unconfirmed": _("说是外出，没有核实"),
}

REFUSED_REASONS: dict[str, Words] = {
    "refused_no_reason": _("没说原因"),
    "refused_ill": _("说身体不适"),
    "refused_other": _("其他原因"),
}

REASONS: dict[str, Words] = {
    **EXCUSE_REASONS,
    **UNREACHABLE_REASONS,
    **REFUSED_REASONS,
    "withdrawn": _("阳性结果已更正"),
}

SHORT_REASONS: dict[str, Words] = {
    "no_more_people": _("没有人了"),
    "end_of_session": _("本场结束"),
    "household_tube": _("一户一管"),
    "damaged": _("试管损坏"),
    "single": _("单人单管"),
}

VOID_REASONS: dict[str, Words] = {
    "entered_twice": _("重复录入"),
    "wrong_tube": _("试管弄错"),
    "wrong_person": _("人弄错"),
    "other": _("其他原因"),
    "undo": _("当时就撤销"),
}

FLAGS: dict[str, Words] = {
    "duplicate_sample": _("重复采样，本轮已有一份有效的"),
    "over_pool": _("超出混采人数，这一份不计"),
    "foreign_device": _("不是开管的手机采的，这一份不计"),
    "tube_ended": _("试管作废或遗失，这一份不计"),
    "tube_not_opened": _("还没有收到开管记录，等那台手机上传"),
    "voided": _("已撤销"),
}

FLAG_SHORT: dict[str, Words] = {
    "duplicate_sample": _("重复采样"),
    "over_pool": _("超出人数"),
    "foreign_device": _("别的手机"),
    "tube_ended": _("管已作废"),
    "tube_not_opened": _("没有开管"),
    "voided": _("已撤销"),
}

RECORD_KINDS: dict[str, Words] = {
    "tube.open": _("开管"),
    "tube.close": _("封管"),
    "tube.end": _("作废或遗失"),
    "tube.box": _("装箱"),
    "tube.handover": _("转运交接"),
    "tube.receipt": _("实验室接收"),
    "tube.result": _("结果"),
    "sample": _("采样"),
}

ENDS: dict[str, Words] = {TubeState.VOID: _("作废"), TubeState.LOST: _("遗失")}

STATION_KINDS: dict[str, Words] = {"fixed": _("固定采样点"), "home": _("上门采样")}

STATION_LOOKS: dict[str, Look] = {
    StationState.PREPARING: Look("owed", _("布置中")),
    StationState.OPEN: Look("done", _("开放")),
    StationState.CLOSED: Look("excused", _("已关闭"), "lock"),
}

STOPPED_WORDS: dict[str, Words] = {
    Stopped.FEVER: _("发热"),
    Stopped.YELLOW_CODE: _("黄码"),
    Stopped.RED_CODE: _("红码"),
    Stopped.OTHER: _("其他情况"),
}

SENT_WORDS: dict[str, Words] = {
    "isolation": _("临时隔离区"),
    "doctor": _("村医务室"),
    "hospital": _("发热门诊"),
    "home": _("回家，上门采样"),
    "alone": _("单独窗口，单人单管"),
}

DOOR_OUTCOMES: dict[str, Words] = {"unreachable": _("联系不上"), "refused": _("拒绝")}


def reason(code: str) -> Words:
    """The words of a reason, '' for none; an unknown code (of a later version) is said to be 其他."""
    return REASONS.get(code, _("其他")) if code else ""
