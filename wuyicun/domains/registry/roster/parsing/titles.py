"""What sheet names and title lines say: the village, the section, the residence of all who are listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePath

from wuyicun.domains.registry.roster.book import Book
from wuyicun.domains.registry.roster.fields import SheetKind
from wuyicun.domains.registry.roster.layouts.layout import SheetLayout
from wuyicun.domains.registry.roster.words import values
from wuyicun.domains.registry.rules import Residence, plain

_HAN = r"[\u3400-\u9fff]"
_REPORTED_BY = re.compile(rf"(?:填报|填表|上报|报送|制表|登记)(?:单位|村|部门)?\s*[::]\s*({_HAN}+)")
_ABOVE = re.compile(r".*(?:省|市|县|乡|镇|街道办事处|街道)")
_VILLAGE = re.compile(rf"({_HAN}{{1,9}}?(?:村|社区))")
_SECTION = re.compile(rf"({_HAN}{{1,10}}?)(?:片区|网格)")
_GENERIC = re.compile(
    r"sheet|table|工作表|表|人员|人口|名单|台账|名册|登记|常住|流动|居住|汇总|信息|统计|采样|核酸|村民|居民|数据|全村|外来|务工"
    r"|点位|商户|总|副本|户|^[\d\W_a-z]*$",
    re.IGNORECASE,
)
_SECTION_ENDING = re.compile(r"(?:片区|网格)$")


def village(book: Book, layouts: Sequence[SheetLayout]) -> str | None:
    """The village's name: from 填报单位, else from a title, else from the file's name."""
    titles = [plain(layout.title) for layout in layouts if layout.kind is not SheetKind.IGNORE]
    reported = [found[1] for title in titles for found in _REPORTED_BY.finditer(title)]
    candidates = [*reported, *(part for title in titles for part in title.split()), PurePath(book.file_name).stem]
    return next((name for text in candidates if (name := _village_in(text))), None)


def _village_in(text: str) -> str | None:
    found = _VILLAGE.search(_ABOVE.sub("", plain(text)))
    name = found[1] if found else ""
    return name if len(name.removesuffix("社区").removesuffix("村")) > 1 and not name.startswith("全") else None


def section(layout: SheetLayout, village_name: str | None, *, from_csv: bool) -> str | None:
    """The section whose people a sheet lists: its tab's name unless that is a general word, else its title."""
    tab = plain(layout.sheet).strip()
    if not from_csv and tab != village_name and not _GENERIC.search(_SECTION_ENDING.sub("", tab)):
        return section_name(tab)
    for part in plain(layout.title).split():
        found = _SECTION.search(re.sub(r".*(?:村|社区)(?=.*(?:片区|网格))", "", _ABOVE.sub("", part)))
        if found:
            return section_name(found[0])
    return None


@lru_cache(4096)
def section_name(text: str) -> str:
    """A section's name as it is used: 北头岭片区 is 北头岭, but 第一网格 stays."""
    name = micro_grid_name(text)
    return name.removesuffix("片区") or name


@lru_cache(4096)
def micro_grid_name(text: str) -> str:
    """A micro-grid's name in plain characters, without spaces."""
    return "".join(plain(text).split())


def residence(layout: SheetLayout) -> Residence | None:
    """The residence of all who stand on a sheet, when its name or title speaks of exactly one."""
    if layout.kind is SheetKind.WORKERS:
        return Residence.OUTSIDE
    for text in (layout.sheet, layout.title):
        spoken_of = values.residences_in(plain(text))
        if spoken_of:
            return spoken_of.pop() if len(spoken_of) == 1 else None
    return None
