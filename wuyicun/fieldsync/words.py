"""Words for records: why one was kept aside, what kind it is and what stands in it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

CODES: dict[str, Words] = {
    "unknown_kind": _("这个版本的服务器不认识这种记录"),
    "not_allowed": _("记录人现在没有这项权限"),
    "invalid": _("记录内容不完整或不正确"),
    "id_conflict": _("同一编号收到过内容不同的记录"),
    "unknown_round": _("没有这一轮检测"),
    "round_cancelled": _("这一轮已取消"),
    "after_closing": _("记录时间在本轮关闭之后"),
    "unknown_station": _("没有这个采样点"),
    "unknown_person": _("名册里没有这个人"),
    "unknown_card": _("这张卡不认识或已挂失"),
    "outside_area": _("这个人不在记录人负责的区域"),
    "failed": _("服务器处理这条记录时出错，已原样保存"),
    "tube_not_opened": _("试管还没有开管记录，等待补到"),
}

KINDS: dict[str, Words] = {
    "tube.open": _("开管"),
    "sample": _("采样"),
    "tube.close": _("封管"),
    "tube.end": _("试管作废或遗失"),
    "tube.handover": _("转运交接"),
    "tube.receipt": _("实验室接收"),
    "tube.result": _("登记结果"),
    "outcome": _("上门未采到"),
    "excuse": _("暂免"),
    "void": _("作废一条记录"),
}

# What of a record's data says something to a person, in the order in which it is told.
FIELDS: dict[str, Words] = {
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
    "note": _("备注"),
}

OUTCOMES: dict[str, Words] = {"unreachable": _("联系不上"), "refused": _("拒绝")}
