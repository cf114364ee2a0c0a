"""What goes into an archive, and the figures by which it is checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

MANIFEST, KEYS, DATABASE, FILES = "manifest.json", "keys.json", "database.dump", "files/"
BLOCK_BYTES = 1024 * 1024
# Log-ins end with a restore; what this installation's backups were says nothing of the next one's.
LEFT_OUT = ("django_session", "backup_run")
# Folders and files of the data folder that are made anew, or are in the archive in another way.
NOT_KEPT = ("postgresql", "secrets", "backups")

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""


@dataclass(frozen=True)
class Manifest:
    """Attributes:
    counts: the rows of each table.
    migrations: what the tables' form is, as pairs of app and name.
    keys: fingerprints of the keys that its fields are sealed with.
    server: the major version of PostgreSQL.
    """

    counts: Mapping[str, int]
    migrations: tuple[tuple[str, str], ...]
    server: int

    @property
    def people(self) -> int:
        return self.counts.get("registry_person", 0)

    @property
    def villages(self) -> int:
        return self.counts.get("accounts_village", 0)

    def encode(self) -> bytes:
        return json.dumps(
            {"counts": dict(self.counts), "migrations": self.migrations, "server": self.server}, indent=1
        ).encode()


def manifest_from(raw: bytes) -> Manifest:
    """Read what `encode` wrote. Raises ValueError, KeyError or TypeError when it is something else."""
    given = json.loads(raw)
    counts = {str(table): int(number) for table, number in given["counts"].items()}
    return Manifest(counts, tuple((str(app), str(name)) for app, name in given["migrations"]), int(given["server"]))


def look(connection: psycopg.Connection[Any]) -> Manifest:
    """The figures as the connection's transaction sees them. Needs the owner of the tables."""
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
    migrations = tuple((str(app), str(name)) for app, name in rows)
    return Manifest(count(connection), migrations, connection.info.server_version // 10_000)


def count(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """The rows of every table, without those that are left out."""
    tables = [name for (name,) in connection.execute(_TABLES).fetchall() if name not in LEFT_OUT]
    counted = {}
    for table in tables:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        counted[table] = int(row[0]) if row else 0
    return counted


def is_there(connection: psycopg.Connection[Any]) -> bool:
    """Whether the database has this program's tables."""
    row = connection.execute("SELECT to_regclass('public.accounts_village') IS NOT NULL").fetchone()
    return bool(row and row[0])


def files(data: Path, without: Path) -> Iterator[Path]:
    """What else lies in the data folder. without: the folder of the archives themselves."""
    for top in sorted(data.iterdir()) if data.is_dir() else ():
        if top.name.startswith((".", "postgresql")) or top.name in NOT_KEPT or top == without or not top.is_dir():
            continue
        for path in sorted(top.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(data).parts)
            if path.is_file() and not path.is_symlink() and not hidden and without not in path.parents:
                yield path


def blocks(path: Path) -> Iterator[bytes]:
    """A file's content; nothing when it was removed meanwhile."""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block
    except FileNotFoundError:
        return
