"""What the tests of the registry share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, make_cast
from tests.integration.registry.rosters import CODE, START, Shelf
from tests.integration.registry.wizard import SECRETARY
from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.importing import stepping
from wuyicun.domains.territory import actions as territory
from wuyicun.kernel import scope


@pytest.fixture
def shelf(db: None, tmp_path: Path) -> Shelf:
    """A village without anybody, and rosters to import into it."""
    territory.found_village(code=CODE, name="西头岭村", by=None, at=START)
    return Shelf(tmp_path)


@pytest.fixture
def cast(db: None, settings: Any) -> Iterator[Cast]:
    """The cast, findable; the test runs in the program's own scope over 西头岭村."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = make_cast()
    with scope.enter(made.scope()):
        indexing.reindex(made.village.pk)
        yield made


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    """Where uploaded files are kept."""
    settings.WUYI_DATA = tmp_path / "data"
    return tmp_path / "data" / "files" / "imports"


@pytest.fixture
def secretary(cast: Cast, place: Path) -> Client:
    """The secretary's browser; files are kept in a folder of the test."""
    return cast.client(SECRETARY)


@pytest.fixture
def deferred(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What jobs are asked to do, of files however short; the test does it in their place."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(stepping, "AT_ONCE_ROWS", 0)
    monkeypatch.setattr(stepping, "_defer", lambda village_id, arguments: asked.append(arguments))
    return asked
