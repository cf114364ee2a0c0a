"""Workbooks that go back to the clerk: the blank one, and his own with what is wrong in it."""

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.registry.clerk import HEADER, delimited, found, id_number, person, read_here, workbook
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.roster import Book, Problem, Roster, Sheet, SheetLayout

_CLERKS = Path(__file__).parents[2] / "data" / "roster-village.xlsx"


def _words(problem: Problem) -> str:
    return f"{problem.data.get('header', '')}[{problem.code}]"


def _read(body: bytes, path: Path) -> tuple[Book, tuple[SheetLayout, ...], Roster]:
    path.write_bytes(body)
    book = read_here(path)
    layouts = roster.propose(book)
    return book, layouts, roster.parse(book, layouts)


def _formulas(body: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        return [name for name in sheets if re.search(rb"<f[ >/]|<hyperlink", archive.read(name))]


def test_the_returned_workbook_is_the_same_roster(tmp_path: Path) -> None:
    _, _, before = _read(_CLERKS.read_bytes(), tmp_path / "a.xlsx")
    book, layouts, _ = _read(_CLERKS.read_bytes(), tmp_path / "a.xlsx")
    _, _, after = _read(roster.returned(book, layouts, before.problems, _words), tmp_path / "a.xlsx")
    assert after == before


def test_each_row_carries_its_problems_in_words_and_colour(tmp_path: Path) -> None:
    book, layouts, result = _read(_CLERKS.read_bytes(), tmp_path / "a.xlsx")
    back = openpyxl.load_workbook(io.BytesIO(roster.returned(book, layouts, result.problems, _words)))
    sheet = back["西头岭"]
    assert sheet["Q3"].value == "问题"
    assert (sheet["Q13"].value, sheet["Q16"].value, sheet["Q14"].value) == (
        "身份证号码[lower_x]",
        "身份证号码[missing_id]",
        None,
    )
    assert sheet["Q70"].value == "身份证号码[lower_x];联系电话[phone_spaced]"
    told = {(p.sheet, p.row) for p in result.problems}
    written = {
        (ws.title, row)
        for ws in back
        for row in range(4, ws.max_row + 1)
        if re.search(r"\[", str(ws.cell(row, 17).value or ws.cell(row, 16).value or ""))
    }
    assert written == told
    colours = {cell.coordinate: cell.fill.fgColor.rgb for cell in (sheet["E16"], sheet["E13"], sheet["E14"])}
    assert colours == {"E16": "FFFFF2CC", "E13": "FFE2EFDA", "E14": "00000000"}
    assert back["北头岭"]["D32"].fill.fgColor.rgb == "FFFFD966"


def test_ids_and_phones_typed_into_the_returned_workbook_stay_texts(tmp_path: Path) -> None:
    book, layouts, result = _read(_CLERKS.read_bytes(), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(roster.returned(book, layouts, result.problems, _words)))["西头岭"]
    assert sheet["E16"].value is None
    assert (sheet["E16"].number_format, sheet["E14"].number_format, sheet["G14"].number_format) == ("@", "@", "@")
    columns = sheet.column_dimensions
    assert (columns["E"].number_format, columns["G"].number_format, columns["A"].number_format) == ("@", "@", "General")


def test_returning_a_returned_workbook_adds_no_second_column(tmp_path: Path) -> None:
    book, layouts, result = _read(_CLERKS.read_bytes(), tmp_path / "a.xlsx")
    book, layouts, _ = _read(roster.returned(book, layouts, result.problems, _words), tmp_path / "a.xlsx")
    again = openpyxl.load_workbook(io.BytesIO(roster.returned(book, layouts, (), _words)))["西头岭"]
    assert [cell.value for cell in again[3]].count("问题") == 1
    assert {again.cell(row, 17).value for row in range(4, 270)} == {None}


def test_what_is_about_the_whole_sheet_stands_below_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"村民": [("姓名", "性别", "户号"), ("王大明", "男", 1)]})
    book, layouts, result = _read(path.read_bytes(), tmp_path / "a.xlsx")
    body = roster.returned(book, layouts, result.problems, _words)
    assert openpyxl.load_workbook(io.BytesIO(body))["村民"]["D4"].value == "[no_id_column]"
    assert found(_read(body, path)[2]) == found(result)


_DANGEROUS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a","b")', "=cmd|' /C calc'!A0",
              "http://example.org", "mailto:a@b", "{=1}", "'=1"]  # fmt: skip


@pytest.mark.parametrize("text", _DANGEROUS)
def test_the_returned_workbook_opens_inert(tmp_path: Path, text: str) -> None:
    layout = roster.propose(read_here(workbook(tmp_path / "a.xlsx", {"村民": [HEADER, person(1, "王大明")]})))
    rows = (tuple(HEADER), ("1", "1", text, "男", text, "户主", text, text, "常住", text))
    book = Book("a.csv", "csv", (Sheet("村民", rows),))
    problem = Problem("cell_error", "村民", 2, "C", text, {"header": text})
    body = roster.returned(book, layout, [problem], lambda _: text)
    assert _formulas(body) == []
    sheet = openpyxl.load_workbook(io.BytesIO(body))["村民"]
    for coordinate in ("C2", "E2", "K2"):
        assert sheet[coordinate].data_type in {"s", "inlineStr"}
        assert sheet[coordinate].value.replace("_x000D_", "\r").strip() == text.strip()
    assert sheet["C2"].quotePrefix is (text[0] in "=+-@\t\r")


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.text(max_size=20), st.floats(), st.dates(), st.booleans()), max_size=6),
        min_size=1,
        max_size=6,
    )
)
def test_any_cells_can_be_returned_and_none_becomes_a_formula(rows: list[list[roster.book.Cell]]) -> None:
    book = Book("a", "csv", (Sheet("a" * 40, tuple(map(tuple, rows))), Sheet("[x]:*?/\\", ()), Sheet("A" * 40, ())))
    body = roster.returned(book, roster.propose(book), (), _words)
    assert _formulas(body) == []
    assert len(openpyxl.load_workbook(io.BytesIO(body)).sheetnames) == 3


def test_a_csv_is_returned_as_a_workbook_with_its_numbers_whole(tmp_path: Path) -> None:
    path = delimited(tmp_path / "东头村名册.csv", [HEADER, person(1, "王大明")], encoding="gb18030")
    book = read_here(path)
    sheet = openpyxl.load_workbook(io.BytesIO(roster.returned(book, roster.propose(book), (), _words)))["东头村名册"]
    assert (sheet["E2"].value, sheet["E2"].number_format) == (id_number(sequence="011"), "@")


def test_errors_and_merged_households_survive_the_way_back(tmp_path: Path) -> None:
    rows = [HEADER, person(1, "王大明", 家庭住址="#N/A", 备注="x"), person(2, "李小花", 户号=None, 与户主关系="妻")]
    path = workbook(tmp_path / "a.xlsx", {"村民": [("东头村台账",), *rows]})
    book = openpyxl.load_workbook(path)
    book["村民"].merge_cells("A1:J1")
    book["村民"].merge_cells("B3:B4")
    book["村民"]["H4"] = "=1+1"
    book.save(path)
    read, layouts, before = _read(path.read_bytes(), path)
    assert [code for code, _, _ in found(before)] == ["cell_error", "cell_error"]
    _, _, after = _read(roster.returned(read, layouts, before.problems, _words), path)
    assert (after.people, after.households, found(after)) == (before.people, before.households, found(before))


def test_the_blank_workbook_is_an_empty_roster_whose_examples_are_skipped(tmp_path: Path) -> None:
    _, layouts, result = _read(roster.template(), tmp_path / "名册.xlsx")
    assert [(layout.sheet, layout.kind.value) for layout in layouts] == [
        ("人员", "people"),
        ("外来务工", "workers"),
        ("点位", "places"),
        ("填写说明", "ignore"),
    ]
    assert (result.people, result.places, result.problems, result.village) == ((), (), (), None)
    assert all(column.confidence == 1.0 for layout in layouts[:3] for column in layout.columns)
    assert _formulas(roster.template()) == []


def test_the_blank_workbook_keeps_every_digit_and_offers_the_words(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(roster.template()))["人员"]
    titles = {cell.value: cell for cell in sheet[3]}
    for title in ("身份证号码", "联系电话"):
        column = sheet.column_dimensions[titles[title].column_letter]
        assert column.width > 14
        assert column.number_format == "@"
    offered = " ".join(rule.formula1 for rule in sheet.data_validations.dataValidation)
    assert all(word in offered for word in ("男,女", "常住,县区居住,市区及以外,流动人员", "已注册,未注册"))
    assert all(len(rule.formula1) < 255 for rule in sheet.data_validations.dataValidation)


def test_a_blank_workbook_that_was_filled_in_is_read(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(roster.template()))
    people, places = book["人员"], book["点位"]
    people["A2"] = "填报单位:东头村委会"
    titles = {cell.value: cell.column for cell in people[3]}
    for title, value in zip(HEADER, person(1, "王大明"), strict=True):
        people.cell(5, titles[title]).value = value
    people.cell(5, titles["片区"]).value = "东头"
    places["B4"], places["C4"] = "卫生室", "卫生室"
    path = tmp_path / "a.xlsx"
    book.save(path)
    _, _, result = _read(path.read_bytes(), path)
    assert [(p.name, p.section, p.household_number) for p in result.people] == [("王大明", "东头", "1")]
    assert [(p.name, p.kind.value) for p in result.places] == [("卫生室", "clinic")]
    assert (result.village, found(result)) == ("东头村", [("micro_grid_missing", 5, "王大明")])
