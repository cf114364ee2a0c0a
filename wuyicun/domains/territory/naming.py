"""What the plan calls the units of a village: kept with the unit like any other name that the office gives."""

from __future__ import annotations

from wuyicun.domains.territory.rules import Level, UnitKind

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


def unit_name(kind: UnitKind, level: Level, area: str) -> str:
    """What the plan calls a unit of this kind on an area of this level. It is the village's own text from then on."""
    name = OFFICIAL[kind] if kind in OFFICIAL else OFFICIAL_LINES[kind, level]
    return name.format(area=area)
