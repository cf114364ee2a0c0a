"""What every test can use. The database is the embedded PostgreSQL, with the roles of real life.

Tests that need no database start none: it is started when a test first asks for it.

- `db` (of pytest-django): the test runs in one transaction as `wuyi_app`, rolled back at its end. The fastest.
- `database`: commits are real. After the test every row that it left is removed, and what the migrations had put there
  is back as it was. For everything that commits, uses threads, listens or talks HTTP. `transactional_db` and
  `live_server` mean the same.
- `owner`: a psycopg connection as `wuyi_owner`, in autocommit, to what `database` shows. It brings `database` with it.

The data folder is a new one for each run, or the one that WUYI_TEST_DATA names: that is kept, and the next run saves
the seconds that a new cluster and all migrations take.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from django.conf import settings

from tests import data_folder

# Before Django's settings are read. A worker of pytest-xdist has them from the process that started it.
data_folder.prepare(os.environ)

django.setup()

settings.PASSWORD_HASHERS = ["tests.passwords.QuickHasher"]

from tests.database import TestDatabase  # noqa: E402 - reads the settings
from wuyicun.config import texts  # noqa: E402


@pytest.fixture(scope="session")
def test_database(worker_id: str) -> Iterator[TestDatabase]:
    """The embedded server and this worker's own database in it, migrated."""
    database = TestDatabase(data_folder.path(os.environ), f"test_{os.environ['WUYI_TEST_RUN']}_{worker_id}")
    try:
        yield database
    finally:
        database.close()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, test_database: TestDatabase, django_db_blocker: Any) -> None:
    """Instead of pytest-django's, which would create the database as `wuyi_app`."""
    with django_db_blocker.unblock():
        test_database.create()


@pytest.fixture
def database(django_db_setup: None, test_database: TestDatabase, django_db_blocker: Any) -> Iterator[TestDatabase]:
    """A database whose commits are real; see above."""
    with django_db_blocker.unblock():
        yield test_database
        test_database.restore()


@pytest.fixture
def transactional_db(database: TestDatabase) -> TestDatabase:
    """pytest-django's own would truncate as `wuyi_app`, which may not."""
    return database


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    """A connection as `wuyi_owner`, in autocommit."""
    with database.connect_as_owner() as connection:
        yield connection


@pytest.fixture(autouse=True, scope="session")
def network_off() -> Iterator[None]:
    """No test reaches beyond this machine."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise OSError(f"a test asked for {address[0]}, and tests have no network")
        connect(self, address)

    socket.socket.connect = only_here  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


def pytest_configure(config: pytest.Config) -> None:
    """English is there also after somebody has only written it into the catalogue."""
    compiled = texts.ENGLISH.with_suffix(".mo")
    stale = not compiled.exists() or compiled.stat().st_mtime < texts.ENGLISH.stat().st_mtime
    if stale and not hasattr(config, "workerinput"):
        texts.compile_to_machine()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each test bears the name of its tier, so that `-m unit` works."""
    tests = Path(__file__).parent
    for item in items:
        tier = item.path.relative_to(tests).parts[0]
        item.add_marker(tier)
        if tier == "unit" and {"db", "database", "transactional_db"} & set(getattr(item, "fixturenames", ())):
            raise pytest.UsageError(f"{item.nodeid}: a unit test uses no database")


def pytest_unconfigure() -> None:
    """The process that made the data folder removes it; the server was ended by its last user."""
    data_folder.remove()
