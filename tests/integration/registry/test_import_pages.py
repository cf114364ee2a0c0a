"""导入: four steps on one page, for those who may import into the whole village."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.rosters import VILLAGE_FILE, Shelf, number, person
from tests.unit.registry import hostile
from wuyicun.domains.registry import jobs, roster
from wuyicun.domains.registry.importing import batches, stepping
from wuyicun.domains.registry.models import ColumnMapping, ImportBatch, Person
from wuyicun.domains.registry.rules import BatchState
from wuyicun.kernel.audit.models import AuditRow

SECRETARY = "梁会明"
NUMBER = number("19500908")


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    """Where uploaded files are kept."""
    settings.WUYI_DATA = tmp_path / "data"
    return tmp_path / "data" / "files" / "imports"


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.client(SECRETARY)


def _upload(client: Client, content: bytes, name: str = "名册.csv", **more: Any) -> HttpResponse:
    data = {"file": SimpleUploadedFile(name, content)}
    response: HttpResponse = client.post(reverse("import_start"), data, **more)
    return response


def _rows(tmp_path: Path, *rows: dict[str, str]) -> bytes:
    return Shelf(tmp_path).write(rows).read_bytes()


def _batch() -> ImportBatch:
    return ImportBatch.rows().latest("made_at")


def _url(name: str, batch: ImportBatch | None = None) -> str:
    return reverse(name, args=[(batch or _batch()).pk])


def _go(client: Client, name: str, **data: str) -> HttpResponse:
    response: HttpResponse = client.post(_url(name), data)
    return response


def _text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def _to_preview(client: Client, content: bytes, name: str = "名册.csv") -> HttpResponse:
    assert _upload(client, content, name).status_code == 302
    assert _go(client, "import_kinds")["Location"].endswith("?step=columns")
    assert _go(client, "import_columns").status_code == 302
    response: HttpResponse = client.get(_url("import_batch"))
    return response


def _commit(client: Client) -> HttpResponse:
    return _go(client, "import_commit", digest=_batch().diff_digest)


def test_the_village_file_goes_all_the_way_and_back(secretary: Client) -> None:
    before = Person.rows().count()
    preview = _text(_to_preview(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx"))
    assert "导入后新增 439 人" in preview
    assert Person.rows().count() == before

    assert _commit(secretary).status_code == 302
    assert Person.rows().count() == before + 439
    done = secretary.get(_url("import_batch"))
    assert "已导入：新增 439 人" in _text(done)

    looked_at = _text(secretary.get(_url("import_undo")))
    assert "撤销后去掉 615 条，恢复 10 条，0 条不动；现在什么都还没有改。" in looked_at
    assert "范宇国" in looked_at
    assert Person.rows().count() == before + 439
    assert _go(secretary, "import_undo").status_code == 302
    assert Person.rows().count() == before
    assert secretary.get(_url("import_undo")).status_code == 302
    assert "这一批已撤销" in _text(secretary.get(_url("import_batch")))
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
    _to_preview(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx")

    for show, expected in ROWS_BEHIND.items():
        assert expected in _text(secretary.get(_url("import_batch"), {"show": show})), show
        assert secretary.get(_url("import_batch"), {"show": show, "after": "x", "kind": "?"}).status_code == 200


def test_rows_are_paged(secretary: Client) -> None:
    _to_preview(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx")
    first = secretary.get(_url("import_batch"), {"show": "new"}).content.decode()

    cursor = re.search(r"after=(\d+)", first)
    assert cursor
    second = _text(secretary.get(_url("import_batch"), {"show": "new", "after": cursor[1]}))
    assert "范宇国" not in second
    assert "共 428 人" in second


def test_a_change_shows_what_was_and_what_comes(secretary: Client, tmp_path: Path) -> None:
    row = person("张三", 身份证号码=NUMBER, 家庭住址="旧址", 联系电话="13800001111")
    _to_preview(secretary, _rows(tmp_path, row))
    _commit(secretary)
    _to_preview(secretary, _rows(tmp_path, row | {"家庭住址": "新址", "联系电话": "13800002222"}))

    page = secretary.get(_url("import_batch"), {"show": "changed"}).content.decode()
    assert "<del>旧址</del> <ins>新址</ins>" in page
    assert "13800002222" not in page


def test_columns_mapped_by_hand_are_remembered(secretary: Client, tmp_path: Path) -> None:
    content = _rows(tmp_path, {"户号": "1", "某某": "张三", "性别": "男", "身份证号码": NUMBER, "甲列": "二楼"})
    _upload(secretary, content)
    columns = secretary.get(_url("import_batch"), {"step": "columns"})
    assert NUMBER not in columns.content.decode()
    assert "1403" in columns.content.decode()
    _go(secretary, "import_columns", **{"column-0-B": "name", "column-0-E": "note"})
    _commit(secretary)
    assert Person.rows().get(name="张三").note == "二楼"

    _upload(secretary, content.replace("二楼".encode(), "三楼".encode()))
    _go(secretary, "import_columns")
    _commit(secretary)
    assert Person.rows().get(name="张三").note == "三楼"
    assert ColumnMapping.rows().count() == 1


def test_a_sheet_can_be_left_out(secretary: Client) -> None:
    _upload(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx")
    _go(secretary, "import_kinds", **{"kind-1": "ignore", "kind-2": "ignore", "kind-3": "ignore"})
    _go(secretary, "import_columns")

    figures = _batch().counts["figures"]
    assert (figures["people"], figures["workers"], figures["places"]) == (266, 0, 0)


def test_another_kind_of_sheet_reads_its_titles_otherwise(secretary: Client, tmp_path: Path) -> None:
    rows = {"姓名": "张三", "身份证号": NUMBER, "用工单位": "采石场", "居住地点": "县城"}
    _upload(secretary, _rows(tmp_path, rows))
    (read,) = batches.layouts_of(_batch())
    assert (read.kind, read.column_at[3].field) == ("workers", "living_place")

    _go(secretary, "import_kinds", **{"kind-0": "people"})

    (changed,) = batches.layouts_of(_batch())
    assert (changed.kind, changed.column_at[3].field, changed.column_at[1].field) == (
        "people", "whereabouts", "id_number",
    )  # fmt: skip
    _go(secretary, "import_columns")
    _commit(secretary)
    assert Person.rows().get(name="张三").whereabouts_text == "县城"


def test_no_sheet_to_import_is_said(secretary: Client, tmp_path: Path) -> None:
    _upload(secretary, _rows(tmp_path, person("张三")))
    _go(secretary, "import_kinds", **{"kind-0": "ignore"})

    response = _go(secretary, "import_columns")
    assert response.status_code == 422
    assert "没有找到名册" in _text(response)


def test_somebody_who_changed_meanwhile_stops_the_import(secretary: Client, tmp_path: Path) -> None:
    row = person("张三", 身份证号码=NUMBER, 家庭住址="旧址")
    _to_preview(secretary, _rows(tmp_path, row))
    _commit(secretary)
    _to_preview(secretary, _rows(tmp_path, row | {"家庭住址": "新址"}))
    Person.rows().filter(name="张三").update(address="别处")

    response = _commit(secretary)
    assert response.status_code == 409
    assert "请再核对一次" in _text(response)
    assert _batch().state == BatchState.PREVIEWED

    _go(secretary, "import_preview")
    assert _commit(secretary).status_code == 302
    assert Person.rows().get(name="张三").address == "别处"


def test_the_returned_workbook_says_what_is_wrong_with_each_row(secretary: Client, tmp_path: Path) -> None:
    _to_preview(secretary, VILLAGE_FILE.read_bytes(), "roster-village.xlsx")
    response = secretary.get(_url("import_returned"))

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


def test_the_file_is_kept_sealed_and_goes_with_the_batch(secretary: Client, tmp_path: Path, place: Path) -> None:
    content = _rows(tmp_path, person("张三", 身份证号码=NUMBER))
    _to_preview(secretary, content)

    kept = place / str(_batch().pk)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert NUMBER.encode() not in kept.read_bytes()
    assert "张三".encode() not in kept.read_bytes()
    cells = place / f"{_batch().pk}.cells1"
    assert cells.stat().st_mode & 0o777 == 0o600
    assert NUMBER.encode() not in cells.read_bytes()
    assert "张三".encode() not in cells.read_bytes()
    assert sorted(place.iterdir()) == [kept, cells]
    assert NUMBER.encode() not in bytes(_batch().outline_sealed or b"")
    _commit(secretary)
    assert kept.exists()
    _go(secretary, "import_undo")
    assert list(place.iterdir()) == []


def test_a_dropped_file_is_gone_and_cannot_be_imported(secretary: Client, tmp_path: Path, place: Path) -> None:
    _to_preview(secretary, _rows(tmp_path, person("张三")))
    batch = _batch()

    assert _go(secretary, "import_drop")["Location"] == reverse("import_start")
    assert list(place.iterdir()) == []
    response = secretary.post(_url("import_commit", batch), {"digest": batch.diff_digest})
    assert response.status_code == 409
    assert not Person.rows().filter(name="张三").exists()


def test_an_old_file_is_removed_and_that_is_said(secretary: Client, tmp_path: Path, place: Path) -> None:
    _to_preview(secretary, _rows(tmp_path, person("张三")))
    for kept in place.iterdir():
        kept.unlink()

    assert "已按规定删除" in _text(_commit(secretary))
    assert secretary.get(_url("import_returned")).status_code == 410


BAD_FILES: dict[str, tuple[str, str, Callable[[Path], Path]]] = {
    "with a password": ("a.xlsx", "文件有密码", lambda at: hostile.encrypted_xlsx(at / "a.xlsx")),
    "an old one with a password": ("a.xls", "文件有密码", lambda at: hostile.encrypted_xls(at / "a.xls")),
    "half a file": ("a.xlsx", "文件已损坏", lambda at: _bytes(at, VILLAGE_FILE.read_bytes()[:20_000])),
    "a text renamed": ("a.xlsx", "不是 Excel 表格", lambda at: _bytes(at, "姓名,户号\n张三,1\n".encode())),
    "no roster": ("a.csv", "没有找到名册", lambda at: _bytes(at, "日期,温度\n今天,3\n".encode())),
    "empty": ("a.csv", "文件是空的", lambda at: _bytes(at, b"")),
    "a zip bomb": ("a.xlsx", "大得不正常", lambda at: hostile.zip_bomb(at / "bomb.xlsx", megabytes=600)),
}


def _bytes(at: Path, content: bytes) -> Path:
    path = at / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_file_is_refused_in_words_and_nothing_of_it_stays(
    secretary: Client, tmp_path: Path, place: Path, what: str
) -> None:
    name, words, make = BAD_FILES[what]
    response = _upload(secretary, make(tmp_path).read_bytes(), name)

    if response.status_code == 302:  # it can be read; what it is not is found out when it is looked through
        response = _go(secretary, "import_columns")
        _go(secretary, "import_drop")
    assert response.status_code == 422
    assert words in _text(response)
    assert not place.exists() or list(place.iterdir()) == []


def test_a_bad_file_is_said_to_htmx_in_the_page(secretary: Client) -> None:
    response = _upload(secretary, b"", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "文件是空的" in _text(response)


def test_a_good_file_sends_htmx_on(secretary: Client, tmp_path: Path) -> None:
    response = _upload(secretary, _rows(tmp_path, person("张三")), headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == _url("import_batch")


def test_too_many_bytes_are_refused_unread(secretary: Client) -> None:
    class Never(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("the body was read")

    request: dict[str, Any] = {
        "CONTENT_LENGTH": str(101 * 1024 * 1024),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "wsgi.input": Never(),
    }
    response = secretary.post(reverse("import_start"), **request)

    assert response.status_code == 413
    assert "100 MB" in _text(response)


def test_a_form_without_a_file_is_said(secretary: Client) -> None:
    response = secretary.post(reverse("import_start"))

    assert response.status_code == 400
    assert "请先选一个文件" in _text(response)


def test_an_upload_needs_the_token(cast: Cast, tmp_path: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.accounts[SECRETARY], backend="wuyicun.kernel.accounts.backends.NameOrPhoneBackend")

    assert _upload(client, _rows(tmp_path, person("张三"))).status_code == 403
    assert not ImportBatch.rows().exists()


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
    _to_preview(secretary, _rows(tmp_path, person("张三")))
    other = cast.client(name)

    for address in ADDRESSES:
        assert other.get(_url(address)).status_code == 404, address
    for step in STEPS:
        assert other.post(_url(step), {"digest": _batch().diff_digest}).status_code == 404, step
    if name != "外人":
        assert other.get(reverse("import_start")).status_code == 404
        assert other.get(reverse("import_template")).status_code == 404
    assert not Person.rows().filter(name="张三").exists()


def test_a_long_file_is_worked_on_by_a_job(secretary: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "AT_ONCE_ROWS", 0)
    deferred: list[dict[str, Any]] = []
    monkeypatch.setattr(stepping, "_defer", lambda village_id, arguments: deferred.append(arguments))
    page = _text(_to_preview(secretary, _rows(tmp_path, person("张三"))))
    assert "正在核对" in page
    assert secretary.get(_url("import_progress")).status_code == 200

    jobs.import_step(**deferred[-1])
    jobs.import_step(**deferred[-1])

    assert _batch().state == BatchState.PREVIEWED
    assert secretary.get(_url("import_progress"))["HX-Refresh"] == "true"
    _commit(secretary)
    assert "正在导入" in _text(secretary.get(_url("import_batch")))
    jobs.import_step(**deferred[-1])
    assert Person.rows().filter(name="张三").exists()
    assert _batch().committed_by == _batch().made_by


def test_what_stops_a_job_is_said_on_the_page(
    secretary: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "AT_ONCE_ROWS", 0)
    deferred: list[dict[str, Any]] = []
    monkeypatch.setattr(stepping, "_defer", lambda village_id, arguments: deferred.append(arguments))
    _upload(secretary, _rows(tmp_path, person("张三")))
    _go(secretary, "import_kinds", **{"kind-0": "ignore"})
    _go(secretary, "import_columns")

    jobs.import_step(**deferred[-1])

    assert "没有找到名册" in _text(secretary.get(_url("import_batch")))
