"""Rows as clerks write them: what they mean, and what is said about them."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.unit.registry.clerk import HEADER, delimited, found, id_number, named, parsed, person, read_here, workbook
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.rules import Group, IdKind, PlaceKind, Residence, Sex, Whereabouts


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


@pytest.mark.parametrize(
    ("changed", "code", "column"),
    [
        ({"性别": "女"}, "sex_mismatch", "E"),
        ({"性别": "不男不女"}, "unknown_sex", "D"),
        ({"身份证号码": None}, "missing_id", "E"),
        ({"身份证号码": "无"}, "missing_id", "E"),
        ({"身份证号码": "14039919810329661"}, "id_wrong_length", "E"),
        ({"身份证号码": "户口未迁入"}, "id_not_digits", "E"),
        ({"身份证号码": id_number("19810230", "661")}, "id_bad_birth_date", "E"),
        ({"身份证号码": id_number()[:-1] + "7"}, "bad_check_digit", "E"),
        ({"身份证号码": id_number().replace("1981", "1981 ")}, "id_spaced", "E"),
        ({"联系电话": "12345"}, "phone_invalid", "G"),
        ({"联系电话": "13281984220/18968551835"}, "second_phone", "G"),
        ({"联系电话": "１３２８１９８４２２０"}, "full_width", "G"),
        ({"人员类别": "空挂户"}, "unknown_residence", "I"),
        ({"现居住地": "太原市"}, "whereabouts_differ", "J"),
        ({"人员类别": "县区居住"}, "whereabouts_differ", "J"),
    ],
)
def test_each_fault_is_told_at_its_cell_and_the_person_comes_in(
    tmp_path: Path, changed: dict[str, Any], code: str, column: str
) -> None:
    values = {"身份证号码": id_number()} | changed
    result = _village(tmp_path, person(1, "王大明", **values), person(2, "张三丰"))
    assert [(p.code, p.sheet, p.row, p.column, p.name) for p in result.problems] == [
        (code, "东头", 2, column, "王大明")
    ]
    assert len(result.people) == 2


def test_what_could_not_be_read_is_kept_as_it_stood(tmp_path: Path) -> None:
    result = _village(tmp_path, person(1, "王大明", 身份证号码="14039919810329", 联系电话="12345"))
    one = named(result, "王大明")
    assert (one.id_number, one.id_text, one.phone, one.phone_text) == (None, "14039919810329", None, "12345")


def test_other_papers_than_the_identity_card_are_not_checked_by_its_rules(tmp_path: Path) -> None:
    header = (*HEADER, "证件类型")
    result = _village(
        tmp_path,
        [*person(1, "王大明", 身份证号码="e1234 5678"), "护照"],
        [*person(2, "陈港生", 身份证号码="H12345678"), "港澳居民来往内地通行证"],
        [*person(3, "张三丰"), "身份证"],
        header=header,
    )
    assert [(p.id_kind, p.id_number) for p in result.people] == [
        (IdKind.PASSPORT, "E12345678"),
        (IdKind.PERMIT, "H12345678"),
        (IdKind.RESIDENT, id_number(sequence="031")),
    ]
    assert result.problems == ()


def test_the_birth_date_of_the_id_counts_when_the_column_says_another(tmp_path: Path) -> None:
    result = _village(tmp_path, [*person(1, "王大明"), "1981-02-24"], header=(*HEADER, "出生日期"))
    assert named(result, "王大明").birth_date == date(1981, 3, 29)
    assert found(result) == [("birth_mismatch", 2, "王大明")]


def test_sex_and_birth_date_come_from_the_id_where_there_are_no_columns_for_them(tmp_path: Path) -> None:
    result = _village(tmp_path, ("王大明", id_number(), 1), header=("姓名", "身份证号", "户号"))
    one = named(result, "王大明")
    assert (one.sex, one.birth_date) == (Sex.MALE, date(1981, 3, 29))
    assert {"sex", "birth_date"} <= result.present["东头"]


def test_a_birth_date_after_the_day_of_reading_is_a_problem(tmp_path: Path) -> None:
    book = read_here(workbook(tmp_path / "a.xlsx", {"东头": [HEADER, person(1, "王大明")]}))
    layouts = roster.propose(book)
    assert found(roster.parse(book, layouts, on=date(1981, 3, 28))) == [("id_bad_birth_date", 2, "王大明")]
    assert found(roster.parse(book, layouts, on=date(1981, 3, 29))) == []


@pytest.mark.parametrize(
    ("text", "groups", "home_visit", "unknown"),
    [
        ("老人、行动不便", {Group.ELDERLY, Group.INFIRM}, None, []),
        ("独居老人,高血压", {Group.ELDERLY, Group.ALONE, Group.ILL}, None, []),
        ("孕妇;婴幼儿", {Group.PREGNANT, Group.INFANT}, None, []),
        ("老/病/残/孕/幼", {Group.ELDERLY, Group.ILL, Group.DISABLED, Group.PREGNANT, Group.INFANT}, None, []),
        ("三级残疾 需上门", {Group.DISABLED}, True, []),
        ("慢病、低保户", {Group.ILL}, None, ["低保户"]),
        ("非残疾、无慢病", set(), None, []),
        ("外来人员、风险人员", {Group.OUTSIDER, Group.RISK}, None, []),
        ("无", set(), None, []),
    ],
)
def test_groups_are_read_as_clerks_write_them(
    tmp_path: Path, text: str, groups: set[Group], home_visit: bool | None, unknown: list[str]
) -> None:
    result = _village(tmp_path, [*person(1, "王大明"), text], header=(*HEADER, "特殊人群"))
    one = named(result, "王大明")
    assert (one.groups, one.home_visit) == (frozenset(groups), home_visit)
    assert [(p.code, p.data["value"]) for p in result.problems] == [("unknown_group", word) for word in unknown]


def test_a_blank_group_cell_says_nothing_while_none_says_none(tmp_path: Path) -> None:
    result = _village(
        tmp_path, [*person(1, "王大明"), None], [*person(2, "张三丰"), "无"], header=(*HEADER, "特殊人群")
    )
    assert (named(result, "王大明").groups, named(result, "张三丰").groups) == (None, frozenset())


@pytest.mark.parametrize(
    ("title", "attribute", "answers"),
    [
        (
            "是否需上门",
            "home_visit",
            {"是": True, "需要": True, "√": True, "1": True, "否": False, "不需要": None, "": None},
        ),
        (
            "政治面貌",
            "party_member",
            {
                "中共党员": True,
                "中共预备党员": True,
                "群众": False,
                "共青团员": False,
                "九三学社社员": False,
                "不详": None,
            },
        ),
        ("是否党员", "party_member", {"是": True, "否": False}),
        ("采样码", "sampling_code_registered", {"已注册": True, "未注册": False, "是": True, "待办": False, "?": None}),
    ],
)
def test_answers_are_read_as_clerks_write_them(
    tmp_path: Path, title: str, attribute: str, answers: dict[str, bool | None]
) -> None:
    rows = [[*person(i, f"王{'甲乙丙丁戊己庚'[i]}"), text] for i, text in enumerate(answers)]
    result = _village(tmp_path, *rows, header=(*HEADER, title))
    assert [getattr(one, attribute) for one in result.people] == list(answers.values())
    not_understood = [text for text, answer in answers.items() if answer is None and text]
    assert [(p.code, p.data["value"]) for p in result.problems] == [("unknown_answer", text) for text in not_understood]


@pytest.mark.parametrize(
    ("residence", "text", "whereabouts"),
    [
        ("常住", "本村", Whereabouts.IN_VILLAGE),
        ("常住人口", "东头村1号", Whereabouts.IN_VILLAGE),
        ("常住", "在家", Whereabouts.IN_VILLAGE),
        ("流动人员", "往返本村与县城", Whereabouts.TO_AND_FRO),
        ("流动人口", None, Whereabouts.TO_AND_FRO),
        ("县区居住", "平定县冠山镇", Whereabouts.COUNTY),
        ("县城居住", None, Whereabouts.COUNTY),
        ("市区及以外", "阳泉市城区", Whereabouts.CITY),
        ("市区及以外", "北京市", Whereabouts.ELSEWHERE),
        ("外出务工", "盂县", Whereabouts.ELSEWHERE),
        ("外来人员", None, Whereabouts.IN_VILLAGE),
        (None, "平定县城", Whereabouts.COUNTY),
        (None, None, None),
    ],
)
def test_where_a_person_is_comes_from_the_cell_else_from_the_residence(
    tmp_path: Path, residence: str | None, text: str | None, whereabouts: Whereabouts | None
) -> None:
    rows = [("东头村台账",), HEADER, person(1, "王大明", 人员类别=residence, 现居住地=text)]
    result = parsed(workbook(tmp_path / "a.xlsx", {"村民": rows}))
    assert named(result, "王大明").whereabouts is whereabouts
    assert result.problems == ()


@pytest.mark.parametrize(
    ("written", "name", "told"),
    [
        ("王 大 明", "王大明", True),
        (" 王大明 ", "王大明", False),
        ("王\u3000明", "王明", True),
        ("买买提・艾力", "买买提·艾力", True),
        ("买买提·艾力", "买买提·艾力", False),
        ("John  Smith", "John Smith", True),
        ("𠮷田", "𠮷田", False),
    ],
)
def test_a_name_is_written_in_one_way(tmp_path: Path, written: str, name: str, told: bool) -> None:
    result = _village(tmp_path, person(1, written))
    assert [p.name for p in result.people] == [name]
    assert found(result) == ([("name_spaced", 2, name)] if told else [])


def test_a_place_is_told_by_its_type_else_by_its_name(tmp_path: Path) -> None:
    rows = [
        ("名称", "类型", "负责人", "电话"),
        ("老王饭店", "餐饮", "李四", "13281984220"),
        ("东头卡点", "卡口", None, None),
        ("祠堂", "文物", None, None),
        ("东头卡点", "卡口", None, None),
        ("超市", None, None, None),
        ("合计:5个",),
    ]
    sheets: dict[str, Any] = {"村民": [HEADER, person(1, "王大明")], "点位": rows}
    result = parsed(workbook(tmp_path / "a.xlsx", sheets))
    assert [(p.name, p.kind) for p in result.places] == [
        ("老王饭店", PlaceKind.SHOP),
        ("东头卡点", PlaceKind.CHECKPOINT),
        ("祠堂", PlaceKind.OTHER),
        ("超市", PlaceKind.SHOP),
    ]
    assert found(result) == [
        ("unknown_place_kind", 2, "老王饭店"),
        ("unknown_place_kind", 4, "祠堂"),
        ("duplicate_place", 5, "东头卡点"),
    ]


def test_sections_and_micro_grids_that_the_village_lacks_are_proposed_once(tmp_path: Path) -> None:
    rows = [[*person(i, f"王{'甲乙丙'[i]}"), grid] for i, grid in enumerate(["第一微网格", "第二微网格", "第二微网格"])]
    result = _village(tmp_path, *rows, header=(*HEADER, "微网格"))
    assert [(p.code, p.row, p.data["value"]) for p in roster.unknown_areas(result, {"东头": ["第一微网格"]})] == [
        ("unknown_micro_grid", 3, "第二微网格")
    ]
    assert [p.code for p in roster.unknown_areas(result, {})] == [
        "unknown_section",
        "unknown_micro_grid",
        "unknown_micro_grid",
    ]


def test_every_problem_code_has_a_severity(tmp_path: Path) -> None:
    result = parsed(delimited(tmp_path / "a.csv", [HEADER, person(1, "王大明", 身份证号码="1", 联系电话="1")]))
    assert {problem.code for problem in result.problems} <= set(roster.SEVERITY)
    assert [code for code, severity in roster.SEVERITY.items() if severity is roster.Severity.REFUSED] == [
        "missing_name"
    ]
