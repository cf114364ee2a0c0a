"""What each sheet is, where its titles stand and what its columns hold."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.unit.registry.clerk import HEADER, delimited, found, id_number, named, parsed, person, read_here, workbook
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.roster import Field, SheetKind, SheetLayout
from wuyicun.domains.registry.rules import Group, Residence, Whereabouts


def _layout(path: Path, sheet: int = 0) -> SheetLayout:
    return roster.propose(read_here(path))[sheet]


def test_titles_are_found_below_title_lines_and_blank_rows(tmp_path: Path) -> None:
    rows = [(), ("东头村台账",), (), ("填报单位:东头村委会", None, "填报人:李四"), HEADER, person(1, "王大明")]
    layout = _layout(workbook(tmp_path / "a.xlsx", {"Sheet1": rows}))
    assert (layout.header_rows, layout.first_row, layout.kind) == ((5,), 6, SheetKind.PEOPLE)
    assert layout.title == "东头村台账 填报单位:东头村委会 填报人:李四"


def test_titles_in_two_rows_are_joined(tmp_path: Path) -> None:
    upper = ("序号", "户号", "姓名", "基本信息", None, None, "是否特殊人群", None, None, "联系方式", None)
    lower = (None, None, None, "性别", "身份证号", "与户主关系", "老人", "残疾", "孕妇", "手机", "固话")
    row = (1, 1, "王大明", "男", id_number(), "户主", "√", None, "否", "13281984220", None)
    path = workbook(tmp_path / "a.xlsx", {"村民": [("东头村村民台账",), upper, lower, row]})
    book = openpyxl.load_workbook(path)
    for merged in ("A1:K1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:I2", "J2:K2"):
        book["村民"].merge_cells(merged)
    book.save(path)
    layout = _layout(path)
    assert layout.header_rows == (2, 3)
    assert [column.header for column in layout.columns][3:7] == [
        "基本信息·性别",
        "基本信息·身份证号",
        "基本信息·与户主关系",
        "是否特殊人群·老人",
    ]
    result = parsed(path)
    one = named(result, "王大明")
    assert (one.id_number, one.phone, one.relation, one.groups) == (
        id_number(),
        "13281984220",
        "户主",
        frozenset({Group.ELDERLY}),
    )
    assert result.problems == ()


def test_a_lower_title_that_says_nothing_takes_its_meaning_from_the_one_above(tmp_path: Path) -> None:
    upper, lower = ("姓名", "性别", "户号", "联系方式", None), (None, None, None, "本人", "家属")
    path = workbook(tmp_path / "a.xlsx", {"村民": [upper, lower, ("王大明", "男", 1, "15400000001", "15400000002")]})
    book = openpyxl.load_workbook(path)
    book["村民"].merge_cells("D1:E1")
    book.save(path)
    layout = _layout(path)
    assert layout.header_rows == (1, 2)
    assert (layout.index_of[Field.PHONE], layout.column_at[4].field) == (3, None)


@pytest.mark.parametrize(
    "title",
    [
        "身份证号码",
        "*身份证号码",
        "身份证\n号码",
        "身 份 证 号",
        "身份证号(18位)",
        "公民身份号码",
        "ID Number",
        "证件号码",
        "户主及成员身份证号码",
    ],
)
def test_a_title_is_known_however_it_is_written(tmp_path: Path, title: str) -> None:
    header = [title if name == "身份证号码" else name for name in HEADER]
    layout = _layout(workbook(tmp_path / "a.xlsx", {"村民": [header, person(1, "王大明", 身份证号码=None)]}))
    assert layout.index_of[Field.ID_NUMBER] == 4


def test_columns_with_odd_titles_are_known_by_what_they_hold(tmp_path: Path) -> None:
    header = ("户", "甲", "乙", "丙", "丁", "戊")
    people = [("王大明", "1981-3-29", "男"), ("李小花", "1985-1-1", "女"), ("张三丰", "1990-5-5", "男")]
    rows = [
        (i, name, id_number(sequence=f"{i}01"), f"1540000000{i}", born, sex)
        for i, (name, born, sex) in enumerate(people, 1)
    ]
    layout = roster.propose_sheet(
        read_here(workbook(tmp_path / "a.xlsx", {"村民": [header, *rows]})).sheets[0], header_rows=[1]
    )
    assert {field.value: index for field, index in layout.index_of.items()} == {
        "household": 0,
        "name": 1,
        "id_number": 2,
        "phone": 3,
        "birth_date": 4,
        "sex": 5,
    }
    confidence = {column.field: column.confidence for column in layout.columns}
    assert confidence[Field.NAME] < confidence[Field.ID_NUMBER] < confidence[Field.HOUSEHOLD] + 0.5
    assert all(confidence[field] < 0.7 for field in (Field.NAME, Field.ID_NUMBER, Field.PHONE, Field.SEX))


def test_ids_and_phones_under_each_others_titles_are_told_apart_and_marked_unsure(tmp_path: Path) -> None:
    header = ["联系电话" if t == "身份证号码" else "身份证号码" if t == "联系电话" else t for t in HEADER]
    layout = _layout(workbook(tmp_path / "a.xlsx", {"村民": [header, person(1, "王大明"), person(2, "张三丰")]}))
    assert (layout.index_of[Field.ID_NUMBER], layout.index_of[Field.PHONE]) == (4, 6)
    assert layout.column_at[4].confidence < 0.7


def test_a_list_without_titles_is_read_by_what_its_columns_hold(tmp_path: Path) -> None:
    rows = [
        ("王大明", "男", id_number(sequence="011"), "13281984220"),
        ("李小花", "女", id_number(sequence="022"), None),
    ]
    result = parsed(delimited(tmp_path / "a.csv", rows))
    assert [(p.name, p.id_number, p.row) for p in result.people] == [
        ("王大明", id_number(sequence="011"), 1),
        ("李小花", id_number(sequence="022"), 2),
    ]


def test_each_column_shows_three_of_its_values(tmp_path: Path) -> None:
    rows = [HEADER, *(person(i, f"王{name}") for i, name in enumerate("甲乙丙丁", 1))]
    layout = _layout(workbook(tmp_path / "a.xlsx", {"村民": rows}))
    assert layout.column_at[2].samples == ("王甲", "王乙", "王丙")
    assert layout.column_at[1].samples == ("1", "2", "3")


def test_the_same_titles_have_the_same_signature_and_others_another(tmp_path: Path) -> None:
    one = _layout(workbook(tmp_path / "a.xlsx", {"村民": [HEADER, person(1, "王大明")]}))
    two = _layout(workbook(tmp_path / "b.xlsx", {"西坡": [("西坡",), [f" {t}:" for t in HEADER], person(2, "张三丰")]}))
    three = _layout(workbook(tmp_path / "c.xlsx", {"村民": [(*HEADER, "备注"), person(1, "王大明")]}))
    assert one.signature == two.signature != three.signature


def test_a_mapping_that_was_changed_by_hand_is_remembered_and_used(tmp_path: Path) -> None:
    header = [("在哪" if title == "现居住地" else title) for title in HEADER]
    book = read_here(workbook(tmp_path / "a.xlsx", {"村民": [header, person(1, "王大明", 现居住地="太原市")]}))
    (proposed,) = roster.propose(book)
    assert proposed.mapping["J"] == ""
    changed = proposed.with_columns({"J": "whereabouts", "H": ""})
    assert roster.parse(book, [changed]).people[0].whereabouts is Whereabouts.ELSEWHERE
    assert roster.parse(book, [changed]).people[0].address is None
    assert proposed.with_columns(changed.mapping) == changed
    assert changed.column_at[9].confidence == 1.0
    with pytest.raises(ValueError, match="no_such_field"):
        proposed.with_columns({"J": "no_such_field"})


def test_a_field_given_to_another_column_is_taken_from_the_first(tmp_path: Path) -> None:
    book = read_here(workbook(tmp_path / "a.xlsx", {"村民": [(*HEADER, "别名"), [*person(1, "王大明"), "王二"]]}))
    (proposed,) = roster.propose(book)
    changed = proposed.with_columns({"K": "name"})
    assert [p.name for p in roster.parse(book, [changed]).people] == ["王二"]
    assert changed.column_at[2].field is None


def test_sheets_that_list_no_residents_are_told_apart(tmp_path: Path) -> None:
    sheets: dict[str, list[Any]] = {
        "村民": [HEADER, person(1, "王大明")],
        "务工": [("姓名", "身份证号", "电话", "用工单位"), ("张三丰", id_number(), "13281984220", "砂厂")],
        "点位": [("名称", "类型", "负责人"), ("超市", "商户", "李四")],
        "网格员名单": [("姓名", "身份证号", "电话"), ("李四", id_number(), "13281984220")],
        "说明": [("请按表填写",)],
        "空": [],
    }
    layouts = roster.propose(read_here(workbook(tmp_path / "a.xlsx", sheets)))
    assert [layout.kind.value for layout in layouts] == ["people", "workers", "places", "ignore", "ignore", "ignore"]


def test_a_kind_that_was_chosen_by_hand_holds(tmp_path: Path) -> None:
    book = read_here(workbook(tmp_path / "a.xlsx", {"村民": [HEADER, person(1, "王大明")]}))
    (layout,) = roster.propose(book)
    (one,) = roster.parse(book, [layout.with_kind(SheetKind.WORKERS)]).people
    assert one.is_worker
    with pytest.raises(roster.RosterRefused) as refused:
        roster.parse(book, [layout.with_kind(SheetKind.IGNORE)])
    assert (refused.value.code, refused.value.data["sheets"]) == ("no_roster_found", "村民")


@pytest.mark.parametrize(
    ("sheet", "title", "section"),
    [
        ("西头岭", "随便", "西头岭"),
        ("西头岭片区", "", "西头岭"),
        ("Sheet1", "东头村北头岭片区常住人口台账", "北头岭"),
        ("人员名单", "平定县冠山镇东头村第一网格居民台账", "第一网格"),
        ("常住人口", "东头村常住人口台账", None),
    ],
)
def test_the_section_is_told_by_the_tab_or_the_title(
    tmp_path: Path, sheet: str, title: str, section: str | None
) -> None:
    result = parsed(workbook(tmp_path / "a.xlsx", {sheet: [(title or None,), HEADER, person(1, "王大明")]}))
    assert named(result, "王大明").section == section


@pytest.mark.parametrize(
    ("title", "village"),
    [
        ("填报单位:西头岭村委会", "西头岭村"),
        ("填报单位:西头岭村村民委员会", "西头岭村"),
        ("填报单位: 平定县冠山镇西头岭村委会", "西头岭村"),
        ("山西省阳泉市平定县冠山镇西头岭村常住人口台账", "西头岭村"),
        ("东苑社区居民台账", "东苑社区"),
        ("全村人员台账", None),
    ],
)
def test_the_village_is_told_by_who_reports_or_the_title(tmp_path: Path, title: str, village: str | None) -> None:
    assert parsed(workbook(tmp_path / "a.xlsx", {"a": [(title,), HEADER, person(1, "王大明")]})).village == village


def test_the_village_is_told_by_the_files_name_when_nothing_in_it_says(tmp_path: Path) -> None:
    assert parsed(delimited(tmp_path / "东头村2022.csv", [HEADER, person(1, "王大明")])).village == "东头村"


@pytest.mark.parametrize(
    ("title", "residence"),
    [
        ("流动人员台账", Residence.FLOATING),
        ("县区居住人员台账", Residence.COUNTY),
        ("市区及以外人员台账", Residence.CITY),
        ("常住及流动人口台账", None),
    ],
)
def test_a_sheet_without_the_column_says_in_its_title_where_all_on_it_live(
    tmp_path: Path, title: str, residence: Residence | None
) -> None:
    rows = [(title,), HEADER[:8], person(1, "王大明")[:8]]
    result = parsed(workbook(tmp_path / "a.xlsx", {"a": rows}))
    assert named(result, "王大明").residence is residence
    assert ("residence" in result.present["a"]) is (residence is not None)
    assert found(result) == []
