"""A roster of 100,000 people: what its preview and its import take, each in a process of its own.

As `wuyi_app`, through the functions of the page. Beside the preview stands the time in which calamine reads the file;
beside the import a plain COPY of every row that it has written, into tables with the same indexes. `mb` is what the
process held at the worst moment, with the child that reads a file.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import python_calamine
from psycopg import sql

from benchmarks import memory, paper
from benchmarks.raw import median
from benchmarks.timing import Say
from wuyicun.config.environment import ROOT, Environment
from wuyicun.domains.registry.importing import batches
from wuyicun.domains.territory import actions as territory
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.database.embedded import Server

ROWS, FEW_ROWS = 100_000, 400
TIMES = 3
CODE = "990100000000"
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"


def measure(read: Environment, server: Server | None, say: Say, *, small: bool = False) -> list[dict[str, Any]]:
    """The results: the preview, the import, and the same file again."""
    rows = FEW_ROWS if small else ROWS
    with (
        tempfile.TemporaryDirectory() as folder,
        psycopg.connect(read.owner_url, autocommit=True) as owner,
    ):
        path = Path(folder) / "roster.xlsx"
        say("写一份名册 / Writing a roster")
        paper.write(path, rows)
        reading = median([calamine(path) for _ in range(TIMES)])
        before = _counts(owner)
        batch, taken = _take_in(path)
        results = [_beside(f"upload of {rows:,} rows, read once / calamine", taken, reading)]
        done = _step("preview", batch)
        results.append(_beside(f"dry run of {rows:,} rows / calamine", done, reading))
        done = _step("commit", batch)
        results.append(_beside(f"import of {rows:,} rows / COPY", done, _copied(owner, before, Path(folder))))
        done = _step("preview", _take_in(path)[0])
        results.append(_beside(f"dry run of the same {rows:,} again / calamine", done, reading))
    for result in results:
        say(f"{result['what']:<60} {result['ms']:>8.0f} ms {result['raw']:>8.0f} ms {result.get('mb', 0):>6} MB")
    return results


def _beside(what: str, done: dict[str, Any], raw: float) -> dict[str, Any]:
    return {"what": what, "ms": done["ms"], "raw": round(raw, 1), "ratio": round(done["ms"] / raw, 2)} | done


def calamine(path: Path) -> float:
    """Milliseconds in which calamine gives every cell of the file."""
    began = time.perf_counter()
    book = python_calamine.CalamineWorkbook.from_path(path)
    cells = sum(len(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).iter_rows())
    spent = (time.perf_counter() - began) * 1000
    if not cells:
        raise ValueError("nothing was read")
    return spent


def _take_in(path: Path) -> tuple[UUID, dict[str, Any]]:
    """Upload the file, as the page does."""
    began = time.perf_counter()
    known = accounts.all_villages()
    village = known[0] if known else territory.found_village(code=CODE, name=paper.VILLAGE, by=None, at=clock.now())
    with scope.enter(scope.of_system([village.pk])), path.open("rb") as content:
        batch = batches.take_in(village=village, file_name=path.name, content=content, by=None, at=clock.now())
    return batch.pk, {"ms": round((time.perf_counter() - began) * 1000)}


def _step(step: str, batch: UUID) -> dict[str, Any]:
    """Take a step of the import in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.importing_step", step, str(batch)]
    printed, most = memory.run(command, ROOT)
    return {"ms": json.loads(printed), "mb": round(most / 1e6)}


def _counts(owner: psycopg.Connection[Any]) -> dict[str, int]:
    """The rows of every table."""
    counts = {}
    for (table,) in owner.execute(TABLES).fetchall():
        row = owner.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        counts[table] = row[0] if row else 0
    return counts


def _copied(owner: psycopg.Connection[Any], before: dict[str, int], folder: Path) -> float:
    """Milliseconds in which the rows that an import has written are copied into tables like those that have them."""
    return copied(owner, [table for table, rows in _counts(owner).items() if rows > before[table]], folder)


def copied(owner: psycopg.Connection[Any], tables: Sequence[str], folder: Path) -> float:
    """Milliseconds in which all rows of these tables are copied into tables like them."""
    for table in tables:
        copy = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with owner.cursor().copy(copy) as rows, (folder / table).open("wb") as file:
            for part in rows:
                file.write(part)
    return median([_copy(owner, tables, folder) for _ in range(TIMES)])


def _copy(owner: psycopg.Connection[Any], tables: Sequence[str], folder: Path) -> float:
    for table in tables:
        made = "CREATE TABLE {} (LIKE {} INCLUDING ALL)"
        owner.execute(sql.SQL(made).format(sql.Identifier(f"raw_{table}"), sql.Identifier(table)))
    began = time.perf_counter()
    with owner.transaction():
        for table in tables:
            copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(f"raw_{table}"))
            with owner.cursor().copy(copy) as rows, (folder / table).open("rb") as file:
                while part := file.read(1 << 20):
                    rows.write(part)
    spent = (time.perf_counter() - began) * 1000
    for table in tables:
        owner.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(f"raw_{table}")))
    return spent
