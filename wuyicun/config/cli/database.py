"""The database that the commands work on: the embedded server, started or joined, or the one of DATABASE_URL."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
from psycopg.conninfo import make_conninfo

from wuyicun.config import environment
from wuyicun.config.cli.console import say
from wuyicun.config.environment import Environment
from wuyicun.kernel.database import embedded, roles
from wuyicun.kernel.failure import Failure


@contextlib.contextmanager
def opened() -> Iterator[embedded.Server | None]:
    """Have the database running for as long as the block lasts; None stands for a server of one's own."""
    read = environment.read()
    if not read.embedded:
        yield None
        return
    with embedded.start(read.data, say) as server:
        embedded.ensure_database(server, read.database)
        yield server


@contextlib.contextmanager
def apart(suffix: str) -> Iterator[tuple[Environment, embedded.Server | None]]:
    """Have a new, empty database beside the usual one; it is dropped when the block ends well, else kept to look into.

    The environment of this process, and of those that it starts, then names that database.
    """
    read = environment.read()
    if not read.embedded:
        name = _renew_own(read, suffix)
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEALER_URL"):
            if os.environ.get(variable):
                os.environ[variable] = make_conninfo(os.environ[variable], dbname=name)
        yield environment.read(), None
        return
    name = f"{read.database}{suffix}"
    os.environ["WUYI_DATABASE"] = name
    with embedded.start(read.data, say) as server:
        embedded.drop_database(server, name)
        embedded.ensure_database(server, name)
        yield environment.read(), server
        embedded.drop_database(server, name)


def migrate() -> None:
    """Bring the tables up to date, as their owner, in a process of its own. Raises Failure."""
    say("更新数据表 / Bringing the tables up to date")
    if manage("migrate", "--database", "owner", "--skip-checks", "--verbosity", "0").returncode:
        raise Failure("migration_failed", "更新数据表失败,原因见上。", "The tables could not be updated: see above.")


def manage(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a management command of Django in a process of its own; what it says goes to the error stream."""
    return subprocess.run([sys.executable, "-m", "wuyicun", "manage", *arguments], stdout=sys.stderr, check=False)


def _renew_own(read: Environment, suffix: str) -> str:
    """Make the database on a server of one's own, whose owner must be allowed to."""
    try:
        with psycopg.connect(read.owner_url, autocommit=True) as connection:
            name = f"{connection.info.dbname}{suffix}"
            roles.drop_database(connection, name)
            roles.create_database(connection, name, owner=connection.info.user)
    except psycopg.Error as error:
        raise Failure(
            "database_not_made",
            f"无法另建一个数据库,DATABASE_OWNER_URL 的用户需要 CREATEDB 权限:{error}",
            f"A database of its own could not be made; the user of DATABASE_OWNER_URL needs CREATEDB: {error}",
        ) from error
    return name
