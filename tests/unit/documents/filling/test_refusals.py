"""What is no form to fill is refused, with a word that says what to do."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook
from xlwt import Workbook as OldWorkbook

from tests.unit.documents.filling import forms
from wuyicun.kernel.documents.filling import Form, FormRefused, check, fill

TOWNSHIP = Form("台账", 5, ("B",))


def refused(content: bytes) -> str:
    with pytest.raises(FormRefused) as refusal:
        check(BytesIO(content))
    assert str(refusal.value).startswith("这个表格用不了：")
    return str(refusal.value.data["why"])


def with_part(name: str, content: bytes, *, instead: str = "") -> bytes:
    """The township's form with one more part, or with other content in one."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in forms.parts(forms.of_township()).items():
            if part != instead:
                archive.writestr(part, data)
        archive.writestr(name, content)
    return out.getvalue()


def old_workbook() -> bytes:
    book, out = OldWorkbook(), BytesIO()
    book.add_sheet("台账").write(0, 0, "姓名")
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"not a zip", "not_a_workbook"),
        (b"", "not_a_workbook"),
        (b"PK\x03\x04 broken", "corrupt"),
        (old_workbook(), "old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512, "encrypted"),
        (b"PK\x03\x04" + b"\0" * (5 * 1024 * 1024), "too_large"),
        (with_part("xl/worksheets/big.xml", b" " * (13 * 1024 * 1024)), "too_large"),
        (with_part("xl/vbaProject.bin", b"x"), "active"),
        (with_part("xl/externalLinks/externalLink1.xml", b"<a/>"), "active"),
        (with_part("xl/embeddings/oleObject1.bin", b"x"), "active"),
        (with_part("xl/connections.xml", b"<a/>"), "active"),
        (
            with_part(
                "xl/worksheets/_rels/sheet2.xml.rels",
                b'<Relationships><Relationship Id="r1" Type="x/image" TargetMode="External" Target="//x.example/a"/>'
                b"</Relationships>",
            ),
            "active",
        ),
        (with_part("xl/_rels/workbook.xml.rels", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
                   instead="xl/_rels/workbook.xml.rels"), "corrupt"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_what_is_no_form_is_refused(content: bytes, why: str) -> None:
    assert refused(content) == why


def test_entities_in_a_sheet_are_refused_when_it_is_filled() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData/></worksheet>'
    )
    content = with_part("xl/worksheets/sheet1.xml", bomb, instead="xl/worksheets/sheet1.xml")
    with pytest.raises(FormRefused) as refusal:
        fill(content, TOWNSHIP, [["x"]], made_by="", made_at=forms.MADE_AT)
    assert refusal.value.data["why"] == "corrupt"


def test_a_sheet_that_is_not_there_and_more_rows_than_one_holds_are_said() -> None:
    with pytest.raises(FormRefused) as refusal:
        fill(forms.of_township(), Form("别的", 5, ("B",)), [["x"]], made_by="", made_at=forms.MADE_AT)
    assert refusal.value.data["why"] == "no_such_sheet"
    low = Form("台账", 1_048_570, ("B",))
    with pytest.raises(FormRefused) as refusal:
        fill(forms.of_township(), low, [["x"]] * 20, made_by="", made_at=forms.MADE_AT)
    assert refusal.value.data["why"] == "too_many_rows"


def test_a_plain_form_is_taken() -> None:
    out = BytesIO()
    Workbook().save(out)
    check(out)
