"""Forms as offices make them, three layouts; and how a filled one is looked at part by part."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO

import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

MADE_AT = datetime(2022, 11, 25, 1, 30, tzinfo=UTC)


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"".join(
    [
        b"\x89PNG\r\n\x1a\n",
        _part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        _part(b"IDAT", zlib.compress(b"\0\xc0\x10\x10")),
        _part(b"IEND", b""),
    ]
)
"""One red point: the stamp."""


def of_township() -> bytes:
    """Title over two merged rows, twenty lined rows, totals below, a sheet of sums, a stamp, a note, print titles."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("台账")
    lined = book.add_format({"border": 1, "font_name": "仿宋"})
    thick = book.add_format({"border": 1, "bottom": 2})
    day = book.add_format({"border": 1, "num_format": "yyyy/m/d"})
    title = book.add_format({"bold": True, "font_size": 20, "align": "center", "valign": "vcenter"})
    sheet.merge_range("A1:H2", "常住人口台账", title)
    sheet.merge_range("A3:H3", "填报单位：            填报日期：")
    for column, words in enumerate(("序号", "姓名", "性别", "年龄", "出生日期", "身份证号码", "联系电话", "备注")):
        sheet.write(3, column, words, lined)
    for row in range(4, 24):
        sheet.set_row(row, 24)
        for column in range(8):
            sheet.write_blank(row, column, None, day if column == 4 else thick if row == 23 else lined)
    sheet.write("A25", "合计", lined)
    sheet.write_formula("B25", "=COUNTA(B5:B24)", lined, 0)
    sheet.write_formula("C25", '=COUNTIF(C5:C24,"女")', lined, 0)
    sheet.write_formula("D25", "=AVERAGE($D$5:$D$24)", lined, 0)
    sheet.write("A27", "填表人：")
    sheet.write("E27", "审核人：")
    sheet.conditional_format(
        "D5:D24", {"type": "cell", "criteria": ">=", "value": 60, "format": book.add_format({"bg_color": "#FFC7CE"})}
    )
    sheet.conditional_format("B5:B24", {"type": "duplicate", "format": book.add_format({"font_color": "#9C0006"})})
    sheet.conditional_format("D5:D24", {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("C5:C24", {"validate": "list", "source": "=选项!$A$1:$A$2"})
    sheet.insert_image("G26", "stamp.png", {"image_data": BytesIO(PNG), "object_position": 2})
    sheet.write_comment("A25", "不要改这一行")
    sheet.repeat_rows(3)
    sheet.print_area("A1:H27")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_footer("&C第 &P 页")
    sheet.freeze_panes(4, 2)
    sheet.set_h_pagebreaks([25])
    choices = book.add_worksheet("选项")
    choices.write_column("A1", ["男", "女"])
    sums = book.add_worksheet("汇总")
    sums.write("A1", "人数")
    sums.write_formula("B1", "=COUNTA(台账!B5:B24)", None, 0)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=台账!$D$5:$D$24"})
    sums.insert_chart("D2", chart)
    book.define_name("年龄段", "=台账!$D$5:$D$24")
    book.close()
    return content.getvalue()


def of_clinic() -> bytes:
    """A header of two rows, one pattern row with merged cells and formulas of its own, the sums right below it."""
    book = Workbook()
    cover = book.active
    cover.title = "封面"
    cover["A1"] = "需上门核酸人员"
    sheet = book.create_sheet("人员 名单")
    side = Side(style="thin")
    border = Border(left=side, right=side, top=side, bottom=side)
    sheet.merge_cells("A1:I1")
    sheet["A1"] = "需上门核酸人员台账"
    sheet["A1"].font = Font(size=18, bold=True)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("D2:E2")
    sheet.merge_cells("F2:G3")
    for place, words in {
        "A2": "序号",
        "B2": "姓名",
        "C2": "身份证号码",
        "D2": "联系方式",
        "D3": "联系电话",
        "E3": "家属电话",
        "F2": "家庭住址",
        "H2": "出生年份",
        "I2": "是否老年人",
    }.items():
        sheet[place] = words
    sheet.merge_cells("F4:G4")
    for column in "ABCDEFGHI":
        sheet[f"{column}4"].border = border
        sheet[f"{column}4"].alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[4].height = 30
    sheet["A4"] = "=ROW()-3"
    sheet["H4"] = '=IF(C4="","",MID(C4,7,4))'
    sheet["B5"] = "=COUNTA(B4:B4)"
    sheet["A5"] = "合计"
    sheet["H5"] = "=SUMPRODUCT(--(LEN(C4:C4)=18))"
    sheet["A7"] = "注：本表一式两份。"
    sheet.merge_cells("A7:I7")
    fill = PatternFill("solid", bgColor="FFFF00")
    sheet.conditional_formatting.add("A4:I4", FormulaRule(formula=['$I4="是"'], fill=fill))
    sheet.conditional_formatting.add("B5", CellIsRule(operator="lessThan", formula=["20"], fill=fill))
    sheet.add_data_validation(DataValidation(type="list", formula1='"是,否"', sqref="I4"))
    sheet.print_title_rows = "2:3"
    sheet.page_setup.paperSize = 8
    sheet.oddFooter.left.text = "卫生室"
    sheet.oddFooter.right.text = "&P/&N"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def of_last_month() -> bytes:
    """Filled in the last time, with more people than there are now, a table around it, no totals."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("常住'人口")
    lined = book.add_format({"border": 1})
    people = [[number, f"旧{number}", "男", 40 + number, "西头岭", ""] for number in range(1, 7)]
    titles = [{"header": title, "format": lined} for title in ("序号", "姓名", "性别", "年龄", "片区", "签名")]
    sheet.write("A1", "上月名单")
    sheet.add_table(2, 0, 8, 5, {"data": people, "columns": titles, "style": "Table Style Medium 2"})
    for row in range(3, 9):
        for column, value in enumerate(people[row - 3]):
            sheet.write(row, column, value, lined)
    sheet.write("A11", "负责人签字：")
    book.add_worksheet("不动").write("A1", "别的内容")
    book.close()
    return content.getvalue()


def parts(content: bytes | BinaryIO) -> dict[str, bytes]:
    """All parts of a workbook by name."""
    with zipfile.ZipFile(BytesIO(content) if isinstance(content, bytes) else content) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def grid(content: bytes | BinaryIO, sheet: str) -> Any:
    """A sheet as openpyxl reads it."""
    return load_workbook(BytesIO(content) if isinstance(content, bytes) else content)[sheet]


def outside_rows(part: bytes) -> bytes:
    """A sheet's part without its rows."""
    return re.sub(rb"<sheetData>.*</sheetData>", b"", part, flags=re.DOTALL)
