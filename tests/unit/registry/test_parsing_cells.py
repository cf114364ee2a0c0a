"""What the cells of a row mean as clerks fill them in, and what is told of those that cannot be read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.unit.registry.clerk import HEADER, delimited, found, id_number, named, parsed, person, read_here, workbook
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.rules import Group, IdKind, PlaceKind, Sex, Whereabouts


def _village(tmp_path: Path, *rows: Any, header: Any = HEADER) -> roster.Roster:
    return parsed(workbook(tmp_path / "a.xlsx", {"东头": [header, *rows]}))


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
