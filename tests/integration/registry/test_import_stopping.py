"""A long file can be stopped at any moment, says how far it is until then, and leaves nothing behind."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from tests.cast import Cast, make_cast
from tests.integration.registry.rosters import person
from tests.integration.registry.wizard import csv_of, upload, url
from wuyicun.domains.registry import jobs
from wuyicun.domains.registry.models import ImportBatch, Person
from wuyicun.domains.registry.rules import BatchState
from wuyicun.kernel import scope
from wuyicun.kernel.jobs import progress

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
TRACES = ("audit_auditrow", "registry_importbatch", "rolls_change", "django_session")


class Held:
    """A job in a thread of its own, held at one stage until it is let go."""

    def __init__(self, stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stage, self._say = stage, progress.say
        self.there, self.go = threading.Event(), threading.Event()
        monkeypatch.setattr(progress, "say", self._hold)

    def _hold(self, stage: str, done: int = 0, total: int = 0) -> None:
        self._say(stage, done, total)
        if stage == self.stage and not self.there.is_set():
            self.there.set()
            assert self.go.wait(20)

    def start(self, arguments: dict[str, Any]) -> threading.Thread:
        thread = threading.Thread(target=self._run, args=[arguments])
        thread.start()
        assert self.there.wait(20)
        return thread

    @staticmethod
    def _run(arguments: dict[str, Any]) -> None:
        jobs.import_step(**arguments)
        connections.close_all()


class Way:
    """The secretary's way through the page, with jobs that wait for the test; everything is really committed, since two
    sessions must see it.
    """

    def __init__(self, cast: Cast, asked: list[dict[str, Any]]) -> None:
        self.cast, self.asked = cast, asked
        self.client = cast.client("梁会明")

    @property
    def batch(self) -> ImportBatch:
        with scope.enter(scope.of_system([self.cast.village.pk])):
            return ImportBatch.rows().latest("made_at")

    def post(self, name: str, **data: str) -> Any:
        return self.client.post(url(name, self.batch), data)

    def commit(self) -> None:
        self.post("import_commit", digest=self.batch.diff_digest)

    def said(self) -> Any:
        return self.client.get(url("import_progress", self.batch))

    def work(self, which: int = -1) -> None:
        jobs.import_step(**self.asked[which])

    def is_there(self, name: str) -> bool:
        with scope.enter(scope.of_system([self.cast.village.pk])):
            return Person.rows().filter(name=name).exists()


@pytest.fixture
def way(database: object, settings: Any, tmp_path: Path, place: Path, deferred: list[dict[str, Any]]) -> Way:
    """Before the page of a file whose preview waits for a job."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    way = Way(make_cast(), deferred)
    rows = [person("张三"), person("李四", "2"), person("王五", "3", 微网格="新来的微网格")]
    upload(way.client, csv_of(tmp_path, *rows))
    way.post("import_columns")
    return way


def _rows(owner: psycopg.Connection[Any]) -> dict[str, int]:
    counts = {}
    for (table,) in owner.execute(TABLES).fetchall():
        row = owner.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        counts[table] = row[0] if row else 0
    return {table: rows for table, rows in counts.items() if table not in TRACES}


@pytest.mark.parametrize("stage", ["begin", "read", "compare", "match", "lines"])
def test_a_preview_that_is_stopped_leaves_nothing(
    way: Way, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    before = _rows(owner)
    held = Held(stage, monkeypatch)
    job = held.start(way.asked[-1])
    assert way.post("import_stop")["Location"].endswith("?step=columns")
    held.go.set()
    job.join(20)

    assert way.batch.state == BatchState.READ
    assert _rows(owner) == before
    way.work()  # a worker that comes late
    assert way.batch.state == BatchState.READ


@pytest.mark.parametrize("stage", ["lines", "write", "find"])
def test_an_import_that_is_stopped_leaves_nothing_and_can_be_taken_up_again(
    way: Way, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    way.work()
    way.commit()
    before = _rows(owner)
    held = Held(stage, monkeypatch)
    job = held.start(way.asked[-1])
    assert way.post("import_stop").status_code == 302
    held.go.set()
    job.join(20)

    assert way.batch.state == BatchState.PREVIEWED
    assert _rows(owner) == before

    way.commit()
    way.work(-2)  # the step that was stopped, again: not this one
    assert way.batch.state == BatchState.WORKING
    way.work()
    assert way.batch.state == BatchState.COMMITTED
    assert way.is_there("张三")


@pytest.mark.parametrize("stage", ["begin", "touched", "back", "areas", "find"])
def test_an_undo_that_is_stopped_leaves_the_import_as_it_was_and_can_be_taken_up_again(
    way: Way, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    way.work()
    way.commit()
    way.work()
    way.post("import_undo")
    before = _rows(owner)
    held = Held(stage, monkeypatch)
    job = held.start(way.asked[-1])
    assert "正在撤销" in way.said().content.decode()
    assert way.is_there("张三")
    way.post("import_stop")
    held.go.set()
    job.join(20)

    assert way.batch.state == BatchState.COMMITTED
    assert _rows(owner) == before
    assert "已导入：新增 3 人" in way.client.get(url("import_batch", way.batch)).content.decode()

    way.post("import_undo")
    way.work()
    assert way.batch.state == BatchState.UNDONE
    assert not way.is_there("张三")
    way.work()  # run twice it does nothing the second time
    assert way.post("import_undo").status_code == 409


def test_the_page_says_how_far_it_is_while_nothing_is_written(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "前面还有别的事在做" in way.said().content.decode()
    way.work()
    way.commit()
    held = Held("find", monkeypatch)
    job = held.start(way.asked[-1])

    said = way.said().content.decode()
    assert "正在编检索" in said
    assert "0 / 3" in said
    assert not way.is_there("张三")
    assert way.post("import_drop").status_code == 409  # at once, not when the job is done
    held.go.set()
    job.join(20)
    assert way.said()["HX-Refresh"] == "true"
    assert way.post("import_stop").status_code == 409
    assert way.is_there("张三")
