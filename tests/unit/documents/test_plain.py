"""CSV exports: inert, in one encoding that Excel understands."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyicun.kernel.documents.cells import inert
from wuyicun.kernel.documents.plain import csv_lines


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-1", "@A", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\uff1d1", "\uff20A"]
)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert inert(text) == "'" + text


@pytest.mark.parametrize("text", ["", " ", "张秀英", "北头岭 12-1 号", "a=b", "138****5678"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@given(st.text())
def test_nothing_inert_starts_a_formula_and_making_it_so_twice_changes_nothing(text: str) -> None:
    assert inert(text).strip()[:1] not in {"=", "+", "-", "@"}
    assert inert(inert(text)) == inert(text)


def test_lines_are_csv_with_a_byte_order_mark() -> None:
    moment = datetime(2022, 11, 18, 4, 5, tzinfo=UTC)
    rows = [['张,"秀"英', -5, date(1960, 1, 1), moment, None, "=1"], ["甲\n乙", 1.5, None, None, True, "x"]]
    text = "".join(csv_lines(["姓名", "=数", "出生", "采样", "空", "式"], rows))

    assert text.startswith("\ufeff姓名,")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == [
        ["姓名", "'=数", "出生", "采样", "空", "式"],
        ['张,"秀"英', "-5", "1960-01-01", "2022-11-18 12:05", "", "'=1"],
        ["甲\n乙", "1.5", "", "", "是", "x"],
    ]


def test_rows_are_read_one_by_one() -> None:
    read = []
    lines = csv_lines(["序号"], ([read.append(number) or number] for number in range(3)))

    next(lines)
    next(lines)
    assert read == [0]
