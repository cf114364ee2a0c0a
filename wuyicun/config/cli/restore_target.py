"""Where a restore goes: the embedded server's database, or the one of DATABASE_URL."""

from __future__ import annotations

import abc
import contextlib
import os
from collections.abc import Iterator

import psycopg
from psycopg import sql

from wuyicun.config.cli.check import OLDEST_POSTGRESQL
from wuyicun.config.cli.console import say
from wuyicun.config.environment import Environment
from wuyicun.kernel.backup.archive import contents, faults, restoring
from wuyicun.kernel.database import embedded, roles
from wuyicun.kernel.database.layout import APP, OWNER, PURGE, SEALER
from wuyicun.kernel.failure import Failure

SUFFIX_DRAFT, SUFFIX_OLD = "_restoring", "_replaced"


class Target(abc.ABC):
    """A database to fill. Its methods are called in the order in which they stand here."""

    name: str

    @abc.abstractmethod
    def look(self) -> None:
        """Raise Failure when it cannot be filled now."""

    def held(self, read: Environment) -> tuple[str, str] | None:
        """What is there already, in Chinese and English; None when nothing is."""
        with psycopg.connect(self.final_url(), autocommit=True) as connection:
            rows = restoring.held(connection)
        files = sum(1 for _ in contents.files(read.data, read.backup_folder))
        if not rows and not files:
            return None
        return f"{rows} 个村和账号,{files} 个文件", f"{rows} villages and accounts, {files} files"

    @abc.abstractmethod
    def prepare(self) -> str:
        """Have an empty database; returns its URL as the owner."""

    @contextlib.contextmanager
    def named(self) -> Iterator[None]:
        """Have the processes that are started work on what is being filled."""
        yield

    @abc.abstractmethod
    def owner_url(self) -> str:
        """What is being filled, as the owner."""

    @abc.abstractmethod
    def final_url(self) -> str:
        """Where it will be in the end, as the owner."""

    @abc.abstractmethod
    def take_its_place(self) -> None:
        """Put what was filled where the program looks for it."""

    @abc.abstractmethod
    def clear(self) -> None:
        """Remove what was replaced, and what a restore that failed has left."""


@contextlib.contextmanager
def opened(read: Environment) -> Iterator[Target]:
    """Have the target's server running."""
    if not read.embedded:
        yield Own(read)
        return
    with embedded.start(read.data, say) as server:
        embedded.ensure_database(server, read.database)
        target = Embedded(read, server)
        try:
            yield target
        finally:
            target.clear()


class Embedded(Target):
    """Filled beside under another name, so that nothing is lost when it ends half-way."""

    def __init__(self, read: Environment, server: embedded.Server) -> None:
        self.name, self._server = read.database, server
        self._draft, self._old = f"{self.name}{SUFFIX_DRAFT}", f"{self.name}{SUFFIX_OLD}"

    def look(self) -> None:
        with self._server.connect(self.name) as connection:
            if restoring.in_use(connection):
                raise faults.target_in_use(self.name)

    def prepare(self) -> str:
        embedded.drop_database(self._server, self._draft)
        embedded.ensure_database(self._server, self._draft)
        return self.owner_url()

    @contextlib.contextmanager
    def named(self) -> Iterator[None]:
        before = os.environ.get("WUYI_DATABASE")
        os.environ["WUYI_DATABASE"] = self._draft
        try:
            yield
        finally:
            os.environ.pop("WUYI_DATABASE")
            if before is not None:
                os.environ["WUYI_DATABASE"] = before

    def owner_url(self) -> str:
        return self._server.layout.url(OWNER, self._draft)

    def final_url(self) -> str:
        return self._server.layout.url(OWNER, self.name)

    def take_its_place(self) -> None:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        embedded.drop_database(self._server, self._old)
        with self._server.connect() as connection:
            for one, other in ((self.name, self._old), (self._draft, self.name)):
                connection.execute(rename.format(sql.Identifier(one), sql.Identifier(other)))

    def clear(self) -> None:
        for name in (self._old, self._draft):
            embedded.drop_database(self._server, name)


class Own(Target):
    """A server of one's own: filled in place, for its owner may make no other database."""

    def __init__(self, read: Environment) -> None:
        self._url = read.owner_url
        self.name = "DATABASE_URL"

    def look(self) -> None:
        try:
            with psycopg.connect(self._url, autocommit=True, connect_timeout=30) as connection:
                self._look(connection)
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise Failure(
                "database_unreachable",
                f"连接不上数据库(DATABASE_OWNER_URL):{reason}",
                f"The database cannot be reached (DATABASE_OWNER_URL): {reason}",
            ) from error

    def _look(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        if connection.info.server_version < OLDEST_POSTGRESQL * 10_000:
            raise Failure(
                "postgresql_too_old",
                f"PostgreSQL 版本过旧,需要 {OLDEST_POSTGRESQL} 或更新。",
                f"PostgreSQL is too old: {OLDEST_POSTGRESQL} or newer is needed.",
            )
        rows = connection.execute("SELECT rolname FROM pg_roles").fetchall()
        missing = {APP, SEALER, PURGE} - {str(name) for (name,) in rows}
        if missing:
            names = ", ".join(sorted(missing))
            raise Failure(
                "roles_missing",
                f"数据库里缺少角色 {names}:请照 docs/settings.md 先建立。",
                f"The database lacks the roles {names}: make them first, docs/settings.md says how.",
            )
        if restoring.in_use(connection):
            raise faults.target_in_use(self.name)

    def prepare(self) -> str:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
            roles.ensure_schema(connection)
        return self._url

    def owner_url(self) -> str:
        return self._url

    def final_url(self) -> str:
        return self._url

    def take_its_place(self) -> None:
        """It stands there already."""

    def clear(self) -> None:
        """Nothing lies beside it."""
