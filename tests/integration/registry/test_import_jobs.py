"""A long file is worked on by a job, and the page says what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.integration.registry.rosters import Shelf, inside, last_batch, person, village
from tests.integration.registry.wizard import commit, csv_of, go, text, to_preview, upload, url
from wuyicun.domains.registry import jobs
from wuyicun.domains.registry.importing import stepping
from wuyicun.domains.registry.models import Person
from wuyicun.domains.registry.rules import BatchState
from wuyicun.kernel import clock


def test_a_long_file_is_worked_on_by_a_job(secretary: Client, tmp_path: Path, deferred: list[dict[str, Any]]) -> None:
    page = text(to_preview(secretary, csv_of(tmp_path, person("张三"))))
    assert "正在核对" in page
    assert secretary.get(url("import_progress")).status_code == 200

    jobs.import_step(**deferred[-1])
    jobs.import_step(**deferred[-1])

    assert last_batch().state == BatchState.PREVIEWED
    assert secretary.get(url("import_progress"))["HX-Refresh"] == "true"
    commit(secretary)
    assert "正在导入" in text(secretary.get(url("import_batch")))
    jobs.import_step(**deferred[-1])
    assert Person.rows().filter(name="张三").exists()
    assert last_batch().committed_by == last_batch().made_by


def test_a_long_import_is_undone_by_a_job(secretary: Client, tmp_path: Path, deferred: list[dict[str, Any]]) -> None:
    to_preview(secretary, csv_of(tmp_path, person("张三")))
    jobs.import_step(**deferred[-1])
    assert secretary.post(url("import_undo")).status_code == 409
    commit(secretary)
    jobs.import_step(**deferred[-1])

    secretary.post(url("import_undo"))

    assert "正在撤销" in text(secretary.get(url("import_batch")))
    assert secretary.get(url("import_undo"))["Location"] == url("import_batch")
    jobs.import_step(**deferred[-1])
    assert "已撤销：去掉 2 条，恢复 0 条" in text(secretary.get(url("import_batch")))
    assert not Person.rows().filter(name="张三").exists()


def test_what_the_shell_imported_is_as_long_as_its_file(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, deferred: list[dict[str, Any]]
) -> None:
    shelf.take(person("张三"), person("李四", "2"))
    with inside():
        batch, at = last_batch(), clock.now()
        monkeypatch.setattr(stepping, "AT_ONCE_ROWS", 2)  # with its titles it has three
        stepping.begin(village=village(), batch=batch, step="undo", digest="", by=None, at=at)
        assert last_batch().state == BatchState.WORKING
    assert [asked["step"] for asked in deferred] == ["undo"]


def test_what_stops_a_job_is_said_on_the_page(
    secretary: Client, tmp_path: Path, deferred: list[dict[str, Any]]
) -> None:
    upload(secretary, csv_of(tmp_path, person("张三")))
    go(secretary, "import_kinds", **{"kind-0": "ignore"})
    go(secretary, "import_columns")

    jobs.import_step(**deferred[-1])

    assert "没有找到名册" in text(secretary.get(url("import_batch")))
