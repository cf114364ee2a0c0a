"""Excel exports: inert, whole, printable. Read back with another library, and looked at inside."""

import io
import re
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils.translation import gettext_lazy

from wuyicun.kernel.documents import workbook as subject
from wuyicun.kernel.documents.workbook import Column, Sheet, TooManyRows, workbook

AT = datetime(2022, 11, 18, 4, 5, tzinfo=UTC)
DANGEROUS = (
    "=1+1",
    "+8613800001234",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=HYPERLINK(A1)",
    "http://x.cn",
    "_x003D_1",
    "<b>&amp;",
    "{=1}",
)


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every export, also one that fails, leaves nothing behind in the folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []


def exported(*sheets: Sheet, by: str = "梁会明") -> zipfile.ZipFile:
    with workbook(sheets, made_by=by, made_at=AT) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def read_back(archive: zipfile.ZipFile) -> Any:
    assert isinstance(archive.fp, io.BytesIO)
    return openpyxl.load_workbook(archive.fp)


def unescaped(value: str) -> str:
    """What Excel shows of a stored text."""
    return re.sub("_x([0-9A-F]{4})_", lambda escape: chr(int(escape[1], 16)), value)


def inside(archive: zipfile.ZipFile, sheet: int = 1) -> str:
    return archive.read(f"xl/worksheets/sheet{sheet}.xml").decode()


def test_no_text_ever_becomes_a_formula_or_a_link() -> None:
    sheets = [Sheet(text, [Column(text)], [[text]], official_title=text, notes=[text]) for text in DANGEROUS]
    archive = exported(*sheets)
    book = read_back(archive)

    for number, text in enumerate(DANGEROUS, 1):
        assert "<f>" not in inside(archive, number)
        assert "<hyperlink" not in inside(archive, number)
        cells = [book.worksheets[number - 1].cell(row, 1) for row in (1, 2, 3, 4)]
        assert [(cell.data_type, unescaped(cell.value)) for cell in cells] == [("s", text)] * 4


def test_a_text_cell_stays_text_when_it_is_edited() -> None:
    sheet = read_back(exported(Sheet("人", [Column("姓名"), Column("年龄", kind="number")], [["=1+1", 71]]))).active

    assert sheet["A2"].number_format == "@"
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet["B2"].number_format == "General"


def test_ids_phones_and_long_numbers_keep_every_digit() -> None:
    columns = [Column("身份证号"), Column("电话"), Column("长数")]
    sheet = read_back(
        exported(Sheet("人", columns, [["140321196001010018", "03531234567", 140321196001010018]]))
    ).active

    assert [cell.value for cell in sheet[2]] == ["140321196001010018", "03531234567", "140321196001010018"]


def test_numbers_dates_and_moments_are_what_excel_can_count_with() -> None:
    columns = [
        Column("人数", kind="number"),
        Column("出生", kind="date"),
        Column("采样", kind="moment"),
        Column("在村"),
        Column("空"),
        Column("状态"),
    ]
    row = [335, date(1960, 1, 1), AT, True, None, gettext_lazy("已采")]
    sheet = read_back(exported(Sheet("人", columns, [row]))).active

    assert [cell.value for cell in sheet[2]] == [
        335,
        datetime(1960, 1, 1),  # noqa: DTZ001 - as Excel stores it
        datetime(2022, 11, 18, 12, 5),  # noqa: DTZ001 - on the wall clock of the village
        "是",
        None,
        "已采",
    ]


def test_title_notes_and_header_stand_above_the_rows_and_the_header_is_frozen_and_repeated() -> None:
    columns = [Column("姓名"), Column("住址")]
    book = read_back(exported(Sheet("常住", columns, [["张秀英", "北头岭"]], "常住人员台账", ["2022-11-18", "1 人"])))
    sheet = book.active

    assert [row[0].value for row in sheet.iter_rows(max_row=5)] == [
        "常住人员台账",
        "2022-11-18",
        "1 人",
        "姓名",
        "张秀英",
    ]
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A1:B1", "A2:B2", "A3:B3"}
    assert sheet.freeze_panes == "B5"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.auto_filter.ref == "A4:B5"


def test_it_prints_on_a4_across_with_who_when_and_page_of_pages() -> None:
    sheet = read_back(exported(Sheet("人", [Column("姓名")], [["张秀英"]]), by="A & B")).active

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.oddFooter.left.text == "A && B · 2022-11-18 12:05"
    assert sheet.oddFooter.right.text == "第 &P 页，共 &N 页"


def test_columns_are_as_wide_as_chinese_needs_and_no_wider_than_a_page_bears() -> None:
    rows = [["男", "阿不都热合曼·艾尼瓦尔", "山西省" * 40]]
    sheet = read_back(exported(Sheet("人", [Column("性别"), Column("姓名"), Column("住址")], rows))).active
    sex, name, address = (sheet.column_dimensions[letter].width for letter in "ABC")

    assert 6 <= sex < 8
    assert 22 <= name < 26
    assert 40 <= address < 42


def test_rows_are_as_high_as_their_longest_cell_needs() -> None:
    rows = [["甲", "短"], ["乙", "山西省" * 20], ["丙", "一\n二\n三"]]
    sheet = read_back(exported(Sheet("人", [Column("姓名"), Column("住址")], rows))).active

    assert sheet.sheet_format.defaultRowHeight == 21
    assert [sheet.row_dimensions[row].height for row in (3, 4)] == [70.5, 54]


def test_a_blank_form_offers_its_choices() -> None:
    sheet = read_back(exported(Sheet("人", [Column("姓名"), Column("性别", choices=("男", "女"))], []))).active
    (validation,) = sheet.data_validations.dataValidation

    assert validation.formula1 == '"男,女"'
    assert str(validation.sqref).startswith("B2:B")


def test_a_marked_column_stands_out_where_it_says_something() -> None:
    sheet = read_back(
        exported(Sheet("人", [Column("姓名"), Column("问题", marked=True)], [["甲", "无证"], ["乙", None]]))
    ).active

    assert sheet["B2"].font.bold
    assert not sheet["B3"].font.bold


@pytest.mark.parametrize("title", ["常住/流动[1]:*?", "'引号'", "", "History", "很长" * 30])
def test_tabs_get_names_that_excel_takes_and_no_two_alike(title: str) -> None:
    names = read_back(exported(*(Sheet(title, [Column("姓名")], []) for _ in range(3)))).sheetnames

    assert len({name.casefold() for name in names}) == 3
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", name) for name in names)
    assert "history" not in {name.casefold() for name in names}


def test_a_lone_surrogate_and_control_characters_do_no_harm() -> None:
    sheet = read_back(exported(Sheet("人", [Column("姓名")], [["甲\ud800乙"], ["a\x00b\x1b"], ["长" * 40_000]]))).active

    assert sheet["A2"].value == "甲?乙"
    assert len(sheet["A4"].value) == 32_767


def test_a_row_of_another_length_than_the_columns_is_a_defect() -> None:
    with pytest.raises(ValueError, match="zip"):
        exported(Sheet("人", [Column("姓名"), Column("性别")], [["张秀英"]]))


def test_more_rows_than_excel_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "LAST_ROW", 10)

    assert exported(Sheet("人", [Column("序号")], ([number] for number in range(10))))
    with pytest.raises(TooManyRows):
        exported(Sheet("人", [Column("序号")], ([number] for number in range(11))))


def test_rows_stream_through_in_little_memory() -> None:
    def rows() -> Iterator[list[str]]:
        return ([f"张秀英{number}", "140321196001010018"] for number in range(20_000))

    tracemalloc.start()
    with workbook([Sheet("人", [Column("姓名"), Column("身份证号")], rows())], made_by="甲", made_at=AT):
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 4_000_000
