"""The matching of a long file can be stopped at any moment and leaves nothing; two sessions see what is committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.integration.laboratory.bench import PLAIN, Bench
from tests.integration.registry.test_import_stopping import Held
from tests.pages import words
from wuyicun.domains.laboratory import jobs
from wuyicun.domains.laboratory.models import Line
from wuyicun.domains.laboratory.rules import State


class HeldMatching(Held):
    """The job of a delivery in a thread of its own."""

    @staticmethod
    def _run(arguments: dict[str, Any]) -> None:
        jobs.laboratory_step(**arguments)
        connections.close_all()


@pytest.fixture
def waiting(database: object, settings: Any, tmp_path: Path, deferred: list[dict[str, Any]]) -> Bench:
    """A file whose matching waits for a job; everything is really committed."""
    settings.WUYI_DATA = tmp_path / "data"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    bench = Bench(tmp_path)
    bench.fill("A-1", ["甲01"])
    content = bench.xlsx(PLAIN, [("A-1", "阴性"), ("Z-1", "阴性")])
    with bench.desk.scope():
        bench.post("laboratory_columns", bench.upload(content).pk)
    return bench


@pytest.mark.parametrize("stage", ["begin", "read", "compare", "keep"])
def test_a_matching_that_is_stopped_leaves_nothing_and_can_be_taken_up_again(
    waiting: Bench, deferred: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    bench = waiting
    with bench.desk.scope():
        delivery = bench.last()
    held = HeldMatching(stage, monkeypatch)
    job = held.start(deferred[-1])
    assert "正在核对" in words(bench.page("laboratory_progress", delivery.pk))

    assert bench.post("laboratory_stop", delivery.pk).status_code == 302
    held.go.set()
    job.join(20)

    with bench.desk.scope():
        assert bench.last().state == State.READ
        assert not Line.rows().exists()
    jobs.laboratory_step(**deferred[-1])  # a worker that comes late
    bench.post("laboratory_columns", delivery.pk)
    jobs.laboratory_step(**deferred[-1])
    with bench.desk.scope():
        assert bench.last().state == State.MATCHED
        assert bench.said()["A-1"][2] == "ready"
