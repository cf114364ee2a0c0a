"""导入: four steps on one page, for those who may import into the whole village."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.rosters import VILLAGE_FILE, last_batch, number, person
from tests.integration.registry.wizard import commit, csv_of, go, text, to_preview, upload, url
from wuyicun.domains.registry import roster
from wuyicun.domains.registry.importing import batches
from wuyicun.domains.registry.models import ColumnMapping, Person
from wuyicun.domains.registry.rules import BatchState
from wuyicun.kernel.audit.models import AuditRow

NUMBER = number("19500908")


def test_the_village_file_goes_all_the_way_and_back(secretary: Client) -> None:
    before = Person.rows().count()
    preview = text(to_preview(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx"))
    assert "导入后新增 439 人" in preview
    assert Person.rows().count() == before

    assert commit(secretary).status_code == 302
    assert Person.rows().count() == before + 439
    done = secretary.get(url("import_batch"))
    assert "已导入：新增 439 人" in text(done)

    looked_at = text(secretary.get(url("import_undo")))
    assert "撤销后去掉 615 条，恢复 10 条，0 条不动；现在什么都还没有改。" in looked_at
    assert "范宇国" in looked_at
    assert Person.rows().count() == before + 439
    assert go(secretary, "import_undo").status_code == 302
    assert Person.rows().count() == before
    assert secretary.get(url("import_undo")).status_code == 302
    assert "已撤销：去掉 615 条，恢复 10 条。" in text(secretary.get(url("import_batch")))
    names = list(AuditRow.objects.order_by("id").values_list("action", flat=True))
    assert [name for name in names if "roster" in name or "import" in name] == [
        "registry.take_in_roster", "registry.map_roster", "registry.map_roster", "registry.preview_roster",
        "registry.import", "registry.undo_import",
    ]  # fmt: skip


ROWS_BEHIND = {
    "new": "范宇国", "changed": "没有", "unchanged": "没有", "absent": "甲01", "decide": "蒋思", "problems": "林梅若",
    "fixed": "刘天成",
}  # fmt: skip


def test_every_figure_opens_its_rows(secretary: Client) -> None:
    to_preview(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx")

    for show, expected in ROWS_BEHIND.items():
        assert expected in text(secretary.get(url("import_batch"), {"show": show})), show
        assert secretary.get(url("import_batch"), {"show": show, "after": "x", "kind": "?"}).status_code == 200


def test_rows_are_paged(secretary: Client) -> None:
    to_preview(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx")
    first = secretary.get(url("import_batch"), {"show": "new"}).content.decode()

    cursor = re.search(r"after=(\d+)", first)
    assert cursor
    second = text(secretary.get(url("import_batch"), {"show": "new", "after": cursor[1]}))
    assert "范宇国" not in second
    assert "共 428 人" in second


def test_a_change_shows_what_was_and_what_comes(secretary: Client, tmp_path: Path) -> None:
    row = person("张三", 身份证号码=NUMBER, 家庭住址="旧址", 联系电话="13800001111")
    to_preview(secretary, csv_of(tmp_path, row))
    commit(secretary)
    to_preview(secretary, csv_of(tmp_path, row | {"家庭住址": "新址", "联系电话": "13800002222"}))

    page = secretary.get(url("import_batch"), {"show": "changed"}).content.decode()
    assert "<del>旧址</del> <ins>新址</ins>" in page
    assert "13800002222" not in page


def test_columns_mapped_by_hand_are_remembered(secretary: Client, tmp_path: Path) -> None:
    content = csv_of(tmp_path, {"户号": "1", "某某": "张三", "性别": "男", "身份证号码": NUMBER, "甲列": "二楼"})
    upload(secretary, content)
    columns = secretary.get(url("import_batch"), {"step": "columns"})
    assert NUMBER not in columns.content.decode()
    assert "1403" in columns.content.decode()
    go(secretary, "import_columns", **{"column-0-B": "name", "column-0-E": "note"})
    commit(secretary)
    assert Person.rows().get(name="张三").note == "二楼"

    upload(secretary, content.replace("二楼".encode(), "三楼".encode()))
    go(secretary, "import_columns")
    commit(secretary)
    assert Person.rows().get(name="张三").note == "三楼"
    assert ColumnMapping.rows().count() == 1


def test_a_sheet_can_be_left_out(secretary: Client) -> None:
    upload(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx")
    go(secretary, "import_kinds", **{"kind-1": "ignore", "kind-2": "ignore", "kind-3": "ignore"})
    go(secretary, "import_columns")

    figures = last_batch().counts["figures"]
    assert (figures["people"], figures["workers"], figures["places"]) == (266, 0, 0)


def test_another_kind_of_sheet_reads_its_titles_otherwise(secretary: Client, tmp_path: Path) -> None:
    rows = {"姓名": "张三", "身份证号": NUMBER, "用工单位": "采石场", "居住地点": "县城"}
    upload(secretary, csv_of(tmp_path, rows))
    (read,) = batches.layouts_of(last_batch())
    assert (read.kind, read.column_at[3].field) == ("workers", "living_place")

    go(secretary, "import_kinds", **{"kind-0": "people"})

    (changed,) = batches.layouts_of(last_batch())
    assert (changed.kind, changed.column_at[3].field, changed.column_at[1].field) == (
        "people", "whereabouts", "id_number",
    )  # fmt: skip
    go(secretary, "import_columns")
    commit(secretary)
    assert Person.rows().get(name="张三").whereabouts_text == "县城"


def test_no_sheet_to_import_is_said(secretary: Client, tmp_path: Path) -> None:
    upload(secretary, csv_of(tmp_path, person("张三")))
    go(secretary, "import_kinds", **{"kind-0": "ignore"})

    response = go(secretary, "import_columns")
    assert response.status_code == 422
    assert "没有找到名册" in text(response)


def test_somebody_who_changed_meanwhile_stops_the_import(secretary: Client, tmp_path: Path) -> None:
    row = person("张三", 身份证号码=NUMBER, 家庭住址="旧址")
    to_preview(secretary, csv_of(tmp_path, row))
    commit(secretary)
    to_preview(secretary, csv_of(tmp_path, row | {"家庭住址": "新址"}))
    Person.rows().filter(name="张三").update(address="别处")

    response = commit(secretary)
    assert response.status_code == 409
    assert "请再核对一次" in text(response)
    assert last_batch().state == BatchState.PREVIEWED

    go(secretary, "import_preview")
    assert commit(secretary).status_code == 302
    assert Person.rows().get(name="张三").address == "别处"


def test_the_returned_workbook_says_what_is_wrong_with_each_row(secretary: Client, tmp_path: Path) -> None:
    to_preview(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx")
    response = secretary.get(url("import_returned"))

    path = tmp_path / "returned.xlsx"
    path.write_bytes(response.content)
    sheet = next(each for each in roster.read(path).sheets if each.name == "西头岭")
    assert sheet.row(3)[-1] == "问题"
    assert "最后一位对不上" in str(sheet.row(78)[-1])
    assert "roster-village" in response["Content-Disposition"]


def test_a_blank_template_can_be_read_back(secretary: Client, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(secretary.get(reverse("import_template")).content)

    kinds = [layout.kind for layout in roster.propose(roster.read(path))]
    assert {"people", "workers", "places"} <= {str(kind) for kind in kinds}


ADDRESSES = ("import_batch", "import_returned", "import_progress", "import_undo")
STEPS = (
    "import_kinds",
    "import_columns",
    "import_preview",
    "import_commit",
    "import_stop",
    "import_undo",
    "import_drop",
)


@pytest.mark.parametrize("name", ["钟花", "外人", "闲人", "范医生"])
def test_to_others_an_import_does_not_exist(cast: Cast, secretary: Client, tmp_path: Path, name: str) -> None:
    to_preview(secretary, csv_of(tmp_path, person("张三")))
    other = cast.client(name)

    for address in ADDRESSES:
        assert other.get(url(address)).status_code == 404, address
    for step in STEPS:
        assert other.post(url(step), {"digest": last_batch().diff_digest}).status_code == 404, step
    if name != "外人":
        assert other.get(reverse("import_start")).status_code == 404
        assert other.get(reverse("import_template")).status_code == 404
    assert not Person.rows().filter(name="张三").exists()
