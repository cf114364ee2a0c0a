"""How a template and data become a PDF."""

import os
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from tests.unit.documents.samples import MADE, ledger, pages_of
from wuyicun.kernel.documents import pdf, typesetter


def test_the_same_data_give_the_same_bytes() -> None:
    first = pdf.render("ledger", ledger(), language="zh-hans")
    time.sleep(1.1)

    assert first == pdf.render("ledger", ledger(), language="zh-hans")
    assert first.startswith(b"%PDF-")


def test_data_may_be_a_struct_with_dates_and_ids() -> None:
    @dataclass(frozen=True)
    class Column:
        title: str
        weight: int | None

    class Paper(msgspec.Struct, rename={"village": "from"}):
        made: dict[str, str]
        village: str
        title: str
        about: list[date]
        columns: list[Column]
        rows: list[list[UUID]]

    paper = Paper(MADE, "西头岭村", "编号", [date(2022, 11, 18)], [Column("编号", 1)], [[UUID(int=5)]])

    (page,) = pages_of(pdf.render("ledger", paper, language="zh-hans"))
    assert "2022-11-18" in page
    assert str(UUID(int=5)) in page


def test_a_missing_key_is_named() -> None:
    with pytest.raises(pdf.NotTypeset, match='key "title"'):
        pdf.render("ledger", {"made": MADE}, language="zh-hans")


def test_without_a_chinese_font_nothing_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pdf, "font_folders", lambda: (tmp_path,))

    with pytest.raises(pdf.FontMissing):
        pdf.render("ledger", ledger(), language="zh-hans")


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_TIMEOUT_SECONDS", 0.01)

    with pytest.raises(pdf.NotTypeset, match="within"):
        pdf.render("ledger", ledger(), language="zh-hans")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of memory per process")
def test_a_document_that_takes_too_much_memory_ends_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frugal = tmp_path / "typesetter.py"
    source = Path(typesetter.__file__).read_text("utf-8")
    frugal.write_text(source.replace("3 * 2**30", "300 * 2**20"), "utf-8")
    monkeypatch.setattr(typesetter, "__file__", str(frugal))

    assert pdf.render("ledger", ledger(count=10), language="zh-hans")
    with pytest.raises(pdf.NotTypeset, match="exit"):
        pdf.render("ledger", ledger(count=4000), language="zh-hans")


def test_a_ledger_of_3700_rows_is_printed_whole_in_seconds() -> None:
    started = time.monotonic()
    pages = pages_of(pdf.render("ledger", ledger(count=3700), language="zh-hans"))

    assert "3700" in pages[-1]
    assert time.monotonic() - started < 20
