"""`wuyi check`: what stands in the way of serving, one line each. `serve` asks the same before it starts."""

import argparse
import hashlib
import hmac
import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import sql

from wuyicun.config import environment
from wuyicun.config.cli import database
from wuyicun.config.cli.console import complain, say
from wuyicun.config.environment import ROOT, Environment
from wuyicun.kernel.failure import Failure

OLDEST_POSTGRESQL = 15
LEAST_FREE_BYTES = 10**9
MANIFEST = ROOT / "wuyicun" / "static" / "built" / "manifest.json"

TABLES_OWNED = """
    SELECT count(*) FROM pg_class
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relnamespace = 'public'::regnamespace
      AND pg_has_role(current_user, relowner, 'MEMBER')
"""
MIGHTY_ROLES = """
    SELECT rolname FROM pg_roles
    WHERE (rolsuper OR rolbypassrls) AND pg_has_role(current_user, oid, 'MEMBER')
"""
COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"


def configure(parser: argparse.ArgumentParser) -> None:
    """It takes no arguments."""


def run(arguments: argparse.Namespace) -> int:
    read = environment.read()
    with database.opened():
        return 0 if passed(read) else 1


def passed(read: Environment, *, just_migrated: bool = False) -> bool:
    """Say every problem; whether there is none. just_migrated: no need to look at the migrations again."""
    found = list(problems(read, just_migrated=just_migrated))
    for problem in found:
        complain(problem)
    if not found:
        say("检查通过 / Nothing stands in the way of serving")
    return not found


def problems(read: Environment, *, just_migrated: bool = False) -> Iterator[Failure]:
    """Yield what stands in the way of serving. The database must be running."""
    for look in (_disk, _front_end, _application_role, _keys):
        yield from look(read)
    if not just_migrated:
        yield from _migrations()


def _disk(read: Environment) -> Iterator[Failure]:
    free = shutil.disk_usage(read.data).free
    if free < LEAST_FREE_BYTES:
        yield Failure(
            "disk_low",
            f"磁盘剩余不足 1 GB({free / 1e9:.2f} GB):{read.data}",
            f"Less than 1 GB is free on the disk ({free / 1e9:.2f} GB): {read.data}",
        )


def _front_end(read: Environment) -> Iterator[Failure]:
    if not MANIFEST.exists():
        yield Failure(
            "front_end_missing",
            "网页文件还没有生成:请用 ./wuyi 启动。",
            "The front end is not built: start with ./wuyi.",
        )


def _application_role(read: Environment) -> Iterator[Failure]:
    """The web server's role must be bound by row-level security and by what the migrations grant."""
    yield from _asked(read.database_url, "DATABASE_URL", _role_problems)


def _role_problems(connection: psycopg.Connection[Any]) -> Iterator[Failure]:
    name = connection.info.user
    if connection.info.server_version < OLDEST_POSTGRESQL * 10_000:
        yield Failure(
            "postgresql_too_old",
            f"PostgreSQL 版本过旧,需要 {OLDEST_POSTGRESQL} 或更新。",
            f"PostgreSQL is too old: {OLDEST_POSTGRESQL} or newer is needed.",
        )
    mighty = [role for (role,) in connection.execute(MIGHTY_ROLES)]
    if mighty:
        yield Failure(
            "role_mighty",
            f"DATABASE_URL 的用户 {name} 是超级用户或不受行级权限约束({', '.join(mighty)}):请改用普通用户。",
            f"The user {name} of DATABASE_URL is a superuser or passes by row-level security ({', '.join(mighty)}): "
            "use an ordinary one.",
        )
        return
    row = connection.execute(TABLES_OWNED).fetchone()
    if row and row[0]:
        yield Failure(
            "role_owns_tables",
            f"DATABASE_URL 的用户 {name} 拥有 {row[0]} 张数据表:请改用不拥有数据表的用户。",
            f"The user {name} of DATABASE_URL owns {row[0]} tables: use one that owns none.",
        )


def _migrations() -> Iterator[Failure]:
    if database.manage("migrate", "--database", "owner", "--check", "--skip-checks", "--verbosity", "0").returncode:
        yield Failure(
            "migrations_missing",
            "数据表不是最新:请运行 ./wuyi manage migrate --database owner",
            "The tables are not up to date: run ./wuyi manage migrate --database owner",
        )


def _keys(read: Environment) -> Iterator[Failure]:
    """The keys must be those that this database was filled with; its comment keeps their fingerprints."""
    yield from _asked(read.owner_url, "DATABASE_OWNER_URL", lambda connection: _key_problems(connection, read))


def _key_problems(connection: psycopg.Connection[Any], read: Environment) -> Iterator[Failure]:
    ours = fingerprints(read)
    row = connection.execute(COMMENT).fetchone()
    theirs = _fingerprints_in(row[0] if row else None)
    lost = sorted(name for name, print_ in theirs.items() if ours.get(name) != print_)
    if lost:
        yield Failure(
            "keys_missing",
            f"密钥与数据库不符({', '.join(lost)}):请从备份恢复 {read.data / 'secrets'}。",
            f"The keys are not those of this database ({', '.join(lost)}): "
            f"restore {read.data / 'secrets'} from a backup.",
        )
    elif theirs != ours:
        remember_keys(connection, read)


def remember_keys(connection: psycopg.Connection[Any], read: Environment) -> None:
    """Have the database know its keys by their fingerprints. Needs its owner."""
    name, text = sql.Identifier(connection.info.dbname), sql.Literal(json.dumps({"wuyicun_keys": fingerprints(read)}))
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, text))


def fingerprints(read: Environment) -> dict[str, str]:
    """Return what tells a key from another without saying anything about it."""
    keys = {"index": read.index_key, **{f"field {name}": key for name, key in read.field_keys.items()}}
    return {name: hmac.digest(key, b"wuyicun fingerprint", hashlib.sha256).hex()[:16] for name, key in keys.items()}


def _fingerprints_in(comment: str | None) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(comment or "")["wuyicun_keys"]
    except (ValueError, KeyError, TypeError):
        return {}
    return found


def _asked(url: str, variable: str, look: Callable[[psycopg.Connection[Any]], Iterator[Failure]]) -> Iterator[Failure]:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            yield from look(connection)
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        yield Failure(
            "database_unreachable",
            f"连接不上数据库({variable}):{reason}",
            f"The database cannot be reached ({variable}): {reason}",
        )
