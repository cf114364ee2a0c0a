"""A CSV file says what it was given, to Excel and to other programs, and runs nothing."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest

from wuyicun.kernel.documents.delimited import delimited


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_it_holds_titles_rows_and_who_took_it() -> None:
    with delimited(
        ["序号", "姓名", "出生日期"], [[1, "张秀英", date(1951, 3, 8)], [2, '李"，,\n四', None]], "梁会明"
    ) as file:
        content = file.read()
    assert content.startswith(b"\xef\xbb\xbf"), "or Excel takes it for another encoding"
    assert read(content) == [
        ["序号", "姓名", "出生日期"],
        ["1", "张秀英", "1951-03-08"],
        ["2", '李"，,\n四', ""],
        ["梁会明"],
    ]


@pytest.mark.parametrize("words", ["=1+1", "+86", "-2", "@SUM(A1)", "\tx", "＝1"])
def test_what_looks_like_a_formula_is_text(words: str) -> None:
    with delimited(["a"], [[words], [-2]], "") as file:
        assert read(file.read())[1:3] == [[f"'{words}"], ["-2"]]
