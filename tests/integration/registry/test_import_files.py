"""What becomes of a file that is imported: kept sealed, refused in words when it is bad, gone with its batch."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.integration.registry.rosters import VILLAGE_FILE, last_batch, number, person
from tests.integration.registry.wizard import SECRETARY, commit, csv_of, go, text, to_preview, upload, url
from tests.unit.registry import hostile
from wuyicun.domains.registry.models import ImportBatch, Person

NUMBER = number("19500908")


def test_the_file_is_kept_sealed_and_goes_with_the_batch(secretary: Client, tmp_path: Path, place: Path) -> None:
    content = csv_of(tmp_path, person("张三", 身份证号码=NUMBER))
    to_preview(secretary, content)

    kept = place / str(last_batch().pk)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert NUMBER.encode() not in kept.read_bytes()
    assert "张三".encode() not in kept.read_bytes()
    cells = place / f"{last_batch().pk}.cells1"
    assert cells.stat().st_mode & 0o777 == 0o600
    assert NUMBER.encode() not in cells.read_bytes()
    assert "张三".encode() not in cells.read_bytes()
    assert sorted(place.iterdir()) == [kept, cells]
    assert NUMBER.encode() not in bytes(last_batch().outline_sealed or b"")
    commit(secretary)
    assert kept.exists()
    go(secretary, "import_undo")
    assert list(place.iterdir()) == []


def test_a_dropped_file_is_gone_and_cannot_be_imported(secretary: Client, tmp_path: Path, place: Path) -> None:
    to_preview(secretary, csv_of(tmp_path, person("张三")))
    batch = last_batch()

    assert go(secretary, "import_drop")["Location"] == reverse("import_start")
    assert list(place.iterdir()) == []
    response = secretary.post(url("import_commit", batch), {"digest": batch.diff_digest})
    assert response.status_code == 409
    assert not Person.rows().filter(name="张三").exists()


def test_an_old_file_is_removed_and_that_is_said(secretary: Client, tmp_path: Path, place: Path) -> None:
    to_preview(secretary, csv_of(tmp_path, person("张三")))
    for kept in place.iterdir():
        kept.unlink()

    assert "已按规定删除" in text(commit(secretary))
    assert secretary.get(url("import_returned")).status_code == 410


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
    response = upload(secretary, make(tmp_path).read_bytes(), name)

    if response.status_code == 302:  # it can be read; what it is not is found out when it is looked through
        response = go(secretary, "import_columns")
        go(secretary, "import_drop")
    assert response.status_code == 422
    assert words in text(response)
    assert not place.exists() or list(place.iterdir()) == []


def test_a_bad_file_is_said_to_htmx_in_the_page(secretary: Client) -> None:
    response = upload(secretary, b"", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "文件是空的" in text(response)


def test_a_good_file_sends_htmx_on(secretary: Client, tmp_path: Path) -> None:
    response = upload(secretary, csv_of(tmp_path, person("张三")), headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == url("import_batch")


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
    assert "100 MB" in text(response)


def test_a_form_without_a_file_is_said(secretary: Client) -> None:
    response = secretary.post(reverse("import_start"))

    assert response.status_code == 400
    assert "请先选一个文件" in text(response)


def test_an_upload_needs_the_token(cast: Cast, tmp_path: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.accounts[SECRETARY], backend="wuyicun.kernel.accounts.backends.NameOrPhoneBackend")

    assert upload(client, csv_of(tmp_path, person("张三"))).status_code == 403
    assert not ImportBatch.rows().exists()
