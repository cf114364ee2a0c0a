"""Rows as clerks write them: what they mean, and what is said about them."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.unit.registry.clerk import HEADER, found, id_number, named, parsed, person, workbook
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.rules import Residence, Sex


def _village(tmp_path: Path, *rows: Any, header: Any = HEADER) -> roster.Roster:
    return parsed(workbook(tmp_path / "a.xlsx", {"东头": [header, *rows]}))


def test_only_a_row_without_a_name_is_refused(tmp_path: Path) -> None:
    nobody = person(2, "", 户号=None)
    result = _village(
        tmp_path, person(1, "王大明"), nobody, person(3, "张三丰", 身份证号码=None, 联系电话="x", 性别="?")
    )
    assert [p.name for p in result.people] == ["王大明", "张三丰"]
    assert [(p.code, p.row, p.severity.value) for p in result.problems if p.row == 3] == [
        ("missing_name", 3, "refused")
    ]
    assert {p.severity.value for p in result.problems if p.row == 4} == {"check"}


def test_lines_that_list_nobody_are_not_people(tmp_path: Path) -> None:
    result = _village(
        tmp_path,
        ("示例", 9, *person(9, "赵例子")[2:]),
        person(1, "王大明"),
        (),
        (None, 7),
        HEADER,
        person(2, "张三丰"),
        tuple(range(1, 11)),
        ("小计:2户 2人",),
        (None, None, "合 计", None, None, None, None, "2户2人"),
        ("备注:以上人员已核对",),
        ("填表人:李四", None, None, None, None, "审核人:王五"),
    )
    assert [p.name for p in result.people] == ["王大明", "张三丰"]
    assert result.problems == ()


@pytest.mark.parametrize("line", ["合计:3户 2人", "合计:2户3人", "总 计 2 户 12 人", "共3户"])
def test_a_total_that_says_another_number_is_a_problem(tmp_path: Path, line: str) -> None:
    result = _village(tmp_path, person(1, "王大明"), person(2, "张三丰"), (line,))
    assert found(result) == [("row_count_differs", 4, "")]


def test_a_total_counts_rows_since_the_last_one_or_all_of_them(tmp_path: Path) -> None:
    first, second = [person(i, f"王{i}明") for i in (1, 2)], [person(3, "张三丰")]
    sheets = {
        "东头": [HEADER, *first, ("小计:2户2人",), *second, ("小计:1户1人",), ("合计:3户3人",)],
        "西头": [HEADER, person(4, "李小花"), ("合计:1户1人",), ("总计:4户4人",)],
    }
    assert parsed(workbook(tmp_path / "a.xlsx", sheets)).problems == ()


def test_a_blank_household_number_is_that_of_the_row_above(tmp_path: Path) -> None:
    rows = [
        person(1, "王大明", 户号="1.0"),
        person(2, "李小花", 户号=None, 与户主关系="妻"),
        person(3, "张三丰", 户号="2号"),
        person(4, "张四", 户号=None, 与户主关系="子"),
    ]
    result = _village(tmp_path, *rows)
    assert [(p.name, p.household_number) for p in result.people] == [
        ("王大明", "1"),
        ("李小花", "1"),
        ("张三丰", "2"),
        ("张四", "2"),
    ]
    assert [(h.number, h.head, h.size, h.section) for h in result.households] == [
        ("1", "王大明", 2, "东头"),
        ("2", "张三丰", 2, "东头"),
    ]


def test_nothing_is_filled_down_from_one_sheet_to_the_next(tmp_path: Path) -> None:
    sheets = {"东头": [HEADER, person(1, "王大明")], "西头": [HEADER, person(2, "李小花", 户号=None, 与户主关系="妻")]}
    result = parsed(workbook(tmp_path / "a.xlsx", sheets))
    assert named(result, "李小花").household_number is None
    assert found(result) == [("household_missing", 2, "李小花")]


def test_a_head_without_a_number_does_not_move_in_with_the_family_above(tmp_path: Path) -> None:
    result = _village(tmp_path, person(1, "王大明"), person(2, "张三丰", 户号=None))
    assert [h.number for h in result.households] == ["1"]
    assert found(result) == [("household_missing", 3, "张三丰")]


def test_a_second_head_in_one_household_is_a_problem(tmp_path: Path) -> None:
    result = _village(tmp_path, person(1, "王大明"), person(2, "张三丰", 户号=1))
    assert [(p.code, p.name, p.data["other"]) for p in result.problems] == [("two_heads", "张三丰", "王大明")]


def test_a_household_number_that_excel_made_a_date_of_is_put_back_and_told(tmp_path: Path) -> None:
    result = _village(tmp_path, person(1, "王大明", 户号=date(2022, 3, 12)))
    assert named(result, "王大明").household_number == "3-12"
    assert found(result) == [("household_from_date", 2, "王大明")]


def test_the_same_number_in_two_sections_is_two_households(tmp_path: Path) -> None:
    sheets = {
        "东头": [HEADER, person(1, "王大明")],
        "西头": [HEADER, person(1, "李小花", 身份证号码=id_number("19850101", "042"), 性别="女")],
    }
    result = parsed(workbook(tmp_path / "a.xlsx", sheets))
    assert [(h.section, h.number) for h in result.households] == [("东头", "1"), ("西头", "1")]


def test_without_household_numbers_families_are_told_by_their_heads_or_addresses(tmp_path: Path) -> None:
    header = ("姓名", "性别", "身份证号码", "与户主关系")
    rows = [
        ("王大明", "男", id_number(sequence="011"), "户主"),
        ("李小花", "女", id_number(sequence="022"), "妻"),
        ("张三丰", "男", id_number(sequence="031"), "户主"),
    ]
    result = _village(tmp_path, *rows, header=header)
    assert [(h.number, h.size) for h in result.households] == [("王大明", 2), ("张三丰", 1)]
    assert found(result) == [("households_derived", None, "")]
    by_address = _village(
        tmp_path,
        *((*row, address) for row, address in zip(rows, ("1号", "1号", "2号"), strict=True)),
        header=(*header, "住址"),
    )
    assert [(h.number, h.size) for h in by_address.households] == [("1号", 2), ("2号", 1)]


def test_merged_cells_stand_for_every_row_they_cover(tmp_path: Path) -> None:
    header = (*HEADER, "微网格", "片区")
    rows = [
        [*person(i, name, 户号=number), micro_grid, section]
        for i, (name, number, micro_grid, section) in enumerate(
            [("王大明", 1, "第一微网格", "北坡"), ("李小花", None, None, None), ("张三丰", 2, None, None)], 1
        )
    ]
    rows[1][5] = "妻"
    path = workbook(tmp_path / "a.xlsx", {"村民": [header, *rows]})
    book = openpyxl.load_workbook(path)
    book["村民"].merge_cells("K2:K4")
    book["村民"].merge_cells("L2:L4")
    book["村民"].merge_cells("B2:B3")
    book.save(path)
    result = parsed(path)
    assert {(p.section, p.micro_grid) for p in result.people} == {("北坡", "第一微网格")}
    assert [p.household_number for p in result.people] == ["1", "1", "2"]


def test_a_household_without_a_micro_grid_is_told_once(tmp_path: Path) -> None:
    rows = [
        [*person(1, "王大明"), None],
        [*person(2, "李小花", 户号=None, 与户主关系="妻"), None],
        [*person(3, "张三丰"), "第一微网格"],
        [*person(4, "张四", 户号=None, 与户主关系="子"), None],
    ]
    result = _village(tmp_path, *rows, header=(*HEADER, "微网格"))
    assert found(result) == [("micro_grid_missing", 2, "王大明")]
    assert named(result, "张四").micro_grid == "第一微网格"


def test_a_line_in_the_middle_may_change_section_and_micro_grid(tmp_path: Path) -> None:
    rows = [
        ("北坡片区",),
        ("第一微网格",),
        person(1, "王大明"),
        ("第二微网格",),
        person(2, "张三丰"),
        ("南坡片区",),
        person(3, "李小花"),
    ]
    result = _village(tmp_path, *rows)
    assert [(p.section, p.micro_grid) for p in result.people] == [
        ("北坡", "第一微网格"),
        ("北坡", "第二微网格"),
        ("南坡", None),
    ]


def test_two_people_with_one_id_both_come_in_and_neither_is_overwritten(tmp_path: Path) -> None:
    woman = {"性别": "女", "身份证号码": id_number(sequence="011")}
    result = _village(tmp_path, person(1, "王大明"), person(2, "李小花", **woman), person(3, "张三丰"))
    assert [p.name for p in result.people] == ["王大明", "李小花", "张三丰"]
    assert found(result) == [("duplicate_id", 2, "王大明"), ("duplicate_id", 3, "李小花")]
    assert [(p.data["other"], p.data["other_row"], p.data["sex_fits"]) for p in result.problems] == [
        ("李小花", "3", "yes"),
        ("王大明", "2", "no"),
    ]
    assert (named(result, "李小花").birth_date, named(result, "李小花").sex) == (None, Sex.FEMALE)
    assert roster.summary(result)["faults"] == {"duplicate_id": [["王大明", "李小花"]]}


def test_an_id_shared_by_a_resident_and_a_worker_of_another_name_is_told_too(tmp_path: Path) -> None:
    worker = ("张三丰", id_number(sequence="011"), "男", "砂厂")
    sheets = {"村民": [HEADER, person(1, "王大明")], "务工": [("姓名", "身份证号", "性别", "用工单位"), worker]}
    result = parsed(workbook(tmp_path / "a.xlsx", sheets))
    assert found(result) == [("duplicate_id", 2, "王大明"), ("duplicate_id", 2, "张三丰")]


def test_the_same_person_twice_is_one_person(tmp_path: Path) -> None:
    result = _village(tmp_path, person(1, "王大明"), person(2, "李小花"), person(1, "王大明", 户号=7))
    assert [p.name for p in result.people] == ["王大明", "李小花"]
    assert [h.number for h in result.households] == ["1", "2"]
    assert found(result) == [("duplicate_row", 4, "王大明")]


def test_two_equal_rows_without_an_id_are_one_person_but_namesakes_are_two(tmp_path: Path) -> None:
    twice = [person(1, "王小宝", 身份证号码=None), person(1, "王小宝", 身份证号码=None, 与户主关系="户主")]
    other = person(1, "王小宝", 身份证号码=None, 与户主关系="子", 户号=None, 性别="女")
    result = _village(tmp_path, *twice, other)
    assert [(p.row, p.sex) for p in result.people] == [(2, Sex.MALE), (4, Sex.FEMALE)]
    assert [code for code, _, _ in found(result)].count("duplicate_row") == 1


def test_a_resident_who_works_at_the_worksite_is_one_person(tmp_path: Path) -> None:
    worker = ("王大明", id_number(sequence="011"), "男", "砂厂", "厂区宿舍")
    sheets = {
        "村民": [HEADER, person(1, "王大明")],
        "外来务工": [("姓名", "身份证号", "性别", "用工单位", "住宿地点"), worker],
    }
    result = parsed(workbook(tmp_path / "a.xlsx", sheets))
    (one,) = result.people
    assert (one.is_worker, one.workplace, one.living_place, one.residence) == (
        True,
        "砂厂",
        "厂区宿舍",
        Residence.RESIDENT,
    )
    figures = roster.summary(result)
    assert (figures["people"], figures["workers"]) == (1, 1)
    assert [(p.code, p.sheet) for p in result.problems] == [("also_worker", "外来务工")]
