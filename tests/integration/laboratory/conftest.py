"""A round whose tubes lie in a laboratory, and jobs that wait for the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.laboratory.bench import Bench
from tests.integration.registry.rosters import number
from wuyicun.domains.laboratory import stepping


@pytest.fixture
def bench(db: None, settings: Any, tmp_path: Path) -> Iterator[Bench]:
    """Tubes A-1 (甲01 甲02 甲03, pool), A-2 (甲04 alone, who has an id number), A-3 (甲05 甲06), all carried away.

    The test runs in the program's own scope over the village; files are kept in a folder of the test.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WUYI_DATA = tmp_path / "data"
    made = Bench(tmp_path)
    with made.desk.scope():
        person = made.desk.cast.people["甲04"]
        person.set_id_number(number("19540308"))
        person.save()
        made.fill("A-1", ["甲01", "甲02", "甲03"])
        made.fill("A-2", ["甲04"], pool=1)
        made.fill("A-3", ["甲05", "甲06"])
        made.desk.hand_over("A-1", "A-2", "A-3")
        yield made


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What jobs are asked to do, of deliveries however short; the test does it in their place."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(stepping, "AT_ONCE_LINES", 0)
    monkeypatch.setattr(stepping, "_defer", lambda village_id, arguments: asked.append(arguments))
    return asked
