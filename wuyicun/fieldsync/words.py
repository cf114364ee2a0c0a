"""Words for why a record was kept aside, for the phone and the tray."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CODES: dict[str, str | Promise] = {
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
