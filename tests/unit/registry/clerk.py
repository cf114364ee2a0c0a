"""What a clerk's files look like: workbooks and texts made for one test each."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

from wuyicun.domains.registry import roster
from wuyicun.domains.registry.roster.reading import files, wire
from wuyicun.domains.registry.roster.reading.parent import assemble
from wuyicun.domains.registry.rules import check_digit

HEADER = ("序号", "户号", "姓名", "性别", "身份证号码", "与户主关系", "联系电话", "家庭住址", "人员类别", "现居住地")
Rows = Sequence[Sequence[Any]]


def id_number(birth: str = "19810329", sequence: str = "661") -> str:
    """A number that no one has, with a right check digit."""
    seventeen = f"140399{birth}{sequence}"
    return seventeen + check_digit(seventeen)


def person(number: int, name: str, **changed: Any) -> list[Any]:
    """A row under `HEADER`: a man who lives in the village, with an id of his own."""
    values = {
        "序号": number,
        "户号": number,
        "姓名": name,
        "性别": "男",
        "身份证号码": id_number(sequence=f"{number % 100:02d}1"),
        "与户主关系": "户主",
        "联系电话": f"154{number:08d}",
        "家庭住址": f"东头{number}号",
        "人员类别": "常住",
        "现居住地": "本村",
    }
    return list((values | changed).values())


def workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """An .xlsx file."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def old_workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """An .xls file."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row_number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(row_number, column, value)
    book.save(str(path))
    return path


def delimited(path: Path, rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A text file; cells are written as they are."""
    lines = (delimiter.join("" if value is None else str(value) for value in row) for row in rows)
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return path


def read_here(path: Path) -> roster.Book:
    """What `roster.read` gives, by the same code without its child process: a test of what a file means needs none."""
    answers = io.BytesIO()
    files.send(path, path.name, roster.Limits(), wire.Writer(answers))
    answers.seek(0)
    return assemble(path.name, answers)


def parsed(path: Path) -> roster.Roster:
    """The roster in a file, without any change by hand."""
    book = read_here(path)
    return roster.parse(book, roster.propose(book))


def found(result: roster.Roster) -> list[tuple[str, int | None, str]]:
    """The problems as (code, row, name)."""
    return [(problem.code, problem.row, problem.name) for problem in result.problems]


def named(result: roster.Roster, name: str) -> roster.PersonRow:
    """The one person of this name."""
    (only,) = [person for person in result.people if person.name == name]
    return only
