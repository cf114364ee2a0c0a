"""What of a workbook's styles matters when cells are filled: dates, borders, and texts that must stay texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wuyicun.kernel.documents.filling.xml import Tag, attribute_edit, scan, spliced

_BUILTIN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass
class Styles:
    """The cell formats of a workbook (`cellXfs`), to which some may be added."""

    data: bytes
    formats: list[Tag] = field(init=False)
    _dates: set[int] = field(init=False)
    _inert: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tags = scan(self.data, ("cellXfs", "xf", "numFmt")) if self.data else []
        holder = next((tag for tag in tags if tag.name == "cellXfs"), None)
        inside = (holder.start, holder.stop) if holder else (0, 0)
        self.formats = [tag for tag in tags if tag.name == "xf" and inside[0] < tag.start < inside[1]]
        self._holder = holder
        self._dates = {
            int(tag.attributes.get("numFmtId", -1))
            for tag in tags
            if tag.name == "numFmt" and _is_date(tag.attributes.get("formatCode", ""))
        }

    def is_date(self, style: int) -> bool:
        """Whether a number in a cell of this style reads as a day."""
        number = self._attribute(style, "numFmtId")
        return number in _BUILTIN_DATES or number in self._dates

    def has_border(self, style: int) -> bool:
        """Whether a cell of this style has lines around it."""
        return self._attribute(style, "borderId") > 0

    def inert(self, style: int) -> int:
        """The same style for a text that begins like a formula: it stays a text when somebody edits it."""
        if self._holder is None:
            return style
        return self._inert.setdefault(style, len(self.formats) + len(self._inert))

    def changed(self) -> bytes | None:
        """The styles with those that were added; None when nothing was."""
        if not self._inert or self._holder is None:
            return None
        new = b"".join(self._quoting(style) for style in self._inert)
        count = str(len(self.formats) + len(self._inert))
        return spliced(
            self.data,
            [attribute_edit(self.data, self._holder, "count", count), (self._holder.close, self._holder.close, new)],
        )

    def _quoting(self, style: int) -> bytes:
        if style >= len(self.formats):
            return b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>'
        tag = self.formats[style]
        start, end, new = attribute_edit(self.data, tag, "quotePrefix", "1")
        return spliced(self.data[tag.start : tag.stop], [(start - tag.start, end - tag.start, new)])

    def _attribute(self, style: int, name: str) -> int:
        if not 0 <= style < len(self.formats):
            return 0
        value = self.formats[style].attributes.get(name, "0")
        return int(value) if value.isdecimal() else 0


def _is_date(code: str) -> bool:
    return bool(re.search(r"[ymdhs]", _NOT_FORMAT.sub("", code).lower())) and code.lower() != "general"
