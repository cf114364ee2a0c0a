"""Words for the codes of micro-grids."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.microgrids.rules import Happened, Stage

HAPPENED: dict[str, str | Promise] = {
    Happened.MADE: _("建立"),
    Happened.RETIRED: _("停用"),
    Happened.RESTORED: _("恢复"),
    Happened.CAME: _("从%(other)s移入 %(count)s 户"),
    Happened.WENT: _("移到%(other)s %(count)s 户"),
    Happened.MERGED: _("并入%(other)s，%(count)s 户随同"),
    Happened.TOOK_IN: _("并入了%(other)s的 %(count)s 户"),
}
STAGE: dict[str, str | Promise] = {
    Stage.WORKING: _("正在算"),
    Stage.READY: _("等待决定"),
    Stage.STOPPED: _("已停止"),
    Stage.FAILED: _("没有算成"),
    Stage.APPLYING: _("正在采用"),
    Stage.APPLIED: _("已采用"),
    Stage.UNDOING: _("正在撤销"),
    Stage.UNDONE: _("已撤销"),
}
REASON: dict[str, str | Promise] = {
    "too_large": _("%(was)s现有 %(size)s 户，太多"),
    "unplaced": _("现在没有入网"),
    "retired": _("%(was)s户数太少，并入邻近的微网格"),
    "nearer": _("离%(to)s中心更近"),
    "even": _("让两边户数相当"),
}
