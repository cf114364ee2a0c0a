"""What surrounds the filled rows in the sheet's own part: ranges that grow or move, and the mark of who filled it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from wuyicun.kernel.documents.cells import in_words
from wuyicun.kernel.documents.filling.references import Growth
from wuyicun.kernel.documents.filling.rows import SheetXml
from wuyicun.kernel.documents.filling.xml import (
    Edit,
    Tag,
    attribute_edit,
    escaped,
    inside,
    scan,
    text_edit,
)

_WITH_RANGE = {
    "dimension": "ref", "hyperlink": "ref", "autoFilter": "ref", "sortState": "ref", "sortCondition": "ref",
    "conditionalFormatting": "sqref", "dataValidation": "sqref", "ignoredError": "sqref", "protectedRange": "sqref",
}  # fmt: skip
WITH_FORMULA = ("formula", "formula1", "formula2")
_EXTENDED = ("sqref", "f")
_BEHIND_FOOTER = (
    "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip
_FOOTERS = ("oddFooter", "evenFooter", "firstFooter")
_LONGEST_FOOTER = 255
_SECTION = re.compile(r"&[LCR]")


@dataclass(frozen=True)
class Mark:
    """Who filled it, and when."""

    by: str
    at: datetime

    @property
    def words(self) -> str:
        """As it stands in the foot of every page."""
        return f"{self.by} {in_words(self.at)}".replace("&", "&&")


def sheet_edits(sheet: SheetXml, growth: Growth, merges: Sequence[str], mark: Mark) -> list[Edit]:
    """What changes in the sheet's part outside of its rows."""
    names = (*_WITH_RANGE, *WITH_FORMULA, *_EXTENDED, "brk", "mergeCells")
    tags = [tag for tag in scan(sheet.data, names) if not _is_within(tag, sheet.holder)]
    edits = [edit for tag in tags for edit in _edits_of(sheet.data, tag, growth)]
    edits += _merge_edits(sheet, [tag for tag in tags if tag.name == "mergeCells"], merges)
    return [edit for edit in [*edits, *_footer_edits(sheet.data, mark)] if sheet.data[edit[0] : edit[1]] != edit[2]]


def _is_within(tag: Tag, holder: Tag | None) -> bool:
    return holder is not None and holder.start <= tag.start < holder.stop


def _edits_of(data: bytes, tag: Tag, growth: Growth) -> Iterator[Edit]:
    if tag.name in _WITH_RANGE:
        attribute = _WITH_RANGE[tag.name]
        if attribute in tag.attributes:
            yield attribute_edit(data, tag, attribute, growth.areas(tag.attributes[attribute]))
    elif tag.name == "brk" and tag.attributes.get("id", "").isdecimal():
        yield attribute_edit(data, tag, "id", str(growth.moved(int(tag.attributes["id"]))))
    elif tag.name == "sqref":
        yield text_edit(tag, growth.areas(inside(data, tag)))
    elif tag.name in (*WITH_FORMULA, "f"):
        before = inside(data, tag)
        after = growth.formula(before, at_home=True)
        if after != before:
            yield text_edit(tag, after)


def _merge_edits(sheet: SheetXml, holders: Sequence[Tag], merges: Sequence[str]) -> Iterator[Edit]:
    as_it_was = [tag.attributes.get("ref", "") for _merge, tag in sheet.merges]
    if not holders or sorted(as_it_was) == sorted(merges):
        return
    holder = holders[0]
    p = holder.prefix
    cells = "".join(f'<{p}mergeCell ref="{each}"/>' for each in merges)
    yield holder.start, holder.stop, f'<{p}mergeCells count="{len(merges)}">{cells}</{p}mergeCells>'.encode()


def _footer_edits(data: bytes, mark: Mark) -> list[Edit]:
    """The mark in the foot, beside what the office prints there."""
    tags = [tag for tag in scan(data, ("headerFooter", *_FOOTERS, *_BEHIND_FOOTER)) if tag.depth in (1, 2)]
    (root,) = scan(data, ("worksheet",))
    holder = next((tag for tag in tags if tag.name == "headerFooter"), None)
    footers = [tag for tag in tags if tag.name in _FOOTERS]
    p = root.prefix
    new = f"<{p}oddFooter>".encode() + escaped(_marked("", mark)) + f"</{p}oddFooter>".encode()
    edits = [text_edit(tag, _marked(inside(data, tag), mark)) for tag in footers if not tag.is_empty]
    if any(tag.name == "oddFooter" and not tag.is_empty for tag in footers):
        return edits
    if holder is None:
        at = next((tag.start for tag in tags if tag.name in _BEHIND_FOOTER and tag.depth == 1), root.close)
        return [(at, at, f"<{p}headerFooter>".encode() + new + f"</{p}headerFooter>".encode())]
    if holder.is_empty:
        opened = data[holder.start : holder.end - 2].rstrip() + b">"
        return [(holder.start, holder.stop, opened + new + f"</{p}headerFooter>".encode())]
    blank = next((tag for tag in footers if tag.name == "oddFooter"), None)
    if blank is not None:
        return [*edits, (blank.start, blank.stop, new)]
    header = next((tag for tag in scan(data, ("oddHeader",)) if tag.depth == 2), None)
    at = header.stop if header else holder.end
    return [*edits, (at, at, new)]


def _marked(footer: str, mark: Mark) -> str:
    """The mark behind what stands on the left; it is left out where the foot is already as long as it may be."""
    sections = _SECTION.split(footer)
    codes = _SECTION.findall(footer)
    if "&L" in codes:
        place = codes.index("&L") + 1
        sections[place] += f"\n&8 {mark.words}"
        marked = sections[0] + "".join(code + words for code, words in zip(codes, sections[1:], strict=True))
    else:
        marked = f"&L&8 {mark.words}" + (footer if not footer or (codes[:1] and not sections[0]) else f"&C{footer}")
    return marked if len(marked) <= _LONGEST_FOOTER else footer
