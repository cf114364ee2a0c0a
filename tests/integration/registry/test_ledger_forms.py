"""The office's own form: uploaded, its columns found, remembered and changed, filled with those whom the asker sees."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.people import add, id_number
from tests.integration.registry.test_ledger_making import make
from tests.unit.documents.filling import forms
from tests.unit.registry import hostile
from wuyicun.domains.registry.ledgers import templates
from wuyicun.domains.registry.models import LedgerTaken, LedgerTemplate
from wuyicun.domains.registry.rules import Group

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def upload(cast: Cast, content: bytes, *, by: str = "梁会明", code: str = "resident", name: str = "上报表.xlsx") -> Any:
    return cast.client(by).post(
        reverse("ledger_template", args=[code]), {"file": SimpleUploadedFile(name, content)}, follow=True
    )


def fields(cast: Cast, code: str = "resident") -> dict[str, str]:
    template = templates.find(cast.village.pk, code)
    assert template is not None
    return {each.letters: each.field for each in templates.layout_of(template).columns}


def fill(cast: Cast, sheet: str, *, by: str = "梁会明", code: str = "resident", **asked: str) -> Any:
    response = cast.client(by).post(reverse("ledger_fill", args=[code]), asked)
    assert response.status_code == 200
    return forms.grid(BytesIO(b"".join(response.streaming_content)), sheet)


def test_the_columns_are_found_from_the_titles_and_the_form_comes_back_filled(cast: Cast) -> None:
    add(cast, "有号", id_number=id_number(1), phone="13912345678", note="=1+1")
    page = upload(cast, forms.of_township())
    assert "看看每一列填什么对不对" in page.content.decode()
    assert fields(cast) == {
        "A": "sequence", "B": "name", "C": "sex", "D": "age", "E": "birth_date", "F": "id_number", "G": "phone",
        "H": "note",
    }  # fmt: skip
    sheet = fill(cast, "台账")
    names = [sheet.cell(row, 2).value for row in range(5, 36)]
    assert sorted(names) == sorted([*cast.people, "有号"])
    assert sheet["A36"].value == "合计"
    assert sheet["B36"].value == "=COUNTA(B5:B35)"
    row = 5 + names.index("有号")
    assert (sheet.cell(row, 7).value, sheet.cell(row, 8).value) == ("139****5678", "=1+1")
    assert sheet.cell(row, 8).data_type == "s"
    assert sheet.cell(row, 6).value == f"{id_number(1)[:4]}**********{id_number(1)[-4:]}"
    assert "梁会明" in sheet.oddFooter.left.text


def test_in_clear_it_asks_for_the_permission_and_a_reason_and_is_logged(cast: Cast) -> None:
    add(cast, "有号", id_number=id_number(1))
    upload(cast, forms.of_township())
    url = reverse("ledger_fill", args=["resident"])
    refused = cast.client("梁会明").post(url, {"numbers": "clear"}, follow=True)
    assert "导出完整号码要说明用途" in refused.content.decode()
    assert cast.client("王海斌").post(url, {"numbers": "clear", "reason": "report"}).status_code == 404
    assert not LedgerTaken.rows().exists()
    sheet = fill(cast, "台账", numbers="clear", reason="report", note="镇政府")
    assert id_number(1) in {sheet.cell(row, 6).value for row in range(5, 36)}
    taken = LedgerTaken.rows().get()
    assert (taken.how, taken.clear, taken.reason, taken.note, taken.rows_taken) == (
        "template", True, "report", "镇政府", 31,
    )  # fmt: skip


def test_a_grid_worker_fills_it_with_the_own_people_only_and_may_not_change_it(cast: Cast) -> None:
    upload(cast, forms.of_township())
    sheet = fill(cast, "台账", by="王海斌")
    assert {sheet.cell(row, 2).value for row in range(5, 25)} == {name for name in cast.people if name[0] in "甲乙"}
    for name in ("ledger_template", "ledger_template_columns", "ledger_template_drop"):
        assert cast.client("王海斌").post(reverse(name, args=["resident"])).status_code == 404


def test_a_header_of_two_rows_is_read_and_formulas_of_the_form_are_left_alone(cast: Cast) -> None:
    add(cast, "上门一", groups=(Group.HOME_VISIT, Group.ELDERLY), address="西头岭1号")
    upload(cast, forms.of_clinic(), code="home-visit")
    found = fields(cast, "home-visit")
    assert {letters: field for letters, field in found.items() if field} == {
        "B": "name", "C": "id_number", "D": "phone", "F": "address", "I": "group_elderly",
    }  # fmt: skip
    sheet = fill(cast, "人员 名单", code="home-visit")
    assert (sheet["B4"].value, sheet["F4"].value, sheet["I4"].value) == ("上门一", "西头岭1号", "是")
    assert sheet["A4"].value == "=ROW()-3"


def test_columns_are_changed_by_hand_and_remembered(cast: Cast) -> None:
    upload(cast, forms.of_township())
    columns = reverse("ledger_template_columns", args=["resident"])
    client = cast.client("梁会明")
    asked = {"sheet": "台账", "first_row": "5", "c.H": "relation", "c.D": "", "c.C": "name", "c.B": "name"}
    assert client.post(columns, asked | {"c.G": "password"}).status_code == 302
    assert fields(cast) == {
        "A": "sequence", "B": "name", "C": "", "D": "", "E": "birth_date", "F": "id_number", "G": "", "H": "relation",
    }  # fmt: skip
    assert client.post(columns, {"sheet": "台账", "first_row": "7"}).status_code == 302
    assert fill(cast, "台账")["B7"].value in cast.people
    refused = client.post(columns, {"sheet": "选项"})
    assert refused.status_code == 422
    assert "没有找到表头" in refused.content.decode()


def test_the_file_lies_sealed_and_goes_when_it_is_dropped(cast: Cast) -> None:
    upload(cast, forms.of_last_month())
    kept = LedgerTemplate.rows().get()
    assert "旧1".encode() not in bytes(kept.content_sealed)
    assert "上月名单" in str(forms.grid(kept.content, "常住'人口")["A1"].value)
    assert cast.client("梁会明").post(reverse("ledger_template_drop", args=["resident"])).status_code == 302
    assert not LedgerTemplate.rows().exists()
    assert cast.client("梁会明").post(reverse("ledger_fill", args=["resident"])).status_code == 404


def test_ones_own_ledger_has_a_form_too_and_what_it_masks_stays_masked(cast: Cast) -> None:
    made = make(cast)
    upload(cast, forms.of_township(), code=str(made.pk))
    sheet = fill(cast, "台账", code=str(made.pk))
    assert sheet["B5"].value in ("甲**", "乙**", "丙**")
    assert cast.client("王海斌").get(reverse("ledger_template", args=[made.pk])).status_code == 404


def _text(path: Path) -> Path:
    path.write_text("姓名,性别", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("make_file", "words"),
    [
        (lambda path: hostile.zip_bomb(path, megabytes=600), "文件太大"),
        (lambda path: hostile.zip_bomb(path, megabytes=200, said_bytes=1000), "这个表格用不了"),
        (hostile.encrypted_xlsx, "加了密码"),
        (hostile.encrypted_xls, "老格式"),
        (_text, "这不是 Excel 表格"),
    ],
    ids=["bomb", "lying bomb", "encrypted", "encrypted xls", "text"],
)
def test_a_hostile_file_is_refused_in_words(cast: Cast, tmp_path: Path, make_file: Any, words: str) -> None:
    response = upload(cast, make_file(tmp_path / "上报表.xlsx").read_bytes())
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not LedgerTemplate.rows().exists()


def test_no_file_is_said_too(cast: Cast) -> None:
    response = cast.client("梁会明").post(reverse("ledger_template", args=["resident"]))
    assert response.status_code == 422
    assert "请先选一个文件" in response.content.decode()
