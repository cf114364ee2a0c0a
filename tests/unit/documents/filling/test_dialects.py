"""Other programs write the same sheet otherwise: with prefixes, shared formulas, without the numbers of rows."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from tests.unit.documents.filling import forms
from wuyicun.kernel.documents.filling import Form, fill

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PREFIXED = f"""<?xml version='1.0' encoding='utf-8'?>
<x:worksheet xmlns:x='{MAIN}'><x:sheetData>
<x:row><x:c t='inlineStr'><x:is><x:t>姓名</x:t></x:is></x:c>
<x:c t='inlineStr'><x:is><x:t>年龄</x:t></x:is></x:c></x:row>
<x:row><x:c/><x:c/><x:c><x:f>B2*2</x:f><x:v>0</x:v></x:c></x:row>
<x:row><x:c><x:f>COUNTA(A2:A2)</x:f><x:v>0</x:v></x:c></x:row>
</x:sheetData></x:worksheet>"""
SHARED = f"""<worksheet xmlns="{MAIN}"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>年龄</t></is></c></row>
<row r="2"><c r="A2"/><c r="B2"/><c r="C2"><f t="shared" ref="C2:C3" si="0">B2*$B$5</f><v>0</v></c></row>
<row r="3"><c r="A3"/><c r="B3"/><c r="C3"><f t="shared" si="0"/><v>0</v></c></row>
<row r="5"><c r="B5"><f>SUM(B2:B3)</f><v>0</v></c></row>
</sheetData></worksheet>"""


def book(sheet: str) -> bytes:
    """A workbook with this part for its only sheet."""
    plain, out = BytesIO(), BytesIO()
    empty = Workbook()
    empty.worksheets[0].title = "表"
    empty.save(plain)
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in forms.parts(plain.getvalue()).items():
            archive.writestr(name, sheet.encode() if name == "xl/worksheets/sheet1.xml" else data)
    return out.getvalue()


def filled(sheet: str, count: int) -> list[tuple[object, ...]]:
    rows = [[f"人{number}", number] for number in range(1, count + 1)]
    with fill(book(sheet), Form("表", 2, ("A", "B")), rows, made_by="梁会明", made_at=forms.MADE_AT) as file:
        return list(forms.grid(file.read(), "表").iter_rows(values_only=True))


def test_prefixes_and_rows_without_numbers() -> None:
    assert filled(PREFIXED, 3) == [
        ("姓名", "年龄", None),
        ("人1", 1, "=B2*2"),
        ("人2", 2, "=B3*2"),
        ("人3", 3, "=B4*2"),
        ("=COUNTA(A2:A4)", None, None),
    ]


def test_a_formula_that_cells_share_is_written_out() -> None:
    assert filled(SHARED, 4) == [
        ("姓名", "年龄", None),
        ("人1", 1, "=B2*$B$7"),
        ("人2", 2, "=B3*$B$7"),
        ("人3", 3, "=B4*$B$7"),
        ("人4", 4, "=B5*$B$7"),
        (None, None, None),
        (None, "=SUM(B2:B5)", None),
    ]


@pytest.mark.parametrize("below", [("村民代表", ""), ("合计", "2 人")])
def test_a_line_with_one_word_or_a_total_below_the_rows_is_nobody_of_the_last_time(below: tuple[str, str]) -> None:
    def line(number: int, *words: str) -> str:
        cells = (f'<c t="inlineStr"><is><t>{word}</t></is></c>' if word else "<c/>" for word in words)
        return f'<row r="{number}">{"".join(cells)}</row>'

    rows = [line(1, "姓名", "年龄"), line(2, "旧人", "33"), line(3, "旧人二", "44"), line(4, *below)]
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    kept = (below[0], below[1] or None)
    assert filled(sheet, 1) == [("姓名", "年龄"), ("人1", 1), (None, None), kept]
    assert filled(sheet, 3)[-2:] == [("人3", 3), kept]
