"""The words of what a roster file says and of what is wrong with it; those of people and places are in `labels`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.roster import Field, RosterRefused, Severity, SheetKind
from wuyicun.domains.registry.rules import RowStatus

Words = str | Promise

SHEET_KIND: Mapping[str, Words] = {
    SheetKind.PEOPLE: _("人员"),
    SheetKind.WORKERS: _("外来务工"),
    SheetKind.PLACES: _("商户及点位"),
    SheetKind.IGNORE: _("不导入"),
}
ROW_STATUS: Mapping[str, Words] = {
    RowStatus.NEW: _("新增"),
    RowStatus.CHANGED: _("变更"),
    RowStatus.UNCHANGED: _("不变"),
    RowStatus.UNDECIDED: _("待定"),
    RowStatus.ABSENT: _("表里没有"),
}
SEVERITY: Mapping[str, Words] = {
    Severity.REFUSED: _("没有导入"),
    Severity.DECIDE: _("待定"),
    Severity.CHECK: _("请核对"),
    Severity.FIXED: _("已自动改正"),
}
FIELD: Mapping[str, Words] = {
    Field.SEQUENCE: _("序号"),
    Field.HOUSEHOLD: _("户号"),
    Field.SECTION: _("片区"),
    Field.MICRO_GRID: _("微网格"),
    Field.NAME: _("姓名（名称）"),
    Field.SEX: _("性别"),
    Field.BIRTH_DATE: _("出生日期"),
    Field.AGE: _("年龄"),
    Field.ID_KIND: _("证件类型"),
    Field.ID_NUMBER: _("证件号码"),
    Field.PHONE: _("电话"),
    Field.RELATION: _("与户主关系"),
    Field.HEAD_NAME: _("户主姓名"),
    Field.ADDRESS: _("住址"),
    Field.REGISTERED_ADDRESS: _("户籍地址"),
    Field.PARTY: _("政治面貌"),
    Field.RESIDENCE: _("人员类别"),
    Field.WHEREABOUTS: _("现居住地"),
    Field.GROUPS: _("特殊人群"),
    Field.HOME_VISIT: _("是否需上门"),
    Field.SAMPLING_CODE: _("采样码"),
    Field.NOTE: _("备注"),
    Field.WORKPLACE: _("用工单位"),
    Field.LIVING_PLACE: _("居住地点"),
    Field.PLACE_KIND: _("类型"),
    Field.MANAGER: _("负责人"),
    Field.PROBLEM: _("问题（导回的表）"),
    Field.GROUP_ELDERLY: _("是否老人"),
    Field.GROUP_INFIRM: _("是否行动不便"),
    Field.GROUP_ILL: _("是否慢病"),
    Field.GROUP_DISABLED: _("是否残疾"),
    Field.GROUP_PREGNANT: _("是否孕妇"),
    Field.GROUP_INFANT: _("是否婴幼儿"),
    Field.GROUP_ALONE: _("是否独居"),
    Field.GROUP_OUTSIDER: _("是否外来人员"),
    Field.GROUP_RISK: _("是否风险人员"),
}
CELL: Mapping[str, Words] = {
    "name": _("姓名"),
    "sex": _("性别"),
    "birth_date": _("出生日期"),
    "id_kind": _("证件类型"),
    "id_number": _("证件号码"),
    "phone": _("电话"),
    "unread": _("读不出的号码"),
    "relation": _("与户主关系"),
    "household": _("户"),
    "micro_grid": _("微网格"),
    "address": _("住址"),
    "registered_address": _("户籍地址"),
    "party_member": _("党员"),
    "residence": _("人员类别"),
    "whereabouts": _("去向"),
    "whereabouts_text": _("现居住地"),
    "groups": _("特殊人群"),
    "home_visit": _("需上门"),
    "sampling_code": _("采样码"),
    "note": _("备注"),
    "workplace": _("用工单位"),
    "problems": _("问题"),
    "house": _("户号"),
    "head_name": _("户主"),
    "kind": _("类型"),
    "contact_name": _("负责人"),
    "location": _("位置"),
    "area": _("片区"),
}
PROBLEM: Mapping[str, Words] = {
    "missing_name": _("这一行没有姓名，没有导入。"),
    "duplicate_id": _("证件号码与%(other)s相同，两人都已建档，号码归谁请到“待定”里决定。"),
    "several_match": _("村里有 %(count)s 个人都可能是这一行，请到“待定”里指认。"),
    "both_changed": _("“%(cell)s”在表里和在系统里都改过，请到“待定”里选一个。"),
    "has_left": _("此人在系统里已登记离开，表里仍有，请核对。"),
    "missing_id": _("没有证件号码，请补上。"),
    "no_id_column": _("这张表没有证件号码一列，只能按户和姓名认人。"),
    "bad_check_digit": _("证件号码最后一位对不上，多半是抄错了一位。"),
    "id_wrong_length": _("证件号码的位数不对。"),
    "id_not_digits": _("证件号码里有不该有的字。"),
    "id_bad_birth_date": _("证件号码里的出生日期不存在。"),
    "id_stored_as_number": _("证件号码被 Excel 存成了数字，后几位已经丢失，请按文本重新填写。"),
    "sex_mismatch": _("性别与证件号码不一致。"),
    "birth_mismatch": _("出生日期与证件号码不一致，已按证件号码。"),
    "unknown_sex": _("性别“%(value)s”看不懂。"),
    "bad_date": _("日期“%(value)s”看不懂。"),
    "duplicate_row": _("与“%(other_sheet)s”第 %(other_row)s 行是同一人，只导入一次。"),
    "phone_invalid": _("电话号码不对。"),
    "phone_stored_as_number": _("电话被 Excel 缩写成了数字，请按文本重新填写。"),
    "second_phone": _("一格里有两个电话，只取了第一个。"),
    "unknown_residence": _("人员类别“%(value)s”看不懂。"),
    "unknown_group": _("特殊人群里的“%(value)s”看不懂。"),
    "unknown_answer": _("“%(value)s”看不懂，应填是或否。"),
    "unknown_place_kind": _("类型“%(value)s”看不懂，记为“其他”。"),
    "whereabouts_differ": _("现居住地“%(value)s”与人员类别不一致。"),
    "household_missing": _("不知道是哪一户。"),
    "household_from_date": _("户号被 Excel 变成了日期，已读作 %(value)s。"),
    "households_derived": _("这张表没有户号，按“%(header)s”分的户。"),
    "two_heads": _("第 %(household)s 户已有户主%(other)s。"),
    "micro_grid_missing": _("第 %(household)s 户没有写微网格，暂归未入网。"),
    "unknown_section": _("片区“%(value)s”还没有，将新建。"),
    "unknown_micro_grid": _("微网格“%(value)s”还没有，将新建。"),
    "duplicate_place": _("与“%(other_sheet)s”第 %(other_row)s 行是同一处，只导入一次。"),
    "row_count_differs": _("表里写的合计是 %(says)s，读到的是 %(found)s。"),
    "cell_error": _("格子里是错误值 %(value)s。"),
    "full_width": _("全角数字已改成半角。"),
    "lower_x": _("小写 x 已改成大写。"),
    "fifteen_digit": _("15 位旧号码已升为 18 位。"),
    "id_spaced": _("证件号码里的空格或横线已去掉。"),
    "phone_spaced": _("电话里的空格或横线已去掉。"),
    "name_spaced": _("姓名里的空格已去掉。"),
    "also_worker": _("此人也在“%(other_sheet)s”第 %(other_row)s 行，合为一人。"),
}
_REFUSED: Mapping[str, Words] = {
    "encrypted": _("文件有密码。请在 Excel 里去掉密码，另存后再导入。"),
    "corrupt": _("文件已损坏。请在 Excel 里打开，另存为 .xlsx 后再导入。"),
    "not_a_workbook": _("这不是 Excel 表格，也不是 CSV 文件。请在 Excel 里另存为 .xlsx 后再导入。"),
    "zip_bomb": _("文件解开后大得不正常，没有读。请在 Excel 里打开，另存为 .xlsx 后再导入。"),
    "too_large": _("文件太大。请按片区分成几个文件，或删去空行空列后再导入。"),
    "no_roster_found": _("没有找到名册：哪张表里都没有姓名一列，或都选了不导入。文件里有：%(sheets)s。"),
    "empty": _("文件是空的。"),
    "too_many_rows": _("超过 %(limit)s 行。请按片区分成几个文件。"),
    "too_many_areas": _("片区或微网格太多，多半是列认错了。请核对“片区”和“微网格”两列。"),
}
_PLACE = _("（工作表“%(sheet)s”）")
_PLACE_ROW = _("（工作表“%(sheet)s”第 %(row)s 行）")
_ROW = _("（第 %(row)s 行）")


def refusal(refused: RosterRefused) -> str:
    """Why a file cannot be read, in one sentence, and where."""
    data = {"sheets": "", "limit": "", **refused.data}
    sentence = str(_REFUSED[refused.code]) % data
    place = {"sheet": refused.sheet, "row": refused.row}
    if refused.sheet and refused.code != "no_roster_found":
        return sentence + str(_PLACE_ROW if refused.row else _PLACE) % place
    return sentence + (str(_ROW) % place if refused.row else "")


_PLACES = ("other", "count", "cell", "value", "header", "household", "says", "found", "other_sheet", "other_row")


def problem(code: str, data: Mapping[str, str]) -> str:
    """What is wrong, in a sentence for the clerk."""
    said = {**dict.fromkeys(_PLACES, "?"), **data}
    if "cell" in data:
        said["cell"] = str(CELL.get(data["cell"], data["cell"]))
    return str(PROBLEM[code]) % said
