"""Word files (.docx) for papers that an office goes on writing in: headings, paragraphs, tables, pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LATIN, EAST_ASIAN, HEADINGS = "Arial", "SimSun", "SimHei"
"""What every Chinese Word has."""


@dataclass(frozen=True)
class Heading:
    """The heading of a part."""

    words: str


@dataclass(frozen=True)
class Paragraph:
    """Running words."""

    words: str
    bold: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a head that repeats; numbers: from which column on cells stand at the right, none when None."""

    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    numbers: int | None = None


@dataclass(frozen=True)
class Picture:
    """A PNG, as wide as the page allows."""

    content: bytes


def document(title: str, about: str, parts: Sequence[Heading | Paragraph | Table | Picture], at: datetime) -> bytes:
    """An A4 document with these parts below its title.

    Args:
        about: what it says of itself, under the title.
        at: when it is made, for the file's properties.
    """
    made = docx.Document()
    _dress(made)
    made.core_properties.title, made.core_properties.author = title, ""
    made.core_properties.created = made.core_properties.modified = at.replace(tzinfo=None)
    made.add_heading(title, 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph(about).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in parts:
        match part:
            case Heading(words):
                made.add_heading(words, 1)
            case Paragraph(words, bold):
                made.add_paragraph().add_run(words).bold = bold
            case Table():
                _table(made, part)
            case Picture(content):
                made.add_picture(io.BytesIO(content), width=Mm(165))
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _dress(made: Document) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, size, chinese in (
        ("Normal", 11, EAST_ASIAN),
        ("Title", 20, HEADINGS),
        ("Heading 1", 14, HEADINGS),
    ):
        style = made.styles[name]
        style.font.name, style.font.size = LATIN, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), chinese)


def _table(made: Document, part: Table) -> None:
    table = made.add_table(rows=1, cols=len(part.head), style="Table Grid")
    for cell, words in zip(table.rows[0].cells, part.head, strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    repeats = table.rows[0]._tr.get_or_add_trPr()
    repeats.append(repeats.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    for row in part.rows:
        for place, (cell, value) in enumerate(zip(table.add_row().cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(str(value))
            if part.numbers is not None and place >= part.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    made.add_paragraph()
