"""The words of the registry's codes, as screens show them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.rules import (
    DIED,
    MISTAKEN,
    Group,
    IdFault,
    IdKind,
    PlaceKind,
    Residence,
    Sex,
    Whereabouts,
)

Words = Mapping[str, str | Promise]

SEX: Words = {Sex.MALE: _("男"), Sex.FEMALE: _("女"), Sex.UNKNOWN: _("未知")}
RESIDENCE: Words = {
    Residence.RESIDENT: _("常住"),
    Residence.COUNTY: _("县区居住"),
    Residence.CITY: _("市区及以外"),
    Residence.FLOATING: _("流动人员"),
    Residence.OUTSIDE: _("外来人员"),
}
WHEREABOUTS: Words = {
    Whereabouts.IN_VILLAGE: _("在村"),
    Whereabouts.TO_AND_FRO: _("往返"),
    Whereabouts.COUNTY: _("在县城"),
    Whereabouts.CITY: _("在市区"),
    Whereabouts.ELSEWHERE: _("在外地"),
}
GROUP: Words = {
    Group.ELDERLY: _("老人"),
    Group.INFIRM: _("行动不便"),
    Group.ILL: _("慢病"),
    Group.DISABLED: _("残疾"),
    Group.PREGNANT: _("孕妇"),
    Group.INFANT: _("婴幼儿"),
    Group.ALONE: _("独居"),
    Group.HOME_VISIT: _("需上门"),
    Group.OUTSIDER: _("外来务工"),
    Group.RISK: _("风险人员"),
}
GROUP_ICON: Mapping[str, str] = {
    Group.ELDERLY: "old",
    Group.INFIRM: "walk",
    Group.ILL: "stethoscope",
    Group.DISABLED: "disabled-2",
    Group.PREGNANT: "heart-handshake",
    Group.INFANT: "baby-carriage",
    Group.ALONE: "user",
    Group.HOME_VISIT: "door-enter",
    Group.OUTSIDER: "world",
    Group.RISK: "alert-triangle",
}
ID_KIND: Words = {
    IdKind.RESIDENT: _("居民身份证"),
    IdKind.PASSPORT: _("护照"),
    IdKind.PERMIT: _("通行证"),
    IdKind.OTHER: _("其他证件"),
}
PLACE_KIND: Words = {
    PlaceKind.SHOP: _("商户"),
    PlaceKind.CLINIC: _("卫生室"),
    PlaceKind.PUBLIC_TOILET: _("公共厕所"),
    PlaceKind.PARCEL_LOCKER: _("快递柜"),
    PlaceKind.BIN: _("垃圾桶"),
    PlaceKind.FITNESS: _("健身器材"),
    PlaceKind.CHECKPOINT: _("卡口"),
    PlaceKind.SAMPLING_POINT: _("采样点"),
    PlaceKind.RECEPTION_POINT: _("接收点"),
    PlaceKind.ISOLATION_ROOM: _("健康小屋"),
    PlaceKind.FACTORY: _("企业"),
    PlaceKind.WORKSITE: _("工地"),
    PlaceKind.WASTE_POINT: _("医废点"),
    PlaceKind.DORMITORY: _("宿舍"),
    PlaceKind.OTHER: _("其他"),
}
ID_FAULT: Words = {
    IdFault.BAD_CHECK_DIGIT: _("身份证号最后一位对不上，请对着证件再核对一遍"),
    IdFault.WRONG_LENGTH: _("身份证号应为 18 位（老证 15 位）"),
    IdFault.NOT_DIGITS: _("身份证号只有数字，最后一位可以是 X"),
    IdFault.BAD_BIRTH_DATE: _("身份证号里的出生日期不存在，请再核对"),
}
LEFT_REASON: Words = {
    "moved": _("迁出"),
    DIED: _("去世"),
    "gone": _("外来人员离开"),
    MISTAKEN: _("登记错了（重复或查无此人）"),
}
ALIKE: dict[int, Promise] = {
    1: _("名册里是同一个证件号码"),
    2: _("同一户、同名、同一天出生"),
    3: _("同名、同一天出生"),
    4: _("同一户、同名，有一条没有出生日期"),
    5: _("同名、同一个手机号，有一条没有出生日期"),
    6: _("同一户、同一天出生，名字同音不同字"),
}
MERGED_AWAY = _("重复登记，已并入另一条")
REVEAL_REASON: Words = {
    "call": _("打电话联系本人"),
    "check": _("核对登记信息"),
    "testing": _("核酸检测登记"),
    "report": _("上级要求报送"),
    "asked": _("本人或家属要求"),
}
PROBLEM: Words = {
    "missing_id": _("没有身份证号"),
    "no_id_column": _("没有身份证号"),
    "bad_check_digit": _("身份证号校验不对"),
    "id_wrong_length": _("身份证号位数不对"),
    "id_not_digits": _("身份证号有别的字"),
    "id_bad_birth_date": _("身份证号里的日期不对"),
    "id_stored_as_number": _("身份证号被表格改成了数字"),
    "duplicate_id": _("身份证号和别人重复"),
    "sex_mismatch": _("性别和身份证号不一致"),
    "birth_mismatch": _("出生日期和身份证号不一致"),
    "unknown_sex": _("性别没写清楚"),
    "bad_date": _("出生日期没写清楚"),
    "phone_invalid": _("电话号码不对"),
    "phone_stored_as_number": _("电话号码被表格改成了数字"),
    "whereabouts_differ": _("居住类别和去向不一致"),
    "household_missing": _("没有户号"),
    "micro_grid_missing": _("没有微网格"),
}
FIELD: Words = {
    "name": _("姓名"),
    "sex": _("性别"),
    "birth_date": _("出生日期"),
    "id_kind": _("证件类型"),
    "id_number": _("证件号码"),
    "phone": _("手机"),
    "relation": _("与户主关系"),
    "residence": _("居住类别"),
    "whereabouts": _("去向"),
    "whereabouts_text": _("具体地方"),
    "whereabouts_since": _("从哪天起"),
    "expected_return": _("预计回村"),
    "address": _("现住址"),
    "registered_address": _("户籍地址"),
    "workplace": _("工作单位"),
    "party_member": _("党员"),
    "sampling_code": _("采样码"),
    "note": _("备注"),
    "groups": _("人群"),
    "household": _("户"),
    "area": _("微网格"),
    "number": _("户号"),
    "head_name": _("户主"),
    "kind": _("类型"),
    "contact_name": _("负责人"),
    "location": _("位置"),
    "liaison_name": _("联络员"),
    "liaison_phone": _("联络员电话"),
    "job": _("工种"),
    "dormitory": _("宿舍"),
}
HAPPENED: Words = {
    "registry.add_person": _("添加"),
    "registry.edit_person": _("改了"),
    "registry.set_whereabouts": _("记去向"),
    "registry.set_groups": _("改人群"),
    "registry.place_person": _("换了户或微网格"),
    "registry.mark_left": _("记为离开"),
    "registry.mark_returned": _("放回名册"),
    "registry.register_birth": _("登记了出生"),
    "registry.undo_birth": _("撤销了出生登记"),
    "registry.gave_birth": _("登记了生育"),
    "registry.undo_gave_birth": _("撤销了生育登记"),
    "registry.register_death": _("登记了去世"),
    "registry.undo_death": _("撤销了去世登记"),
    "registry.reveal": _("查看了"),
    "registry.card_lost": _("作废了卡"),
    "registry.bulk_change": _("批量改了"),
    "registry.undo_bulk": _("撤销了批量更改"),
    "registry.merge_people": _("合并了重复登记"),
    "registry.part_people": _("撤销了合并"),
    "registry.keep_apart": _("记为不是同一人"),
    "registry.show_pair_again": _("撤销了“不是同一人”"),
    "registry.add_household": _("添加这一户"),
    "registry.edit_household": _("改了"),
    "registry.move_household": _("移到别的微网格"),
    "registry.add_place": _("添加这个点位"),
    "registry.edit_place": _("改了"),
    "registry.take_on": _("列入工人花名册"),
    "registry.edit_worker": _("改了宿舍或工种"),
    "registry.let_go": _("移出工人花名册"),
    "registry.take_back": _("放回工人花名册"),
    "registry.close_place": _("关闭了"),
    "registry.reopen_place": _("重新开放了"),
}
SOURCE: Words = {"import": _("名册导入"), "hand": _("手工登记")}
