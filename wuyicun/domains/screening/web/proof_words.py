"""The words of the proof of a round: why somebody has to be looked at twice, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.crosscheck import Cause
from wuyicun.domains.screening.words import Words


@dataclass(frozen=True)
class Told:
    """A list of people to be looked at twice: its title, why somebody is on it, what to do."""

    title: Words
    why: Words
    do: Words


CAUSES: dict[Cause, Told] = {
    Cause.MISSED_TWICE: Told(
        _("连续两轮没采到"),
        _("这一轮没采，上一轮也没采。"),
        _("先打电话，再上门；请微网格长和家里人一起问清原因，今天就采，或登记暂免。"),
    ),
    Cause.SAMPLED_WHILE_AWAY: Told(
        _("名册写不在村，这轮却采了"),
        _("名册里写着外出或已离开，这一轮有本人的样本。"),
        _("核对是不是本人。是，就把名册里的去向改成在村；不是，就撤销这份样本，重新采对的人。"),
    ),
    Cause.SAID_GONE: Told(
        _("说已搬离或已故，名册还在"),
        _("这一轮按搬离或已故暂免，名册里还是在册的人。"),
        _("向家属或派出所核实，属实就在名册里登记离开，不属实就撤回暂免。"),
    ),
    Cause.PERHAPS_MOVED: Told(
        _("可能搬走、外出没核实"),
        _("上门的人登记可能搬走，或说是外出、没有核实。"),
        _("打电话问本人或邻居，问清后改名册里的去向，或登记离开。"),
    ),
    Cause.AWAY_WITHOUT_END: Told(
        _("外出，没写哪天回来"),
        _("因外出暂免，没有预计返回的日子，到期不会自动提醒。"),
        _("打电话问哪天回来，写进名册；已经回来的改成在村，马上列为待采。"),
    ),
    Cause.AWAY: Told(
        _("外出"),
        _("因外出暂免，写着返回的日子，到日子自动列为待采。"),
        _("返回前一天打电话提醒；请本人在外地采样，报告发回来。"),
    ),
    Cause.ISOLATED: Told(
        _("隔离中"),
        _("按隔离中暂免，由隔离点或上门人员另行单采。"),
        _("向隔离点或村医核对这一轮有没有采、结果是什么；解除隔离后撤回暂免。"),
    ),
    Cause.LEFT: Told(
        _("已离开"),
        _("开轮后名册里登记离开本村。"),
        _("核对去了哪里，需要时通知接收地；又回来的在名册里撤回离开。"),
    ),
    Cause.DIED: Told(_("已故"), _("名册里登记已故。"), _("不用再找。登记错了，在名册里撤回。")),
}

ADVICE: dict[State, Words] = {
    State.OWED: _("还没有记录：打电话、上门、采样，或登记原因"),
    State.UNREACHABLE: _("再找一次，换个时间或请微网格长上门"),
    State.REFUSED: _("请村医或微网格长上门说明"),
    State.EXCUSED: "",
    State.DONE: "",
}
