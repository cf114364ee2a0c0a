"""What `wuyi check` refuses, each alone."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.database import TestDatabase
from wuyicun.config import environment
from wuyicun.config.cli import check
from wuyicun.config.environment import Environment


@pytest.fixture
def ready(
    database: TestDatabase, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Environment:
    """An installation in which everything is as it should be, before its first start."""
    owner.execute(sql.SQL("COMMENT ON DATABASE {} IS NULL").format(sql.Identifier(database.name)))
    (tmp_path / "manifest.json").write_text("{}")
    monkeypatch.setattr(check, "MANIFEST", tmp_path / "manifest.json")
    return environment.read()


def codes(read: Environment, *, just_migrated: bool = True) -> list[str]:
    """Looking at the migrations takes a process of its own, so only one test does it."""
    return [problem.code for problem in check.problems(read, just_migrated=just_migrated)]


def as_role(read: Environment, url: str) -> Environment:
    return replace(read, database_url=url)


def test_nothing_stands_in_the_way_of_a_good_installation(ready: Environment) -> None:
    assert codes(ready) == []


def test_a_superuser_is_refused(ready: Environment, database: TestDatabase) -> None:
    mighty = f"host={database.server.layout.socket} user=postgres dbname={database.name}"
    assert codes(as_role(ready, mighty)) == ["role_mighty"]


def test_a_role_that_passes_by_row_level_security_is_refused(ready: Environment, database: TestDatabase) -> None:
    with database.server.connect() as connection:
        connection.execute("ALTER ROLE wuyi_app BYPASSRLS")
        try:
            assert codes(ready) == ["role_mighty"]
        finally:
            connection.execute("ALTER ROLE wuyi_app NOBYPASSRLS")


def test_a_member_of_a_mighty_role_is_refused(ready: Environment, database: TestDatabase) -> None:
    with database.server.connect() as connection:
        connection.execute("GRANT postgres TO wuyi_purge")
        try:
            purge = database.server.layout.url("wuyi_purge", database.name)
            assert codes(as_role(ready, purge)) == ["role_mighty"]
        finally:
            connection.execute("REVOKE postgres FROM wuyi_purge")


def test_the_owner_of_the_tables_is_refused(ready: Environment) -> None:
    assert codes(as_role(ready, ready.owner_url)) == ["role_owns_tables"]


def test_missing_migrations_are_named(ready: Environment, owner: psycopg.Connection[Any]) -> None:
    assert codes(ready, just_migrated=False) == []
    owner.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert codes(ready, just_migrated=False) == ["migrations_missing"]


def test_keys_of_another_installation_are_refused(ready: Environment) -> None:
    assert codes(ready) == []  # the first time remembers them
    assert codes(replace(ready, index_key=bytes(32))) == ["keys_missing"]
    assert codes(replace(ready, field_keys={"k2": bytes(32)}, current_field_key="k2")) == ["keys_missing"]


def test_a_new_key_beside_the_old_ones_is_welcome(ready: Environment) -> None:
    assert codes(ready) == []
    rotated = replace(ready, field_keys={**ready.field_keys, "k2": bytes(32)}, current_field_key="k2")
    assert codes(rotated) == []
    assert codes(ready) == ["keys_missing"]  # values may be encrypted with k2 by now


def test_a_fingerprint_tells_nothing_about_its_key(ready: Environment) -> None:
    prints = check.fingerprints(ready)
    assert set(prints) == {"index", "field k1"}
    assert not [print_ for print_ in prints.values() if print_ in ready.index_key.hex()]


def test_a_disk_that_is_nearly_full_is_named(ready: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(ready.data)._replace(free=999_999_999)
    monkeypatch.setattr(check.shutil, "disk_usage", lambda path: usage)
    assert codes(ready) == ["disk_low"]


def test_pages_that_are_not_built_are_named(ready: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "MANIFEST", Path("/nowhere/manifest.json"))
    assert codes(ready) == ["front_end_missing"]


def test_a_database_that_does_not_answer_is_named(ready: Environment) -> None:
    assert codes(as_role(ready, "host=/nowhere user=wuyi_app dbname=wuyicun")) == ["database_unreachable"]


def test_each_problem_is_one_line_in_each_language(ready: Environment, capfd: pytest.CaptureFixture[str]) -> None:
    assert not check.passed(as_role(ready, ready.owner_url), just_migrated=True)
    assert len(capfd.readouterr().err.splitlines()) == 2
