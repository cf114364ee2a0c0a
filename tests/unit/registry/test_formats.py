"""One roster, whatever kind of file the clerk saves it as."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.unit.registry.clerk import HEADER, delimited, found, id_number, named, old_workbook, parsed, person, workbook
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.rules import Sex

_ROWS = [
    ("东头村村民台账",),
    ("填报单位:东头村委会",),
    HEADER,
    person(1, "王大明"),
    person(2, "李小花", 户号=None, 性别="女", 与户主关系="妻", 身份证号码=id_number("19850101", "042")),
    person(3, "张三丰", 备注=None),
]


def _people(result: roster.Roster) -> list[tuple[Any, ...]]:
    return [(p.row, p.name, p.sex, p.id_number, p.phone, p.household_number, p.birth_date) for p in result.people]


_EXPECTED = [
    (4, "王大明", Sex.MALE, id_number(sequence="011"), "15400000001", "1", date(1981, 3, 29)),
    (5, "李小花", Sex.FEMALE, id_number("19850101", "042"), "15400000002", "1", date(1985, 1, 1)),
    (6, "张三丰", Sex.MALE, id_number(sequence="031"), "15400000003", "3", date(1981, 3, 29)),
]


def test_an_xlsx_file_is_read(tmp_path: Path) -> None:
    result = parsed(workbook(tmp_path / "名册.xlsx", {"Sheet1": _ROWS}))
    assert _people(result) == _EXPECTED
    assert (result.village, result.problems) == ("东头村", ())


def test_an_xls_file_is_read(tmp_path: Path) -> None:
    result = parsed(old_workbook(tmp_path / "名册.xls", {"Sheet1": _ROWS}))
    assert (_people(result), result.problems) == (_EXPECTED, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimited_text_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = delimited(tmp_path / "名册.csv", _ROWS, encoding=encoding, delimiter=delimiter)
    result = parsed(path)
    assert (_people(result), result.problems) == (_EXPECTED, ())


def test_a_workbook_is_known_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    path = workbook(tmp_path / "名册.xlsx", {"Sheet1": _ROWS}).rename(tmp_path / "upload")
    assert _people(parsed(path)) == _EXPECTED
    assert roster.read(path, name="名册.csv").format == "workbook"


def test_the_name_that_the_clerk_gave_counts_when_the_file_was_stored_under_another(tmp_path: Path) -> None:
    stored = delimited(tmp_path / "upload.tmp", _ROWS[2:])
    book = roster.read(stored, name="西坡村名册.csv")
    assert roster.parse(book, roster.propose(book)).village == "西坡村"
    with pytest.raises(roster.RosterRefused) as refused:
        roster.read(stored, name="西坡村名册.xlsx")
    assert refused.value.code == "not_a_workbook"


def test_quoted_cells_keep_their_separators_and_line_ends(tmp_path: Path) -> None:
    rows = [(*HEADER, "备注"), [*person(1, "王大明"), '"住在东头,\n靠河"']]
    result = parsed(delimited(tmp_path / "a.csv", rows))
    assert named(result, "王大明").note == "住在东头,\n靠河"


@pytest.mark.parametrize("protected", ['"=""{}"""', "'{}", "\t{}"])
def test_ids_that_were_protected_from_excel_in_a_csv_are_read(tmp_path: Path, protected: str) -> None:
    rows = [HEADER, person(1, "王大明", 身份证号码=protected.format(id_number()))]
    assert named(parsed(delimited(tmp_path / "a.csv", rows)), "王大明").id_number == id_number()


def test_an_id_that_excel_stored_as_a_number_is_no_id(tmp_path: Path) -> None:
    rows = [HEADER, person(1, "王大明", 身份证号码=int(id_number())), person(2, "张三丰")]
    for path in (workbook(tmp_path / "a.xlsx", {"村民": rows}), old_workbook(tmp_path / "a.xls", {"村民": rows})):
        result = parsed(path)
        one = named(result, "王大明")
        assert (one.id_number, one.birth_date) == (None, None)
        assert one.id_text == "140399198103296???"
        assert found(result) == [("id_stored_as_number", 2, "王大明")]
        assert result.problems[0].column == "E"


def test_an_old_id_of_fifteen_digits_survives_being_a_number(tmp_path: Path) -> None:
    rows = [HEADER, person(1, "王大明", 身份证号码=140399810329661)]
    result = parsed(workbook(tmp_path / "a.xlsx", {"村民": rows}))
    assert named(result, "王大明").id_number == id_number()
    assert found(result) == [("fifteen_digit", 2, "王大明")]


def test_an_id_that_a_csv_holds_in_scientific_form_is_no_id(tmp_path: Path) -> None:
    rows = [HEADER, person(1, "王大明", 身份证号码="1.40399E+17")]
    assert found(parsed(delimited(tmp_path / "a.csv", rows))) == [("id_stored_as_number", 2, "王大明")]


def test_ids_that_excel_rounded_before_the_csv_was_written_are_no_ids(tmp_path: Path) -> None:
    rounded = [f"140399{1950 + i}0101{i:02d}0000"[:15] + "000" for i in range(30)]
    rows = [
        HEADER,
        *(
            person(i + 1, f"王{'一二三四五六七八九十'[i % 10]}{'明亮光'[i // 10]}", 身份证号码=number)
            for i, number in enumerate(rounded)
        ),
    ]
    result = parsed(delimited(tmp_path / "a.csv", rows))
    assert [p.id_number for p in result.people] == [None] * 30
    assert {code for code, _, _ in found(result)} == {"id_stored_as_number"}


def test_phones_in_numeric_cells_are_read_and_those_in_scientific_form_are_not(tmp_path: Path) -> None:
    rows = [HEADER, person(1, "王大明", 联系电话=13281984220), person(2, "张三丰", 联系电话="1.33E+10")]
    result = parsed(workbook(tmp_path / "a.xlsx", {"村民": rows}))
    assert named(result, "王大明").phone == "13281984220"
    assert (named(result, "张三丰").phone, named(result, "张三丰").phone_text) == (None, "1.33E+10")
    assert found(result) == [("phone_stored_as_number", 3, "张三丰")]


def test_a_formula_gives_the_value_that_excel_kept(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("村民")
        for row, values in enumerate([HEADER, person(1, "王大明")]):
            sheet.write_row(row, 0, values)
        sheet.write_formula(1, 7, '="东头"&7&"号"', None, "东头7号")
        sheet.write_formula(1, 1, "=A2+4", None, 5)
        sheet.write_formula(1, 9, '=IF(1=2,"x","")', None, "")
    one = named(parsed(tmp_path / "a.xlsx"), "王大明")
    assert (one.address, one.household_number, one.whereabouts_text) == ("东头7号", "5", None)


def test_dates_are_read_from_date_cells_serial_numbers_and_texts(tmp_path: Path) -> None:
    header = ("姓名", "性别", "出生日期", "户号")
    written: list[Any] = [
        date(1981, 3, 29),
        datetime.fromisoformat("1981-03-29 12:00"),
        29674,
        19810329,
        "19810329",
        "1981-03-29",
        "1981/3/29",
        "1981.3.29",
        "1981年3月29日",
        "1981-03-29 00:00:00",
        "１９８１－０３－２９",
        " 1981. 3.29",
        "'1981-3-29",
        "29/3/1981",
        "3/29/1981",
        "29674",
    ]
    names = [f"王{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳'[i]}" for i in range(len(written))]
    rows = [header, *([name, "男", value, i] for i, (name, value) in enumerate(zip(names, written, strict=True), 1))]
    result = parsed(workbook(tmp_path / "a.xlsx", {"村民": rows}))
    assert {p.name: p.birth_date for p in result.people} == dict.fromkeys(names, date(1981, 3, 29))
    assert found(result) == [("no_id_column", None, "")]


@pytest.mark.parametrize(
    "written", ["1981-02-30", "1981.03", "81.3.29", "3/4/1981", 1981, "不详", "1781-01-01", 12, -5]
)
def test_what_is_no_day_is_a_problem_and_no_date(tmp_path: Path, written: Any) -> None:
    rows = [("姓名", "性别", "出生日期", "户号"), ["王大明", "男", written, 1], ["李小花", "女", "1985-01-01", 1]]
    result = parsed(workbook(tmp_path / "a.xlsx", {"村民": rows}))
    assert named(result, "王大明").birth_date is None
    assert ("bad_date", 2, "王大明") in found(result)


def test_a_cell_that_shows_an_error_is_blank_and_a_problem(tmp_path: Path) -> None:
    plain = workbook(tmp_path / "a.xlsx", {"村民": [HEADER, person(1, "王大明", 家庭住址="#N/A"), person(2, "张三丰")]})
    text = delimited(tmp_path / "a.csv", [HEADER, person(1, "王大明", 家庭住址="#REF!"), person(2, "张三丰")])
    for path in (plain, text):
        result = parsed(path)
        assert named(result, "王大明").address is None
        assert found(result) == [("cell_error", 2, "王大明")]
        assert result.problems[0].column == "H"


def test_a_formula_that_was_never_worked_out_is_a_problem(tmp_path: Path) -> None:
    rows = [HEADER, person(1, "王大明", 身份证号码='="140399"&"1"'), person(2, "张三丰")]
    result = parsed(workbook(tmp_path / "a.xlsx", {"村民": rows}))
    assert found(result) == [("cell_error", 2, "王大明"), ("missing_id", 2, "王大明")]


def test_hidden_sheets_are_left_out_while_another_lists_people(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"村民": [HEADER, person(1, "王大明")], "旧": [HEADER, person(2, "张三丰")]})
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    assert [p.name for p in parsed(path).people] == ["王大明"]
    book["村民"].sheet_state = "hidden"
    book.create_sheet("空")
    book.save(path)
    assert [p.name for p in parsed(path).people] == ["王大明", "张三丰"]
