"""Words for what the board says of records."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, str | Promise] = {
    "sample": _("采样"),
    "tube.close": _("封管"),
    "tube.handover": _("转运交接"),
    "tube.result": _("登记结果"),
    "outcome": _("上门未采到"),
    "excuse": _("暂免"),
}
DETAILS: dict[str, str | Promise] = {
    "unreachable": _("联系不上"),
    "refused": _("拒绝"),
    "negative": _("阴性"),
    "positive": _("阳性"),
    "invalid": _("无效"),
}
