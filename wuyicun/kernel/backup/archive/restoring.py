"""Loading an archive into an empty database, and its files into a folder beside the place where they go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from wuyicun.kernel.backup.archive import checking, contents, programs

DRAFT, REPLACED = ".restoring", ".replaced"
_IN_USE = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
"""
_HOLDS = "SELECT (SELECT count(*) FROM accounts_village), (SELECT count(*) FROM accounts_account)"


def held(connection: psycopg.Connection[Any]) -> int:
    """How many villages and accounts the database holds; freshly migrated tables hold none."""
    if not contents.is_there(connection):
        return 0
    row = connection.execute(_HOLDS).fetchone()
    return sum(map(int, row)) if row else 0


def in_use(connection: psycopg.Connection[Any]) -> bool:
    """Whether anybody else is connected to this database."""
    row = connection.execute(_IN_USE).fetchone()
    return bool(row and row[0])


def load(path: Path, key: bytes, owner_url: str, data: Path, progress: Callable[[str, int, int], None]) -> None:
    """Fill an empty database as the owner of its tables, and `<data>/.restoring` with the files. Raises Failure."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        server = connection.info.server_version // 10_000
    database = conninfo_to_dict(owner_url).get("dbname")
    command = [str(programs.find("pg_restore", server)), "--no-owner", "--no-password", f"--dbname={database}"]
    draft = data / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    with checking.opened(path, key, progress) as found:
        manifest, _keys = checking.read_beginning(found)
        _name, dump = next(found)
        programs.feed(command, programs.Database(owner_url), dump)
        for name, blocks in found:
            _write(draft / _inside(name), blocks)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        checking.compare(manifest.counts, contents.count(connection))
        connection.execute("ANALYZE")


def put_files(data: Path, archives: Path) -> None:
    """Put the loaded files in their place; what was there goes. archives: the folder that is left alone."""
    draft, replaced = data / DRAFT, data / REPLACED
    shutil.rmtree(replaced, ignore_errors=True)
    tops = {path.relative_to(data).parts[0] for path in contents.files(data, archives)}
    loaded = {path.name for path in draft.iterdir()} if draft.is_dir() else set()
    for top in tops | loaded:
        if (data / top).exists():
            replaced.mkdir(mode=0o700, exist_ok=True)
            (data / top).rename(replaced / top)
        if top in loaded:
            (draft / top).rename(data / top)
    shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(replaced, ignore_errors=True)


def _inside(name: str) -> PurePosixPath:
    """Where a file goes below the data folder; a name that would lead out of it is refused."""
    path = PurePosixPath(name.removeprefix(contents.FILES))
    if not name.startswith(contents.FILES) or path.is_absolute() or not path.parts or ".." in path.parts:
        raise ValueError(name)
    return path


def _write(path: Path, blocks: Iterator[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            file.write(block)
