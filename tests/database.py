"""The database of a test run: one migrated template, one copy of it for each worker, emptied again after each test."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from wuyicun.config.environment import ROOT
from wuyicun.kernel.database import embedded, roles
from wuyicun.kernel.database.layout import OWNER, SEALER

# What tests prove survives the death of processes, not of the machine.
FAST_AND_FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "1GB"}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
STALE = "SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9]+_'"


class TestDatabase:
    """One worker's database in the embedded server. Made by `create`, brought back to its beginning by `restore`."""

    __test__ = False

    def __init__(self, data: Path, name: str) -> None:
        self.name = name
        self.server = embedded.start(data, lambda line: None, FAST_AND_FORGETFUL)
        self._superuser: psycopg.Connection[Any] | None = None
        self._beginning: dict[str, _Content] = {}

    def create(self) -> None:
        """Copy the template, after making it if the migrations have changed, and point Django at the copy."""
        with _alone(self.server.layout.data / "template.lock"):
            template = self._template()
            self._remove_stale()
            embedded.ensure_database(self.server, self.name, template)
        os.environ["WUYI_DATABASE"] = self.name  # for the processes that a test starts
        settings.WUYI_SEALER_URL = self.server.layout.url(SEALER, self.name)
        settings.WUYI_OWNER_URL = self.server.layout.url(OWNER, self.name)
        _point_django_at(self.name)
        self._superuser = self.server.connect(self.name)
        self._superuser.execute("SET session_replication_role = replica")  # rows can be removed in any order
        self._superuser.execute("SET lock_timeout = '5s'")
        for table in self._tables():
            content = self._content(table)
            if content.rows:
                self._beginning[table] = content

    def restore(self) -> None:
        """Remove what the test has left. Fails when the test left a transaction open that holds locks."""
        connections.close_all()
        for table in self._not_empty():
            if table not in self._beginning:
                self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        for table, content in self._beginning.items():
            if self._content(table).digest != content.digest:
                self._refill(table, content)

    @contextlib.contextmanager
    def empty_one(self) -> Iterator[str]:
        """Have one more database beside it, migrated and with nobody in it; its name."""
        name = f"{self.name}_empty"
        with _alone(self.server.layout.data / "template.lock"):
            embedded.ensure_database(self.server, name, self._template())
        try:
            yield name
        finally:
            embedded.drop_database(self.server, name)

    def connect_as_owner(self) -> psycopg.Connection[Any]:
        """Connect as `wuyi_owner`, in autocommit."""
        return psycopg.connect(self.server.layout.url(OWNER, self.name), autocommit=True)

    def close(self) -> None:
        """Drop the database and let go of the server."""
        connections.close_all()
        if self._superuser is not None:
            self._superuser.close()
            embedded.drop_database(self.server, self.name)
        self.server.stop()

    @property
    def _connection(self) -> psycopg.Connection[Any]:
        assert self._superuser is not None, "create() comes first"
        return self._superuser

    def _tables(self) -> list[str]:
        return [name for (name,) in self._connection.execute(TABLES)]

    def _not_empty(self) -> list[str]:
        parts = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(table), sql.Identifier(table))
            for table in self._tables()
        ]
        return [name for (name,) in self._connection.execute(sql.SQL(" UNION ALL ").join(parts))]

    def _content(self, table: str) -> "_Content":
        statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            return _Content(b"".join(bytes(block) for block in copy))

    def _refill(self, table: str, content: "_Content") -> None:
        name = sql.Identifier(table)
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("DELETE FROM {}").format(name))
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
                copy.write(content.rows)

    def _template(self) -> str:
        name = f"template_{_digest_of_migrations()}"
        with self.server.connect() as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there is None:
            draft = f"draft_{name}"
            embedded.drop_database(self.server, draft)
            embedded.ensure_database(self.server, draft)
            _point_django_at(draft)
            call_command("migrate", database="owner", verbosity=0)
            connections.close_all()
            with self.server.connect() as connection:  # only a whole template gets the name
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(rename.format(sql.Identifier(draft), sql.Identifier(name)))
        return name

    def _remove_stale(self) -> None:
        """Drop the databases of runs that were killed; the number in the name is the run's process."""
        with self.server.connect() as connection:
            for (name,) in connection.execute(STALE).fetchall():
                if not Path(f"/proc/{name.split('_')[1]}").exists() and Path("/proc").exists():
                    roles.drop_database(connection, name)


class _Content:
    """A table's rows as COPY writes them."""

    def __init__(self, rows: bytes) -> None:
        self.rows = rows
        self.digest = hashlib.sha256(rows).digest()


def _point_django_at(name: str) -> None:
    for connection in connections.all():
        connection.close()
        connection.settings_dict["NAME"] = name


def _digest_of_migrations() -> str:
    """Tell one state of the migrations, and of the helpers that they call, from another."""
    digest = hashlib.sha256()
    package = ROOT / "wuyicun"
    files = [
        *package.glob("**/migrations/**/*.*"),
        *package.glob("kernel/database/*.py"),
        ROOT / "requirements/base.txt",
    ]
    for file in sorted(file for file in files if file.suffix != ".pyc"):
        digest.update(bytes(file) + file.read_bytes())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
