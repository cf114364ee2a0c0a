"""An export of the largest ledger to Excel, in a process of its own: how long, and by how much its memory grows.

`python -m benchmarks.exporting` is that process. The first thousand rows are written once before it is measured, so
that what every process needs once is not counted.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import django

from benchmarks.timing import Say
from wuyicun.config.environment import ROOT

KILOBYTE = 1024 if sys.platform == "linux" else 1  # what ru_maxrss counts in


def measure(say: Say) -> list[dict[str, Any]]:
    """One result: milliseconds, and `mb`, the growth of the largest memory ever held."""
    done = subprocess.run([sys.executable, "-m", __name__], stdout=subprocess.PIPE, cwd=ROOT, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    say(f"{result['what']} {result['ms']:,} ms, {result['mb']} MB")
    return [result]


def _export() -> dict[str, Any]:
    _write(1_000)
    before = _peak()
    began = time.perf_counter()
    rows = _write(None)
    return {
        "what": f"export of {rows:,} rows",
        "ms": round((time.perf_counter() - began) * 1000),
        "mb": round((_peak() - before) / 1e6, 1),
    }


def _write(most: int | None) -> int:
    """Write the ledger as its page does; how many rows."""
    from benchmarks.asking import held
    from benchmarks.load import Kind, id_of, village_path
    from wuyicun.domains.registry.ledgers import lines, shelf
    from wuyicun.domains.registry.web.common import today
    from wuyicun.kernel import clock, scope
    from wuyicun.kernel.documents.workbook import Column, Sheet, workbook

    asker = held("secretary", village_path(0), (id_of(Kind.VILLAGE, 0),))
    ledger = next(each for each in shelf.builtin() if each.code == "resident")
    columns = ledger.definition.columns
    written = 0

    def rows() -> Iterator[list[Any]]:
        nonlocal written
        for line in islice(lines.lines(asker, asker.villages[0], lines.Wanted(ledger.definition, today())), most):
            written += 1
            yield list(line.cells)

    sheet = Sheet(str(ledger.title), [Column(each.field) for each in columns], rows())
    with scope.enter(asker):
        workbook([sheet], made_by="书记", made_at=clock.now()).close()
    return written


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyicun.config.settings")
    django.setup()
    print(json.dumps(_export()))
