"""What the columns of a laboratory's sheet hold: told by their titles and values, remembered, changed by hand."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from wuyicun.domains.laboratory.rules import read_code, read_result
from wuyicun.domains.registry.roster.book import Book, Cell, Sheet, column_letters
from wuyicun.domains.registry.roster.fields import Field as RosterField
from wuyicun.domains.registry.roster.layouts import headers
from wuyicun.domains.registry.roster.layouts.content import look_like_names, looks_like, shown
from wuyicun.domains.registry.roster.words.headers import normal

_SAMPLED_ROWS = 200
_SAMPLES = 3
_MOST = 0.8
_KNOWN_TUBES = 0.5
_EXACT, _RESEMBLED, _BY_LOOK = 1.0, 0.6, 0.6


class Field(StrEnum):
    """What a column can be."""

    TUBE = "tube"
    RESULT = "result"
    REPORTED_AT = "reported_at"
    NAME = "name"
    ID_NUMBER = "id_number"


_TITLES: Mapping[Field, str] = {
    Field.TUBE: "试管编号 试管号 试管码 采样管编号 采样管号 采样管条码 管号 管码 "
    "条码 条码号 条形码 样本编号 样本号 样本条码 标本编号 标本号 "
    "标本条码 样品编号 样品号 混管编号 混采编号 采样编号 检测编号 编号 tube barcode sampleid sampleno tubeno tubecode",
    Field.RESULT: "结果 检测结果 核酸结果 核酸检测结果 检验结果 结论 检测结论 "
    "报告结果 定性结果 新冠病毒核酸检测结果 result conclusion",
    Field.REPORTED_AT: "报告时间 检测时间 出结果时间 结果时间 审核时间 检验时间 "
    "报告日期 检测日期 发布时间 上传时间 reporttime testtime time",
    Field.NAME: "姓名 受检人 受检者 受检者姓名 受检人姓名 被检者 被采样人 采样人员 人员姓名 患者姓名 name",
    Field.ID_NUMBER: "身份证号 身份证号码 身份证 证件号 证件号码 身份证件号码 公民身份号码 idcard idnumber idno",
}
_CONTAINED: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (Field.ID_NUMBER, re.compile(r"身份证|证件号")),
    (Field.RESULT, re.compile(r"结果|结论")),
    (Field.REPORTED_AT, re.compile(r"(?:报告|检测|检验|审核|结果).*(?:时间|日期)")),
    (Field.TUBE, re.compile(r"条码|条形码|管.{0,2}[号码]|(?:样本|标本|样品|混[管采]).*[号码]")),
    (Field.NAME, re.compile(r"姓名")),
)
_FIELD_OF = {normal(title): field for field, titles in _TITLES.items() for title in titles.split()}
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{2,39}")


@dataclass(frozen=True)
class Column:
    """A column of theirs, what it is taken for, and how sure that is: 1.0 when a person said it or it is certain."""

    index: int
    header: str
    field: Field | None
    confidence: float
    samples: tuple[str, ...]

    @property
    def letters(self) -> str:
        """The name that Excel gives the column."""
        return column_letters(self.index)


@dataclass(frozen=True)
class SheetLayout:
    """One sheet: its name, the first row below the titles, its columns; `signature` is the same for the same titles."""

    sheet: str
    first_row: int
    columns: tuple[Column, ...]
    signature: str

    @property
    def index_of(self) -> Mapping[Field, int]:
        """Where each field stands."""
        return {column.field: column.index for column in self.columns if column.field is not None}

    @property
    def is_read(self) -> bool:
        """Does it say results of tubes?"""
        return {Field.TUBE, Field.RESULT} <= self.index_of.keys()

    @property
    def mapping(self) -> dict[str, str]:
        """Fields by column letters, to be remembered; '' is a column left out."""
        return {column.letters: column.field or "" for column in self.columns}

    def with_columns(self, chosen: Mapping[str, str]) -> SheetLayout:
        """The same sheet with columns mapped by hand, or as remembered; letters that it does not have are passed over.

        A field that is given to one column is taken from the column that had it. Raises ValueError: no such field.
        """
        fields = {letters: Field(field) if field else None for letters, field in chosen.items()}
        given = {field for field in fields.values() if field}
        columns = []
        for column in self.columns:
            if column.letters in fields:
                columns.append(dataclasses.replace(column, field=fields[column.letters], confidence=1.0))
            elif column.field in given:
                columns.append(dataclasses.replace(column, field=None, confidence=1.0))
            else:
                columns.append(column)
        return dataclasses.replace(self, columns=tuple(columns))


def propose(book: Book, known: Collection[str]) -> tuple[SheetLayout, ...]:
    """One proposal for each sheet that shows and has something in it.

    Args:
        book: the file.
        known: the codes of the round's tubes in capital letters: a column of them is told whatever its title says.
    """
    return tuple(_propose(sheet, known) for sheet in book.sheets if sheet.rows and not sheet.hidden)


def _propose(sheet: Sheet, known: Collection[str]) -> SheetLayout:
    header = headers.find(sheet, _named) or headers.Header((), ())
    first_row = header.rows[-1] + 1 if header.rows else 1
    rows = [row for row in sheet.rows[first_row - 1 : first_row - 1 + _SAMPLED_ROWS] if row]
    width = max((len(header.titles), *(len(row) for row in rows)), default=0)
    columns = []
    for index in range(width):
        titles = header.titles[index] if index < len(header.titles) else ()
        cells = [row[index] for row in rows if index < len(row) and row[index] is not None]
        if titles or cells:
            samples = dict.fromkeys(text for cell in cells if (text := shown(cell).strip()))
            title = "·".join(reversed(titles))
            columns.append(Column(index, title, *_field(titles, cells, known), tuple(samples)[:_SAMPLES]))
    text = "|".join("·".join(normal(title) for title in titles) for titles in header.titles)
    return SheetLayout(sheet.name, first_row, _settled(columns), hashlib.sha256(text.encode()).hexdigest()[:32])


def _named(titles: tuple[str, ...]) -> tuple[Field | None, float]:
    """The field that a column's titles name, and how sure that is."""
    for title in titles:
        if field := _FIELD_OF.get(normal(title)):
            return field, _EXACT
    joined = normal("".join(reversed(titles)))
    return next(((field, _RESEMBLED) for field, sign in _CONTAINED if sign.search(joined)), (None, 0.0))


def _field(titles: tuple[str, ...], cells: Sequence[Cell], known: Collection[str]) -> tuple[Field | None, float]:
    """By its values where those leave no doubt, else by its titles, else by what its values look like."""
    texts = [shown(cell).strip() for cell in cells]
    if _share(texts, lambda text: read_code(text).upper() in known) >= _KNOWN_TUBES:
        return Field.TUBE, 1.0
    named, confidence = _named(titles)
    results = _share(texts, lambda text: read_result(text) is not None)
    if results >= _MOST:
        return (named, confidence) if named not in (None, Field.RESULT) else (Field.RESULT, max(confidence, _BY_LOOK))
    if looks_like(cells) is RosterField.ID_NUMBER:
        return Field.ID_NUMBER, 1.0 if named is Field.ID_NUMBER else _BY_LOOK
    if named is not None:
        return named, confidence
    if not titles and look_like_names(cells):
        return Field.NAME, _BY_LOOK
    return None, 0.0


def _share(texts: Sequence[str], fits: Callable[[str], bool]) -> float:
    return sum(map(fits, texts)) / len(texts) if texts else 0.0


def _settled(columns: Sequence[Column]) -> tuple[Column, ...]:
    """No field stands twice: the surest column keeps it; where none is titled so, codes are told by their look."""
    taken: dict[Field, int] = {}
    for column in sorted(columns, key=lambda each: -each.confidence):
        if column.field is not None:
            taken.setdefault(column.field, column.index)
    settled = [
        column
        if column.field is None or taken[column.field] == column.index
        else dataclasses.replace(column, field=None, confidence=0.0)
        for column in columns
    ]
    if Field.TUBE in taken:
        return tuple(settled)
    for place, column in enumerate(settled):
        if column.field is None and column.samples and all(_looks_like_a_code(text) for text in column.samples):
            settled[place] = dataclasses.replace(column, field=Field.TUBE, confidence=0.4)
            break
    return tuple(settled)


def _looks_like_a_code(text: str) -> bool:
    return bool(_CODE.fullmatch(text)) and any(sign.isdigit() for sign in text) and not text.isdigit()


def as_json(layouts: Sequence[SheetLayout]) -> str:
    """To be kept sealed."""
    return msgspec.json.encode(layouts).decode()


def from_json(outline: str) -> tuple[SheetLayout, ...]:
    """What `as_json` has written."""
    return msgspec.json.decode(outline, type=tuple[SheetLayout, ...])
