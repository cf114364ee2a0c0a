"""Words for the codes of the tree and the units."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LEVELS: dict[str, str | Promise] = {
    "village": _("村"),
    "grid": _("网格（片区）"),
    "micro_grid": _("微网格"),
    "unplaced": _("未入网"),
}
ABOVE: dict[str, str | Promise] = {
    "province": _("省（自治区、直辖市）"),
    "city": _("市（地、州、盟）"),
    "county": _("县（市、区、旗）"),
    "township": _("乡镇（街道）"),
}
UNIT_KINDS: dict[str, str | Promise] = {
    "command": _("指挥部、前线指挥所"),
    "party": _("党组织"),
    "dispatch_centre": _("调度中心"),
    "dispatch_station": _("调度站"),
    "office": _("办公室"),
    "health_committee": _("公共卫生委员会"),
    "committee": _("委员会"),
    "partner": _("联动单位"),
}
RANKS: dict[str, str | Promise] = {"head": _("负责人"), "deputy": _("副职"), "member": _("成员")}
LINES: dict[str, str | Promise] = {"command": _("指挥线"), "party": _("党组织线")}
WORK: dict[str, str | Promise] = {
    "missing": _("未采"),
    "retests": _("待单人复检"),
    "checks": _("待入户核对"),
}
CODE_FAULTS: dict[str, str | Promise] = {
    "digits": _("行政区划代码是 12 位数字"),
    "province": _("前两位不是任何省份的代码，请核对"),
    "city": _("第 3、4 位不能是 00，这是省一级的代码，请填到村"),
    "town": _("第 7 到 9 位不能是 000，这是县一级的代码，请填到村"),
    "village": _("最后三位不能是 000，这是乡镇一级的代码，请填到村"),
}
