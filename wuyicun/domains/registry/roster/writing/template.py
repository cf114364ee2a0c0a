"""A blank roster to download: the clerk's own columns, with drop-downs and cells that keep every digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

from wuyicun.domains.registry.roster.words.official import (
    EXAMPLE_WORD,
    PEOPLE_TITLES,
    PLACE_KIND_WORD,
    PLACES_TITLES,
    RESIDENCE_WORD,
    WORKERS_TITLES,
)
from wuyicun.domains.registry.roster.writing.texts import TEXT_FORMAT
from wuyicun.domains.registry.rules import Residence

_LAST_ROW = 5_000
_RESIDENCES = [word for residence, word in RESIDENCE_WORD.items() if residence is not Residence.OUTSIDE]
_SEXES = ["男", "女"]
_WIDTH: Mapping[str, int] = {
    "序号": 6, "户号": 7, "姓名": 10, "性别": 6, "身份证号码": 22, "身份证号": 22, "与户主关系": 12, "联系电话": 15,
    "电话": 15, "家庭住址": 18, "片区": 12, "微网格": 14, "政治面貌": 12, "人员类别": 13, "现居住地": 18,
    "特殊人群": 20, "是否需上门": 12, "采样码": 10, "备注": 16, "用工单位": 20, "居住地点": 16, "名称": 18,
    "类型": 12, "负责人": 10, "位置": 18,
}  # fmt: skip
_CHOICES: Mapping[str, Sequence[str]] = {
    "性别": _SEXES,
    "与户主关系": ["户主", "妻", "夫", "子", "女", "儿媳", "女婿", "孙子", "孙女", "父", "母", "其他"],
    "政治面貌": ["群众", "中共党员", "中共预备党员", "共青团员"],
    "人员类别": _RESIDENCES,
    "特殊人群": ["老人", "行动不便", "慢病", "残疾", "孕妇", "婴幼儿", "独居", "风险人员"],
    "是否需上门": ["是", "否"],
    "采样码": ["已注册", "未注册"],
    "类型": list(PLACE_KIND_WORD.values()),
}
_NOTES = (
    "1. 每人一行，除姓名外都可以暂时空着，以后补上再导入一次就行；没有姓名的行不会导入。",
    "2. 同一户只在第一行写户号，下面各行空着即可；也可以每行都写。",
    "3. 身份证号码和电话所在的列已设为文本，请直接输入，不要改成数字格式，否则 Excel 会丢掉后几位。",
    "4. 一个人有几种特殊情况时写在一格里，用顿号隔开，例如：老人、慢病。",
    "5. 现居住地写“本村”、县城或城市的名字，来回跑的写“往返……”。",
    "6. 外来务工人员写在“外来务工”表，商户、卫生室、公厕、卡口等写在“点位”表。",
    "7. 各表里标着“示例”的一行不会导入，可以删掉。列的顺序可以改，用不着的列可以删。",
    "8. 空着的格子不会抹掉系统里已有的内容。",
)


@dataclass(frozen=True, slots=True)
class _Page:
    name: str
    heading: tuple[str, ...]
    titles: tuple[str, ...]
    example: tuple[str, ...]


_PAGES = (
    _Page(
        "人员",
        ("村民台账", "填报单位:"),
        (*PEOPLE_TITLES[:8], "片区", *PEOPLE_TITLES[8:]),
        (EXAMPLE_WORD, "1", "张三", "男", "140399199001010017", "户主", "13800000000", "东头1号", "东头", "第一微网格",
         "群众", "常住", "本村", "老人、慢病", "否", "已注册", "这一行不会导入"),
    ),
    _Page(
        "外来务工",
        ("外来务工人员登记表",),
        WORKERS_TITLES,
        (EXAMPLE_WORD, "李四", "140399199001010017", "男", "13800000000", "某某施工队", "工地宿舍"),
    ),
    _Page(
        "点位",
        ("点位登记表",),
        ("序号", *PLACES_TITLES),
        (EXAMPLE_WORD, "便民超市", "商户", "东头", "王五", "13800000000", "村委会对面"),
    ),
)  # fmt: skip


def template() -> bytes:
    """A blank .xlsx workbook with the sheets 人员, 外来务工, 点位 and 填写说明.

    Each list has one example row, marked 示例, that the reader skips.
    """
    output = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(output, options) as workbook:
        for page in _PAGES:
            _write(workbook, page)
        notes = workbook.add_worksheet("填写说明")
        notes.set_column(0, 0, 100, workbook.add_format({"text_wrap": True, "valign": "top", "font_size": 12}))
        for row, note in enumerate(_NOTES):
            notes.write_string(row, 0, note)
    return output.getvalue()


def _write(workbook: Any, page: _Page) -> None:
    worksheet = workbook.add_worksheet(page.name)
    bold = workbook.add_format({"bold": True, "font_size": 14})
    title = workbook.add_format({"bold": True, "bg_color": "#DCE6E4", "border": 1, "text_wrap": True})
    example = workbook.add_format({"italic": True, "font_color": "#808080", "num_format": TEXT_FORMAT})
    text = workbook.add_format({"num_format": TEXT_FORMAT})
    for row, line in enumerate(page.heading):
        worksheet.write_string(row, 0, line, bold)
    header_row = len(page.heading)
    for column, name in enumerate(page.titles):
        worksheet.set_column(column, column, _WIDTH[name], text)
        worksheet.write_string(header_row, column, name, title)
        worksheet.write_string(header_row + 1, column, page.example[column], example)
        if name in _CHOICES:
            rule = {"validate": "list", "source": list(_CHOICES[name]), "error_type": "information"}
            worksheet.data_validation(header_row + 2, column, _LAST_ROW, column, rule)
    worksheet.freeze_panes(header_row + 1, 0)
