"""Words for the codes of the tree and the units."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.territory.rules import Level, UnitKind

LEVELS: dict[str, str | Promise] = {
    "village": _("村"),
    "grid": _("网格（片区）"),
    "micro_grid": _("微网格"),
    "unplaced": _("未入网"),
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


def unit_name(kind: UnitKind, level: Level, area: str) -> str:
    """What the plan calls a unit of this kind on an area of this level. It is the village's own text from then on."""
    name = OFFICIAL[kind] if kind in OFFICIAL else OFFICIAL_LINES[kind, level]
    return name.format(area=area)


OFFICIAL: dict[UnitKind, str] = {
    UnitKind.DISPATCH_CENTRE: "疫情防控调度中心",
    UnitKind.OFFICE: "疫情防控办公室",
    UnitKind.HEALTH_COMMITTEE: "公共卫生委员会",
}
OFFICIAL_LINES: dict[tuple[UnitKind, Level], str] = {
    (UnitKind.COMMAND, Level.VILLAGE): "疫情防控一线指挥部",
    (UnitKind.COMMAND, Level.GRID): "{area}前线指挥所",
    (UnitKind.COMMAND, Level.MICRO_GRID): "{area}战斗堡垒",
    (UnitKind.PARTY, Level.VILLAGE): "{area}大党委",
    (UnitKind.PARTY, Level.GRID): "{area}网格党支部",
    (UnitKind.PARTY, Level.MICRO_GRID): "{area}党小组",
}
CODE_FAULTS: dict[str, str | Promise] = {
    "digits": _("行政区划代码是 12 位数字"),
    "province": _("前两位不是任何省份的代码，请核对"),
    "city": _("第 3、4 位不能是 00，这是省一级的代码，请填到村"),
    "town": _("第 7 到 9 位不能是 000，这是县一级的代码，请填到村"),
    "village": _("最后三位不能是 000，这是乡镇一级的代码，请填到村"),
}
