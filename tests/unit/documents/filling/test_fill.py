"""Forms of three layouts come back filled, and otherwise as they were: each part of the file is compared."""

from __future__ import annotations

import re
import tracemalloc
from datetime import date
from typing import Any

import pytest

from tests.unit.documents.filling import forms
from tests.unit.documents.filling.forms import grid, outside_rows, parts
from wuyicun.kernel.documents.filling import Form, columns_with_formulas, fill

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

MARK = b"&amp;8 \xe6\xa2\x81\xe4\xbc\x9a\xe6\x98\x8e 2022-11-25 09:30"
TOWNSHIP = Form("台账", 5, ("B", "C", "D", "E", "F", "H"), "A")
CLINIC = Form("人员 名单", 4, ("B", "C", "D", "F", "I"))
LAST_MONTH = Form("常住'人口", 4, ("B", "C", "D", "E"), "A")


def people(count: int) -> list[list[Any]]:
    return [
        [
            f"人{number}",
            "女" if number % 2 else "男",
            30 + number,
            date(1950, 1, 1 + number % 28),
            f"14032119{number:010d}",
            "",
        ]
        for number in range(1, count + 1)
    ]


def filled(content: bytes, form: Form, rows: list[list[Any]]) -> bytes:
    with fill(content, form, rows, made_by="梁会明", made_at=forms.MADE_AT) as file:
        return file.read()


def changed(before: bytes, after: bytes) -> set[str]:
    old, new = parts(before), parts(after)
    assert list(old) == list(new), "the same parts in the same order"
    return {name for name in new if new[name] != old[name]}


def test_a_form_with_room_enough_changes_in_its_rows_and_its_foot_only() -> None:
    form = forms.of_township()
    done = filled(form, TOWNSHIP, people(7))
    assert changed(form, done) == {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml", "docProps/core.xml"}
    old, new = (parts(each)["xl/worksheets/sheet1.xml"] for each in (form, done))
    assert outside_rows(new).replace(b"&amp;L" + MARK, b"") == outside_rows(old)
    sheet = grid(done, "台账")
    assert [cell.value for cell in sheet[5]][:5] == [1, "人1", "女", 31, sheet["E5"].value]
    assert sheet["E5"].value.date() == date(1950, 1, 2)
    assert (sheet["B11"].value, sheet["B12"].value, sheet["A12"].value) == ("人7", None, None)
    assert sheet["B25"].value == "=COUNTA(B5:B24)"
    assert sheet["F5"].data_type == "s"


def test_more_people_than_rows_push_down_what_stands_below_and_what_counts_them_grows() -> None:
    form = forms.of_township()
    done = filled(form, TOWNSHIP, people(30))
    sheet = grid(done, "台账")
    assert (sheet["A34"].value, sheet["B34"].value) == (30, "人30")
    assert [sheet[f"{column}35"].value for column in "ABCD"] == [
        "合计", "=COUNTA(B5:B34)", '=COUNTIF(C5:C34,"女")', "=AVERAGE($D$5:$D$34)",
    ]  # fmt: skip
    assert (sheet["A37"].value, sheet["E37"].value) == ("填表人：", "审核人：")
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.print_area == "'台账'!$A$1:$H$37"
    assert {str(each.sqref) for each in sheet.conditional_formatting} == {"D5:D34", "B5:B34"}
    assert [str(each.sqref) for each in sheet.data_validations.dataValidation] == ["C5:C34"]
    assert sorted(map(str, sheet.merged_cells.ranges)) == ["A1:H2", "A3:H3"]
    assert grid(done, "汇总")["B1"].value == "=COUNTA(台账!B5:B34)"


def test_all_around_a_grown_form_follows_and_nothing_else_changes() -> None:
    form = forms.of_township()
    done = filled(form, TOWNSHIP, people(30))
    assert changed(form, done) == {
        "xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml", "xl/workbook.xml", "xl/charts/chart1.xml",
        "xl/drawings/drawing1.xml", "xl/drawings/vmlDrawing1.vml", "xl/comments1.xml", "docProps/core.xml",
    }  # fmt: skip
    new = parts(done)
    assert b"$D$5:$D$34" in new["xl/charts/chart1.xml"]
    assert b'ref="A35"' in new["xl/comments1.xml"]
    assert b"<xm:sqref>D5:D34</xm:sqref>" in new["xl/worksheets/sheet1.xml"], "the data bars of Excel 2010"
    assert b'<brk id="35"' in new["xl/worksheets/sheet1.xml"]
    assert '年龄段">台账!$D$5:$D$34<'.encode() in new["xl/workbook.xml"]
    assert re.findall(rb"<xdr:row>(\d+)</xdr:row>", new["xl/drawings/drawing1.xml"])[0] == b"35"


def test_rows_look_like_the_forms_own_and_the_last_line_stays_last() -> None:
    form = forms.of_township()
    before, after = grid(form, "台账"), grid(filled(form, TOWNSHIP, people(30)), "台账")
    for row in range(5, 34):
        assert after.row_dimensions[row].height == 24
        assert [cell._style for cell in after[row]] == [cell._style for cell in before[5]]
    assert [cell._style for cell in after[34]] == [cell._style for cell in before[24]]
    assert [cell._style for cell in after[35]] == [cell._style for cell in before[25]]


def test_one_pattern_row_with_formulas_and_joined_cells_is_made_anew_for_each() -> None:
    form = forms.of_clinic()
    done = filled(form, CLINIC, [[f"人{n}", f"14032119{n:010d}", "138", "北头岭", "是"] for n in range(1, 8)])
    assert changed(form, done) == {"xl/worksheets/sheet2.xml", "docProps/core.xml"}
    sheet = grid(done, "人员 名单")
    assert [sheet[f"A{row}"].value for row in (4, 10)] == ["=ROW()-3", "=ROW()-3"]
    assert sheet["H10"].value == '=IF(C10="","",MID(C10,7,4))'
    assert sheet["B11"].value == "=COUNTA(B4:B10)"
    assert sheet["H11"].value == "=SUMPRODUCT(--(LEN(C4:C10)=18))"
    joined = set(map(str, sheet.merged_cells.ranges))
    assert joined == {"A1:I1", "A2:A3", "D2:E2", "F2:G3", "A13:I13", *(f"F{row}:G{row}" for row in range(4, 11))}
    assert {str(each.sqref) for each in sheet.conditional_formatting} == {"A4:I10", "B11"}
    assert str(sheet.data_validations.dataValidation[0].sqref) == "I4:I10"
    assert sheet.print_title_rows == "$2:$3"
    assert (sheet.page_setup.paperSize, sheet.oddFooter.right.text) == (8, "&P/&N")
    assert sheet.oddFooter.left.text.startswith("卫生室")
    assert "梁会明 2022-11-25 09:30" in sheet.oddFooter.left.text
    assert sheet.row_dimensions[10].height == 30


def test_who_stood_in_the_form_the_last_time_is_gone() -> None:
    form = forms.of_last_month()
    done = filled(form, LAST_MONTH, [["新1", "女", 31, "北头岭"], ["新2", "男", 52, "西头岭"]])
    assert changed(form, done) == {"xl/worksheets/sheet1.xml", "docProps/core.xml"}
    rows = list(grid(done, "常住'人口").iter_rows(min_row=4, max_row=11, values_only=True))
    assert rows[0][:5] == (1, "新1", "女", 31, "北头岭")
    assert all(value is None for row in rows[2:7] for value in row)
    assert rows[7][0] == "负责人签字："
    assert "旧" not in str(rows)


def test_a_table_around_the_rows_grows_with_them() -> None:
    form = forms.of_last_month()
    done = filled(form, LAST_MONTH, [[f"新{n}", "女", n, "北头岭"] for n in range(12)])
    assert b'ref="A3:F15"' in parts(done)["xl/tables/table1.xml"]
    assert grid(done, "常住'人口")["A17"].value == "负责人签字："
    assert parts(done)["xl/worksheets/sheet2.xml"] == parts(form)["xl/worksheets/sheet2.xml"]


def test_what_looks_like_a_formula_or_an_escape_stays_text() -> None:
    rows = [["=1+1", "+2", 3, None, "@SUM(A1)", "_x0041_ \x0b<b>"], ["\t=x", "-1", 1, None, "", "ok"]]
    done = filled(forms.of_township(), TOWNSHIP, rows)
    sheet = grid(done, "台账")
    for place in ("B5", "C5", "F5", "B6", "C6"):
        assert sheet[place].data_type == "s", place
        assert sheet[place].quotePrefix, place
    assert sheet["B5"].value == "=1+1"
    assert sheet["H5"].value in ("_x0041_ <b>", "_x005F_x0041_ <b>")
    assert b"<f>1+1" not in parts(done)["xl/worksheets/sheet1.xml"]


def test_no_old_result_of_a_formula_is_left() -> None:
    done = parts(filled(forms.of_township(), TOWNSHIP, people(3)))
    assert not re.search(rb"</f><v>", done["xl/worksheets/sheet1.xml"] + done["xl/worksheets/sheet3.xml"])
    assert b'fullCalcOnLoad="1"' in done["xl/workbook.xml"]


def test_nobody_leaves_the_form_blank() -> None:
    sheet = grid(filled(forms.of_township(), TOWNSHIP, []), "台账")
    assert [sheet.cell(5, column).value for column in range(1, 9)] == [None] * 8
    assert sheet["A25"].value == "合计"


def test_columns_that_work_themselves_out_are_known() -> None:
    assert columns_with_formulas(forms.of_clinic(), "人员 名单", 4) == {"A", "H"}
    assert columns_with_formulas(forms.of_township(), "台账", 5) == frozenset()


def test_a_long_form_needs_no_more_memory_than_a_short_one() -> None:
    form = forms.of_township()
    tracemalloc.start()
    with fill(form, TOWNSHIP, iter(people(1)), made_by="梁会明", made_at=forms.MADE_AT):
        pass
    small = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    rows = (each for _ in range(200) for each in people(50))
    with fill(form, TOWNSHIP, rows, made_by="梁会明", made_at=forms.MADE_AT) as file:
        assert len(file.read()) > 100_000
    large = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert large < small + 8 * 2**20
