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
    PlaceKind.DORMITORY: "宿舍",
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

PEOPLE_TITLES = (
    "序号", "户号", "姓名", "性别", "身份证号码", "与户主关系", "联系电话", "家庭住址", "微网格", "政治面貌",
    "人员类别", "现居住地", "特殊人群", "是否需上门", "采样码", "备注",
)  # fmt: skip
"""The columns of the clerk's ledger of residents, in its order."""

WORKERS_TITLES = ("序号", "姓名", "身份证号", "性别", "电话", "用工单位", "居住地点")
PLACES_TITLES = ("名称", "类型", "片区", "负责人", "电话", "位置")
PROBLEM_TITLE = "问题"
