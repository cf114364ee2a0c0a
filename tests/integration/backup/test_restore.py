"""A backup taken while records come in, restored into an empty folder with a PostgreSQL of its own, by the command."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from tests.cast import Cast
from tests.database import TestDatabase
from tests.integration.backup.conftest import PASSPHRASE, Installation
from tests.integration.screening.oracle import agrees
from tests.integration.screening.sending import Phone, open_round
from wuyicun.config.cli import scratch
from wuyicun.domains.registry.models import Person
from wuyicun.fieldsync.writer import Writer
from wuyicun.kernel import clock, scope
from wuyicun.kernel.audit import sealer
from wuyicun.kernel.backup.archive import contents
from wuyicun.kernel.database import embedded
from wuyicun.kernel.database.layout import APP, OWNER, Layout
from wuyicun.kernel.records.models import Record
from wuyicun.kernel.records.store import Batch
from wuyicun.kernel.roles import Permission

# The rows that a restore itself adds, and the tables that no archive holds.
NOT_THE_SAME = {*contents.LEFT_OUT, "audit_auditrow"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty data folder that PostgreSQL can enter; its server is ended after the test."""
    with scratch.folder() as made:
        yield made


def command(data: Path, *arguments: object, passphrase: str = PASSPHRASE) -> subprocess.CompletedProcess[str]:
    """Run `wuyi …` on a data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WUYI_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "wuyicun", *map(str, arguments)],
        env={**kept, "WUYI_DATA": str(data), "WUYI_BACKUP_PASSPHRASE": passphrase},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@dataclass
class Traffic:
    """Phones that send while something else goes on. accepted: records acknowledged so far."""

    cast: Cast
    phones: list[Phone]
    accepted: set[Any]

    @contextmanager
    def flowing(self) -> Iterator[None]:
        ended = threading.Event()
        threads = [threading.Thread(target=self._send, args=(number, ended)) for number in range(len(self.phones))]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()

    def goes_on(self, phase: str, done: int, _total: int) -> None:
        """Let records come in between the counting and the dump."""
        so_far = len(self.accepted)
        while (phase, done) == ("database", 0) and len(self.accepted) == so_far:
            threading.Event().wait(0.01)

    def _send(self, number: int, ended: threading.Event) -> None:
        phone, writer = self.phones[number], Writer()
        people = [person.pk for person in self.cast.people.values()]
        for turn in range(10_000):
            tube = f"X-{number}-{turn}"
            envelopes = [phone.make("tube.open", tube=tube, pool=10)]
            envelopes += [phone.make("sample", tube=tube, person=people[(turn + n) % len(people)]) for n in range(3)]
            may = dict.fromkeys(Permission, (self.cast.village.area_path,))
            batch = Batch(self.cast.village.pk, phone.device, None, may, envelopes, clock.now())
            outcomes = asyncio.run(writer.submit(batch))
            self.accepted.update(each.id for each in outcomes if each.outcome in {"accepted", "held"})
            if ended.is_set():
                break
        connections.close_all()


@pytest.fixture
def traffic(cast: Cast) -> Traffic:
    with scope.enter(cast.scope()):
        round_ = open_round(cast)
        return Traffic(cast, [Phone(cast, round_) for _ in range(3)], set())


@contextmanager
def looking_at(data: Path) -> Iterator[None]:
    """Have Django look at the restored database, as the program's role."""
    layout, connection = Layout(data), connections["default"]
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        NAME="wuyicun", USER=APP, PASSWORD=layout.password(APP), HOST=str(layout.socket), PORT=""
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def digests(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """What each table holds, whatever the order of its rows."""
    found = {}
    for table in contents.count(connection):
        statement = "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {} t"
        row = connection.execute(sql.SQL(statement).format(sql.Identifier(table))).fetchone()
        found[table] = str(row and row[0])
    return found


def test_taken_while_records_come_in_it_restores_to_one_moment(
    traffic: Traffic, installation: Installation, folder: Path
) -> None:
    cast, round_ = traffic.cast, traffic.phones[0].round
    with traffic.flowing():
        while len(traffic.accepted) < 20:
            threading.Event().wait(0.02)
        before = set(traffic.accepted)
        path = installation.make("busy.wuyibackup", traffic.goes_on)
    after = set(traffic.accepted)
    assert before < after, "records came in meanwhile"

    restored = command(folder, "restore", path)
    assert restored.returncode == 0, restored.stderr
    assert f"Restored {len(cast.people)} people" in restored.stdout
    assert (folder / "files" / "imports" / "a").read_bytes() == b"sealed"
    with embedded.start(folder, lambda line: None), looking_at(folder), scope.enter(cast.scope()):
        kept = set(Record.rows().values_list("pk", flat=True))
        assert before <= kept <= after, "everything acknowledged before it began, nothing that nobody sent"
        assert {person.name for person in Person.rows().all()} == set(cast.people)
        assert Person.rows().get(name="甲01").phone == "13800000000"
        agrees(round_, clock.now())


def test_restored_at_rest_every_table_is_the_same_and_the_audit_verifies(
    traffic: Traffic, installation: Installation, folder: Path, owner: psycopg.Connection[Any]
) -> None:
    with traffic.flowing():
        threading.Event().wait(0.3)
    sealer.seal(owner, clock.now())
    path = installation.make("quiet.wuyibackup")
    expected = digests(owner)

    assert command(folder, "restore", path, passphrase="西山 2 号院的槐树").stderr.splitlines()[-2:] == [
        "✗ 备份口令不对。",
        "✗ The backup passphrase is wrong.",
    ]
    assert not folder.exists(), "nothing was made for an archive that does not open"
    restored = command(folder, "restore", path)
    assert restored.returncode == 0, restored.stderr
    with (
        embedded.start(folder, lambda line: None),
        psycopg.connect(Layout(folder).url(OWNER, "wuyicun"), autocommit=True) as connection,
    ):
        found = digests(connection)
        different = {table for table in expected if found[table] != expected[table]}
        assert different <= NOT_THE_SAME
        sealed_before = sealer.verify(connection)
        assert sealed_before.verified
        assert sealer.seal(connection, clock.now()) >= 1, "the restore itself stands in the audit"
        verdict = sealer.verify(connection)
        assert (verdict.verified, verdict.seals > sealed_before.seals, verdict.unsealed) == (True, True, 0)

    again = command(folder, "restore", path)
    assert again.returncode == 1
    assert "--replace" in again.stderr
    unconfirmed = command(folder, "restore", path, "--replace")
    assert (unconfirmed.returncode, "--yes" in unconfirmed.stderr) == (1, True)
    replaced = command(folder, "restore", path, "--replace", "--yes")
    assert replaced.returncode == 0, replaced.stderr
    assert command(folder, "audit", "verify").returncode == 0
    with embedded.start(folder, lambda line: None) as server, server.connect() as connection:
        names = {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}
        assert names == {"postgres", "template0", "template1", "wuyicun"}


def test_a_backup_of_newer_tables_is_refused_before_anything_is_touched(
    installation: Installation, folder: Path, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('registry', '9999_later', now())")
    path = installation.make("later.wuyibackup")
    refused = command(folder, "restore", path)
    assert refused.returncode == 1
    assert "newer release (registry.9999_later)" in refused.stderr
    assert not (folder / "postgresql").exists()


def test_the_command_makes_one_and_reads_it_back(cast: Cast, database: TestDatabase, place: Path) -> None:
    """On the tests' own server, in a folder of its own for the archives."""
    path = place / "shell.wuyibackup"
    environment = {**os.environ, "WUYI_BACKUP_PASSPHRASE": PASSPHRASE}
    key = Path(os.environ["WUYI_DATA"]) / "secrets" / "backup_key"
    key.unlink(missing_ok=True)
    try:
        for arguments in (["backup", str(path)], ["backup", "--check", str(path), "--json"]):
            made = subprocess.run(
                [sys.executable, "-m", "wuyicun", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            assert made.returncode == 0, made.stderr
            assert str(len(cast.people)) in made.stdout
    finally:
        key.unlink(missing_ok=True)
