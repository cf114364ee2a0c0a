"""A large roster as a clerk would send it: nobody in it exists."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from benchmarks import town

VILLAGE = "石门村"
TITLES = (
    *("序号", "户号", "姓名", "性别", "身份证号码", "与户主关系", "联系电话", "家庭住址", "片区", "微网格"),
    *("政治面貌", "人员类别", "现居住地", "特殊人群", "是否需上门", "采样码", "备注"),
)
IN_HOUSE, IN_MICRO_GRID, MICRO_GRIDS = 3, 150, 40
"""People of a household and of a micro-grid, micro-grids of a section."""

RELATIONS = ("户主", "妻", "子")
RESIDENCES = (("常住", "本村"), ("常住", "本村"), ("县区居住", "平定县冠山镇"), ("流动人员", "往返本村与县城"))
GROUPS = ("老人", "慢病", "残疾", "孕妇", "独居")


def write(path: Path, rows: int) -> None:
    """Write so many people, the same each time."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("人员")
        sheet.write_row(0, 0, TITLES)
        for number, row in enumerate(_people(rows)):
            sheet.write_row(number + 1, 0, row)


def _people(rows: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(2022)  # noqa: S311 - the same each time is what is wanted
    surnames, given = town.SURNAMES, town.GIVEN
    weights = [1 / (place + 4) for place in range(len(surnames))]
    for n in range(rows):
        micro_grid = n // IN_MICRO_GRID
        section = f"第{micro_grid // MICRO_GRIDS + 1}片区"
        name = chance.choices(surnames, weights)[0] + "".join(chance.choices(given, k=chance.choice((1, 2, 2, 2, 2))))
        residence, where = chance.choice(RESIDENCES)
        yield (
            n + 1,
            n // IN_HOUSE + 1,
            name,
            "男" if int(town.id_number(n)[16]) % 2 else "女",
            town.id_number(n),
            RELATIONS[n % IN_HOUSE],
            town.phone(n),
            f"{section}{n // IN_HOUSE + 1}号",
            section,
            f"第{micro_grid + 1}微网格",
            "中共党员" if n % 15 == 0 else "群众",
            residence,
            where,
            chance.choice(GROUPS) if n % 5 == 0 else None,
            "是" if n % 60 == 0 else None,
            "已注册" if n % 3 else "未注册",
            None,
        )
