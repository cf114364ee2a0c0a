"""The one wording for each code that this program writes into workbooks."""

from __future__ import annotations

from wuyicun.domains.registry.rules import Group, IdKind, PlaceKind, Residence, Sex

RESIDENCE_WORD = {
    Residence.RESIDENT: "常住",
    Residence.COUNTY: "县区居住",
    Residence.CITY: "市区及以外",
    Residence.FLOATING: "流动人员",
    Residence.OUTSIDE: "外来人员",
}
GROUP_WORD = {
    Group.ELDERLY: "老人",
    Group.INFIRM: "行动不便",
    Group.ILL: "慢病",
    Group.DISABLED: "残疾",
    Group.PREGNANT: "孕妇",
    Group.INFANT: "婴幼儿",
    Group.ALONE: "独居",
    Group.HOME_VISIT: "需上门",
    Group.OUTSIDER: "外来人员",
    Group.RISK: "风险人员",
}
PLACE_KIND_WORD = {
    PlaceKind.SHOP: "商户",
    PlaceKind.CLINIC: "卫生室",
    PlaceKind.PUBLIC_TOILET: "公共厕所",
    PlaceKind.PARCEL_LOCKER: "快递柜",
    PlaceKind.BIN: "垃圾桶",
    PlaceKind.FITNESS: "健身器材",
    PlaceKind.CHECKPOINT: "卡口",
    PlaceKind.SAMPLING_POINT: "采样点",
    PlaceKind.RECEPTION_POINT: "接收点",
    PlaceKind.ISOLATION_ROOM: "健康小屋",
    PlaceKind.FACTORY: "企业",
    PlaceKind.WORKSITE: "工地",
    PlaceKind.WASTE_POINT: "医废点",
    PlaceKind.OTHER: "其他",
}
ID_KIND_WORD = {
    IdKind.RESIDENT: "居民身份证",
    IdKind.PASSPORT: "护照",
    IdKind.PERMIT: "通行证",
    IdKind.OTHER: "其他证件",
}
SEX_WORD = {Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNKNOWN: "未知"}
EXAMPLE_WORD = "示例"
