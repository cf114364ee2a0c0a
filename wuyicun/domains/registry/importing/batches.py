"""A roster file on its way through the page: kept, taken for something, shown, and imported or dropped."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.importing import files, reading
from wuyicun.domains.registry.importing.committing import commit, lock
from wuyicun.domains.registry.importing.diffing import Diff, work_out
from wuyicun.domains.registry.importing.figures import figures
from wuyicun.domains.registry.importing.reading import Reading
from wuyicun.domains.registry.importing.recording import forget_lines, record_lines
from wuyicun.domains.registry.models import ColumnMapping, ImportBatch
from wuyicun.domains.registry.rules import BatchState
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7

_OPEN = (BatchState.READ, BatchState.PREVIEWED)


class BatchEnded(Refusal):
    """The batch was imported, undone or dropped meanwhile."""

    code = "import_ended"
    words = _("这一批已经导入、撤销或放弃,不能再改。")


class FileGone(Refusal):
    """The file is not kept any longer."""

    code = "import_file_gone"
    status = 410
    words = _("上传的文件已按规定删除,请重新上传。")


def take_in(
    *, village: Village, file_name: str, content: Iterable[bytes], by: UUID | None, at: datetime
) -> tuple[ImportBatch, Reading]:
    """Keep a file and read it.

    Args:
        village: whose people it lists.
        file_name: as the clerk calls it.
        content: its bytes, as they come in.

    Raises:
        FileRefused: it can't be read; nothing of it is kept.
    """
    files.forget_old(at)
    batch_id = uuid7()
    kept = files.keep(batch_id, content)
    try:
        with transaction.atomic():
            read = _read(batch_id, file_name, village.pk, ())
            batch = ImportBatch(
                id=batch_id,
                village_id=village.pk,
                file_name=file_name[-200:],
                file_bytes=kept.size,
                digest=kept.digest,
                state=BatchState.READ,
                layouts=reading.as_json(read.layouts),
                made_at=at,
                made_by=by,
            )
            batch.save(force_insert=True)
            data = {"bytes": kept.size, "sheets": len(read.layouts)}
            subject = ("import", batch_id)
            audit("registry.take_in_roster", by=by, at=at, village_id=village.pk, subject=subject, data=data)
    except BaseException:
        files.forget(batch_id)
        raise
    return batch, read


def read_again(batch: ImportBatch) -> Reading:
    """The file of a batch, taken for what was chosen.

    Raises:
        FileGone: it isn't kept any longer.
    """
    return _read(batch.pk, batch.file_name, None, batch.layouts)


def _read(batch_id: UUID, file_name: str, village_id: UUID | None, chosen: Iterable[Mapping[str, Any]]) -> Reading:
    with _opened(batch_id, file_name) as path:
        book = reading.read(path, name=file_name)
    return reading.lay_out(book, village_id=village_id, chosen=list(chosen))


@contextmanager
def _opened(batch_id: UUID, file_name: str) -> Iterator[Any]:
    with contextlib.ExitStack() as stack:
        try:
            path = stack.enter_context(files.opened(batch_id, file_name))
        except FileNotFoundError:
            raise FileGone from None
        yield path


@transaction.atomic
def choose(
    *,
    batch: ImportBatch,
    kinds: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str]],
    by: UUID | None,
    at: datetime,
) -> ImportBatch:
    """Say what sheets list and what their columns hold; remembered for the next file with these titles.

    Args:
        batch: the file's batch.
        kinds: by the sheet's name.
        columns: by the sheet's name, fields by column letters; '' leaves a column out.

    Raises:
        BatchEnded: too late.
        ValueError: no such kind or field.
    """
    batch = _locked(batch)
    read = read_again(batch)
    layouts = [
        reading.with_choice(layout, kinds.get(layout.sheet, layout.kind), columns.get(layout.sheet, {}))
        for layout in read.layouts
    ]
    for before, after in zip(read.layouts, layouts, strict=True):
        if (before.kind, before.mapping) != (after.kind, after.mapping) and after.header_rows:
            ColumnMapping.rows().update_or_create(
                village_id=batch.village_id,
                signature=after.signature,
                defaults={"kind": after.kind, "columns": after.mapping, "updated_at": at},
            )
    batch.layouts, batch.state = reading.as_json(layouts), BatchState.READ
    batch.save(update_fields=["layouts", "state"])
    audit("registry.map_roster", by=by, at=at, village_id=batch.village_id, subject=("import", batch.pk))
    return batch


@transaction.atomic
def preview(*, village: Village, batch: ImportBatch, by: UUID | None, at: datetime) -> Diff:
    """Work out what the file would do, and keep its lines and problems to be looked at.

    Raises:
        BatchEnded: too late.
        FileRefused: no sheet lists anybody, or more areas than there can be.
        FileGone: it isn't kept any longer.
    """
    batch = _locked(batch)
    read = read_again(batch)
    diff = work_out(village, read.roster(at), read.layouts, sealing=False)
    record_lines(village.pk, batch.pk, diff.problems)
    batch.state, batch.previewed_at, batch.diff_digest = BatchState.PREVIEWED, at, diff.digest
    batch.counts = _counts(diff)
    batch.save(update_fields=["state", "previewed_at", "diff_digest", "counts"])
    audit("registry.preview_roster", by=by, at=at, village_id=village.pk, subject=("import", batch.pk))
    return diff


@transaction.atomic
def carry_out(*, village: Village, batch: ImportBatch, digest: str, by: UUID | None, at: datetime) -> Diff:
    """Import the file, exactly as it was shown.

    Args:
        village: whose people it lists.
        batch: the file's batch.
        digest: `diff_digest` of the batch as it was shown.

    Raises:
        BatchEnded: too late.
        DiffChanged: it would do something else by now.
        FileGone: it isn't kept any longer.
    """
    lock(village.pk)
    batch = _locked(batch)
    read = read_again(batch)
    diff = commit(
        village=village, batch=batch, roster=read.roster(at), layouts=read.layouts, digest=digest, by=by, at=at
    )
    batch.counts = _counts(diff)
    batch.save(update_fields=["counts"])
    return diff


@transaction.atomic
def drop(*, batch: ImportBatch, by: UUID | None, at: datetime) -> None:
    """Forget a file that was not imported. Raises BatchEnded: too late."""
    batch = _locked(batch)
    forget_lines(batch.village_id, batch.pk)
    batch.state, batch.counts = BatchState.DROPPED, {}
    batch.save(update_fields=["state", "counts"])
    files.forget(batch.pk)
    audit("registry.drop_roster", by=by, at=at, village_id=batch.village_id, subject=("import", batch.pk))


def _locked(batch: ImportBatch) -> ImportBatch:
    current = ImportBatch.rows().select_for_update().get(village_id=batch.village_id, pk=batch.pk)
    if current.state not in _OPEN:
        raise BatchEnded
    return current


def _counts(diff: Diff) -> dict[str, Any]:
    village = diff.roster.village
    return {**diff.counts, "figures": figures(diff), "areas": [list(area) for area in diff.areas], "village": village}
