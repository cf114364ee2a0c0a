"""Writes the made-up village as a workbook in the clerk's own layout, to be imported like any other roster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from wuyicun.config.demo.village import PLACES, ROSTER_DAY, SECTIONS, VILLAGE, Family, Village, Villager, make_village
from wuyicun.domains.registry.roster.words.official import (
    GROUP_WORD,
    PEOPLE_TITLES,
    PLACE_KIND_WORD,
    PLACES_TITLES,
    RESIDENCE_WORD,
    SEX_WORD,
    WORKERS_TITLES,
)

_SEED = 20221101
_OTHER_ORDER = (
    "序号", "姓名", "性别", "身份证号码", "户号", "与户主关系", "家庭住址", "联系电话", "人员类别", "现居住地",
    "特殊人群", "是否需上门", "政治面貌", "采样码", "微网格",
)  # fmt: skip
_TITLES = {SECTIONS[0]: PEOPLE_TITLES, SECTIONS[1]: _OTHER_ORDER}
_WIDTHS = {
    "身份证号码": 21, "身份证号": 21, "联系电话": 14, "电话": 14, "用工单位": 20, "居住地点": 16, "特殊人群": 20,
    "名称": 18,
}  # fmt: skip

Value = str | int | None


def write_village(path: Path, *, seed: int = _SEED) -> dict[str, Any]:
    """Writes the workbook: two sections of residents, outside workers, places; nothing in it is wrong.

    Args:
        path: where to; an .xlsx file.
        seed: the same seed gives the same bytes.

    Returns:
        What an importer must find in it, with the keys of `roster.summary`.
    """
    village = make_village(seed)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        workbook.set_properties({"created": datetime(ROSTER_DAY.year, ROSTER_DAY.month, ROSTER_DAY.day)})  # noqa: DTZ001
        for section in SECTIONS:
            families = [family for family in village.families if family.section == section]
            _write_section(_Page(workbook, section, _TITLES[section]), section, families)
        _write_workers(_Page(workbook, "外来务工", WORKERS_TITLES), village)
        _write_places(_Page(workbook, "商户及点位", PLACES_TITLES), village)
    return _summary(village)


class _Page:
    """One sheet, written from top to bottom."""

    def __init__(self, workbook: Any, name: str, titles: Sequence[str]) -> None:
        self._worksheet = workbook.add_worksheet(name)
        self._titles = titles
        self._row = 0
        self._heading = workbook.add_format({"bold": True, "font_size": 14, "align": "center"})
        self._header = workbook.add_format({"bold": True, "border": 1, "bg_color": "#DCE6E4"})
        self._text = workbook.add_format({"num_format": "@"})
        for column, title in enumerate(titles):
            self._worksheet.set_column(column, column, _WIDTHS.get(title, 12))

    def heading(self, text: str) -> None:
        self._worksheet.merge_range(self._row, 0, self._row, len(self._titles) - 1, text, self._heading)
        self._row += 1

    def line(self, cells: Mapping[int, str]) -> None:
        for column, text in cells.items():
            self._worksheet.write_string(self._row, column, text)
        self._row += 1

    def titles(self) -> None:
        for column, title in enumerate(self._titles):
            self._worksheet.write_string(self._row, column, title, self._header)
        self._row += 1
        self._worksheet.freeze_panes(self._row, 0)

    def row(self, values: Mapping[str, Value]) -> None:
        for column, title in enumerate(self._titles):
            value = values.get(title)
            if isinstance(value, int):
                self._worksheet.write_number(self._row, column, value)
            elif value:
                self._worksheet.write_string(self._row, column, value, self._text)
        self._row += 1


def _write_section(page: _Page, section: str, families: Sequence[Family]) -> None:
    page.heading(f"{section}片区常住及流动人口台账({ROSTER_DAY.year}年{ROSTER_DAY.month}月)")
    page.line({0: f"填报单位:{VILLAGE}委会", 6: "填报人:", 10: f"填报日期:{ROSTER_DAY:%Y.%m.%d}"})
    page.titles()
    number = 0
    for family in families:
        for place, person in enumerate(family.members):
            number += 1
            page.row(_resident(person, family) | {"序号": number, "户号": family.number if place == 0 else None})
    page.line({})
    page.line({0: f"合计:{len(families)}户 {number}人"})


def _resident(person: Villager, family: Family) -> dict[str, Value]:
    return {
        "姓名": person.name,
        "性别": SEX_WORD[person.sex],
        "身份证号码": person.id_number,
        "与户主关系": person.relation,
        "联系电话": person.phone,
        "家庭住址": family.address,
        "微网格": family.micro_grid,
        "政治面貌": "中共党员" if person.party_member else "群众",
        "人员类别": RESIDENCE_WORD[person.residence],
        "现居住地": person.place_text,
        "特殊人群": "、".join(GROUP_WORD[group] for group in person.groups),
        "是否需上门": "是" if person.home_visit else None,
        "采样码": "已注册" if person.sampling_code else "未注册",
    }


def _write_workers(page: _Page, village: Village) -> None:
    page.heading("外来务工人员登记表")
    page.titles()
    for number, worker in enumerate(village.workers, 1):
        page.row(
            {
                "序号": number,
                "姓名": worker.person.name,
                "身份证号": worker.person.id_number,
                "性别": SEX_WORD[worker.person.sex],
                "电话": worker.person.phone,
                "用工单位": worker.workplace,
                "居住地点": worker.living_place,
            }
        )


def _write_places(page: _Page, village: Village) -> None:
    page.titles()
    for (name, kind, section), (manager, phone) in zip(PLACES, village.managers, strict=True):
        page.row(
            {
                "名称": name,
                "类型": PLACE_KIND_WORD[kind],
                "片区": section,
                "负责人": manager,
                "电话": phone,
                "位置": section,
            }
        )


def _summary(village: Village) -> dict[str, Any]:
    people = village.people

    def count(applies: Callable[[Villager], bool]) -> int:
        return sum(applies(person) for person in people)

    return {
        "people": len(people),
        "households": len(village.families),
        "categories": dict(Counter(RESIDENCE_WORD[person.residence] for person in people)),
        "groups": dict(Counter(GROUP_WORD[group] for person in people for group in person.groups)),
        "home_visit": count(lambda person: person.home_visit),
        "party": count(lambda person: person.party_member),
        "workers": len(village.workers),
        "places": len(PLACES),
        "faults": {},
    }
