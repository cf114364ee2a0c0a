"""An import from the command line: the whole way in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from wuyicun.domains.registry.importing import reading
from wuyicun.domains.registry.importing.commit.committing import commit
from wuyicun.domains.registry.importing.diff.diffing import work_out
from wuyicun.domains.registry.importing.figures import figures, problem_as_json
from wuyicun.domains.registry.models import ImportBatch
from wuyicun.domains.registry.rules import BatchState
from wuyicun.domains.territory import actions as territory
from wuyicun.kernel import scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Village

PLACEHOLDER = "99"
"""No province has the code 99 (GB/T 2260): a village founded without its official code gets one that begins so."""

_UNNAMED = "未命名村"


@dataclass(frozen=True)
class Done:
    """What an import from the shell did, or would do."""

    village: Village
    founded: bool
    result: dict[str, Any]


def import_file(path: Path, *, name: str, code: str | None, dry_run: bool, at: datetime) -> Done:
    """Read a file, find or found its village, and import it.

    Args:
        path: the file.
        name: what it is called.
        code: the village's official code of twelve digits; None takes the village whose name the file carries, else a
            new one.
        dry_run: nothing is kept.
        at: when.

    Raises:
        FileRefused: it can't be read as a roster.
        NotAVillageCode: `code` isn't twelve digits.
    """
    book = reading.read(path, name=name)
    first = reading.lay_out(book)
    first_roster = first.roster(at)
    said = first_roster.village
    with transaction.atomic():
        village, founded = _village(said, code, at)
        with scope.enter(scope.of_system([village.pk])):
            read = reading.lay_out(book, village_id=village.pk)
            roster = first_roster if read == first else read.roster(at)
            if dry_run:
                diff = work_out(village, roster, read.layouts, sealing=False)
            else:
                batch = ImportBatch(
                    village_id=village.pk,
                    file_name=name[:200],
                    file_bytes=path.stat().st_size,
                    digest=hashlib.sha256(path.read_bytes()).digest(),
                    state=BatchState.READ,
                    made_at=at,
                )
                batch.save(force_insert=True)
                diff = commit(
                    village=village, batch=batch, roster=roster, layouts=read.layouts, digest=None, by=None, at=at
                )
                rows = {sheet.name: len(sheet.rows) for sheet in book.sheets}
                batch.counts = {**diff.counts, "figures": figures(diff), "rows": rows}
                batch.save(update_fields=["counts"])
        result = {**figures(diff), "problems": [problem_as_json(problem) for problem in diff.problems]}
        if dry_run:
            transaction.set_rollback(True)
    return Done(village, founded, result)


def _village(said: str | None, code: str | None, at: datetime) -> tuple[Village, bool]:
    """The village that is meant, and whether it is new."""
    known = accounts.all_villages()
    if code is not None:
        found = next((village for village in known if village.area_path == code.strip()), None)
        name = said or _UNNAMED
    else:
        found = _named(said, known)
        name, code = said or _UNNAMED, _free_code(known)
    if found is not None:
        return found, False
    return territory.found_village(code=code, name=name, by=None, at=at), True


def _named(said: str | None, known: Sequence[Village]) -> Village | None:
    """The one village of this name; a file that carries no name means the only one there is."""
    if said is None:
        return known[0] if len(known) == 1 else None
    named = [village for village in known if _bare(village.name) == _bare(said)]
    return named[0] if len(named) == 1 else None


def _bare(name: str) -> str:
    return name.removesuffix("村").removesuffix("社区") or name


def _free_code(known: Sequence[Village]) -> str:
    taken = {village.area_path for village in known}
    return next(code for number in range(1, 10**6) if (code := f"{PLACEHOLDER}0000{number:06d}") not in taken)
