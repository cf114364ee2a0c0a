"""The parts of a workbook that have to do with a filled sheet: other sheets, names, tables, pictures, notes, charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

from wuyicun.kernel.documents.filling.package import CONTENT_TYPES, WORKBOOK, Package, relations_part
from wuyicun.kernel.documents.filling.references import Growth
from wuyicun.kernel.documents.filling.surroundings import WITH_FORMULA, Mark
from wuyicun.kernel.documents.filling.xml import Edit, Tag, attribute_edit, escaped, inside, scan, spliced, text_edit

_BEHIND_CALCULATION = (
    "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
    "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip


class Around:
    """The other parts that a filled sheet has to do with."""

    def __init__(self, package: Package, part: str, growth: Growth, mark: Mark, calculates: bool) -> None:
        self.package, self.part, self.growth, self.mark = package, part, growth, mark
        self.calculates = calculates
        self._changed: dict[str, bytes] = {}
        self.removed: frozenset[str] = frozenset()

    def changed(self) -> dict[str, bytes]:
        """What they are now; those that stay as they were are left out."""
        self._other_sheets()
        self._names()
        for kind, change in (("table", self._table), ("drawing", self._drawing), ("comments", self._ranges)):
            for part in self.package.related(self.part, kind):
                self._set(part, change(self.package.read(part)))
        for part in self.package.related(self.part, "vmlDrawing"):
            self._set(part, self._notes(self.package.read(part)))
        for part in self.package.archive.namelist():
            if part.startswith("xl/charts/chart") and part.endswith(".xml"):
                self._set(part, self._formulas(self.package.read(part), ("f",)))
        self._said()
        self._forget_order()
        return self._changed

    def _set(self, part: str, content: bytes) -> None:
        if content != self.package.read(part):
            self._changed[part] = content

    def _other_sheets(self) -> None:
        """Sheets that count this one: their formulas follow, and are worked out anew."""
        named = escaped(self.growth.sheet.replace("'", "''"))
        for part in self.package.sheets.values():
            content = self.package.read(part)
            if part != self.part and named in content:
                self._set(part, spliced(content, self._following(content)))

    def _following(self, content: bytes) -> Iterator[Edit]:
        """The formulas that name the filled sheet, and away with what they gave before."""
        meant = False
        for tag in scan(content, ("c", "f", "v", *WITH_FORMULA)):
            if tag.name == "c":
                meant = False
            elif tag.name == "v":
                if meant:
                    yield tag.start, tag.stop, b""
            elif self._is_meant(before := inside(content, tag)):
                meant = self.calculates = True
                yield text_edit(tag, self.growth.formula(before, at_home=False))

    def _is_meant(self, formula: str) -> bool:
        return self.growth.sheet.casefold() in formula.casefold()

    def _names(self) -> None:
        """Defined names, among them what is printed and which rows repeat; and that all is worked out on opening."""
        content = self.package.read(WORKBOOK)
        tags = scan(content, ("definedName", "definedNames", "calcPr", *_BEHIND_CALCULATION))
        edits = []
        for tag in (tag for tag in tags if tag.name == "definedName"):
            before = inside(content, tag)
            after = self.growth.formula(before, at_home=False)
            if after != before:
                edits.append(text_edit(tag, after))
        if self.calculates:
            edits.append(self._calculate(content, tags))
        self._set(WORKBOOK, spliced(content, edits))

    @staticmethod
    def _calculate(content: bytes, tags: Sequence[Tag]) -> Edit:
        setting = next((tag for tag in tags if tag.name == "calcPr"), None)
        if setting is not None:
            return attribute_edit(content, setting, "fullCalcOnLoad", "1")
        (root,) = scan(content, ("workbook",))
        at = next((tag.start for tag in tags if tag.name in _BEHIND_CALCULATION and tag.depth == 1), root.close)
        return at, at, f'<{root.prefix}calcPr fullCalcOnLoad="1"/>'.encode()

    def _table(self, content: bytes) -> bytes:
        edits = [
            attribute_edit(content, tag, "ref", self.growth.area(tag.attributes["ref"]))
            for tag in scan(content, ("table", "autoFilter", "sortState", "sortCondition"))
            if "ref" in tag.attributes
        ]
        return spliced(content, edits)

    def _drawing(self, content: bytes) -> bytes:
        """Pictures and charts below the rows move with them; rows are counted from 0 here."""
        return spliced(
            content,
            [
                text_edit(tag, str(self.growth.moved(int(text) + 1) - 1))
                for tag in scan(content, ("row",))
                if (text := inside(content, tag)).isdecimal()
            ],
        )

    def _ranges(self, content: bytes) -> bytes:
        tags = [tag for tag in scan(content, ("comment",)) if "ref" in tag.attributes]
        return spliced(
            content, [attribute_edit(content, tag, "ref", self._cell(tag.attributes["ref"])) for tag in tags]
        )

    def _cell(self, reference: str) -> str:
        return self.growth.formula(reference, at_home=True)

    def _notes(self, content: bytes) -> bytes:
        """Where the box of a note stands: its row, and the corners of the box, from 0."""
        edits = []
        for tag in scan(content, ("Row", "Anchor")):
            parts = inside(content, tag).split(",")
            rows = (0,) if tag.name == "Row" else (2, 6)
            for place in (each for each in rows if each < len(parts) and parts[each].strip().isdecimal()):
                row = parts[place].strip()
                parts[place] = parts[place].replace(row, str(self.growth.moved(int(row) + 1) - 1))
            edits.append(text_edit(tag, ",".join(parts)))
        return spliced(content, edits)

    def _formulas(self, content: bytes, names: Sequence[str]) -> bytes:
        edits = []
        for tag in scan(content, names):
            before = inside(content, tag)
            after = self.growth.formula(before, at_home=False)
            if after != before:
                edits.append(text_edit(tag, after))
        return spliced(content, edits)

    def _said(self) -> None:
        """The file's own properties say who changed it last, and when."""
        part = "docProps/core.xml"
        if not self.package.has(part):
            return
        content = self.package.read(part)
        now = self.mark.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = {"lastModifiedBy": self.mark.by, "modified": now}
        edits = [text_edit(tag, words[tag.name]) for tag in scan(content, tuple(words)) if not tag.is_empty]
        self._set(part, spliced(content, edits))

    def _forget_order(self) -> None:
        """The order in which formulas are worked out names cells that have moved; programs make it anew."""
        chain = "xl/calcChain.xml"
        if not self.calculates or not self.package.has(chain):
            return
        self.removed = frozenset({chain})
        for part, element, attribute in (
            (CONTENT_TYPES, "Override", "PartName"),
            (relations_part(WORKBOOK), "Relationship", "Target"),
        ):
            content = self._changed.get(part) or self.package.read(part)
            tags = [tag for tag in scan(content, (element,)) if tag.attributes.get(attribute, "").endswith(chain[3:])]
            self._set(part, spliced(content, [(tag.start, tag.stop, b"") for tag in tags]))
