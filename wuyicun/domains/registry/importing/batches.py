"""A roster file on its way through the page: kept, taken for something, shown, and imported or dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.importing import files, reading
from wuyicun.domains.registry.importing.commit.committing import commit, lock
from wuyicun.domains.registry.importing.commit.recording import forget_lines, record_lines
from wuyicun.domains.registry.importing.diff.diffing import Diff, work_out
from wuyicun.domains.registry.importing.figures import figures
from wuyicun.domains.registry.importing.reading import Reading
from wuyicun.domains.registry.models import ColumnMapping, ImportBatch
from wuyicun.domains.registry.roster import SheetLayout
from wuyicun.domains.registry.rules import BatchState
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.jobs import progress

_OPEN = (BatchState.READ, BatchState.WORKING, BatchState.PREVIEWED)


class BatchEnded(Refusal):
    """The batch was imported, undone or dropped meanwhile."""

    code = "import_ended"
    words = _("这一批已经导入、撤销或放弃，不能再改。")


class BatchBusy(Refusal):
    """The batch is being worked on; nobody waits for that to end, since it may take minutes."""

    code = "import_busy"
    words = _("这一批正在处理，请等它做完，或先停下。")


def take_in(
    *, village: Village, file_name: str, content: Iterable[bytes], by: UUID | None, at: datetime
) -> ImportBatch:
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
            book = reading.read_kept(batch_id, file_name)
            read = reading.lay_out(book, village_id=village.pk)
            batch = ImportBatch(
                id=batch_id,
                village_id=village.pk,
                file_name=file_name[-200:],
                file_bytes=kept.size,
                digest=kept.digest,
                state=BatchState.READ,
                counts={"rows": {sheet.name: len(sheet.rows) for sheet in book.sheets}},
                made_at=at,
                made_by=by,
            )
            batch.set_outline(reading.as_json(read.layouts))
            batch.save(force_insert=True)
            _audit("registry.take_in_roster", batch, by, at, bytes=kept.size, sheets=len(read.layouts))
    except BaseException:
        files.forget(batch_id)
        raise
    return batch


def read_again(batch: ImportBatch) -> Reading:
    """The file of a batch, taken for what was chosen.

    Raises:
        FileGone: it isn't kept any longer.
    """
    return Reading(reading.read_kept(batch.pk, batch.file_name), layouts_of(batch))


def layouts_of(batch: ImportBatch) -> tuple[SheetLayout, ...]:
    """What the sheets of a batch are taken for, without reading the file."""
    return reading.from_json(batch.outline)


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
        BatchBusy: somebody else is going on with it.
        ValueError: no such kind or field.
    """
    batch = locked(batch)
    before = layouts_of(batch)
    after = [
        reading.with_choice(layout, kinds.get(layout.sheet, layout.kind), columns.get(layout.sheet, {}))
        for layout in before
    ]
    for old, new in zip(before, after, strict=True):
        if (old.kind, old.mapping) != (new.kind, new.mapping) and new.header_rows:
            ColumnMapping.rows().update_or_create(
                village_id=batch.village_id,
                signature=new.signature,
                defaults={"kind": new.kind, "columns": new.mapping, "updated_at": at},
            )
    batch.state, batch.refusal = BatchState.READ, None
    batch.set_outline(reading.as_json(after))
    batch.save(update_fields=["outline_sealed", "state", "refusal"])
    _audit("registry.map_roster", batch, by, at)
    return batch


@transaction.atomic
def preview(*, village: Village, batch: ImportBatch, by: UUID | None, at: datetime) -> Diff:
    """Work out what the file would do, and keep its lines and problems to be looked at.

    Raises:
        BatchEnded: too late.
        BatchBusy: somebody else is going on with it.
        FileRefused: no sheet lists anybody, or more areas than there can be.
        FileGone: it isn't kept any longer.
    """
    batch = locked(batch)
    progress.say("read")
    read = read_again(batch)
    diff = work_out(village, read.roster(at), read.layouts, sealing=False)
    record_lines(village.pk, batch.pk, diff.problems)
    batch.state, batch.previewed_at, batch.diff_digest = BatchState.PREVIEWED, at, diff.digest
    batch.counts, batch.refusal = _counts(batch, diff), None
    batch.save(update_fields=["state", "previewed_at", "diff_digest", "counts", "refusal"])
    _audit("registry.preview_roster", batch, by, at)
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
        BatchBusy: somebody else is going on with it.
        DiffChanged: it would do something else by now.
        FileGone: it isn't kept any longer.
    """
    lock(village.pk)
    batch = locked(batch)
    progress.say("read")
    read = read_again(batch)
    diff = commit(
        village=village, batch=batch, roster=read.roster(at), layouts=read.layouts, digest=digest, by=by, at=at
    )
    batch.counts, batch.refusal = _counts(batch, diff), None
    batch.save(update_fields=["counts", "refusal"])
    return diff


@transaction.atomic
def drop(*, batch: ImportBatch, by: UUID | None, at: datetime) -> None:
    """Forget a file that was not imported. Raises BatchEnded: too late; BatchBusy."""
    batch = locked(batch)
    forget_lines(batch.village_id, batch.pk)
    batch.state, batch.counts, batch.outline_sealed = BatchState.DROPPED, {}, None
    batch.save(update_fields=["state", "counts", "outline_sealed"])
    files.forget(batch.pk)
    _audit("registry.drop_roster", batch, by, at)


def locked(
    batch: ImportBatch, states: Collection[BatchState] = _OPEN, otherwise: type[Refusal] = BatchEnded
) -> ImportBatch:
    """The batch as it stands, for whoever goes on with it.

    Args:
        states: from which they can.
        otherwise: raised when it stands anywhere else.

    Raises:
        BatchBusy: somebody else is going on with it.
        BatchEnded: nobody can any more.
    """
    rows = ImportBatch.rows().select_for_update(skip_locked=True)
    current = rows.filter(village_id=batch.village_id, pk=batch.pk).first()
    if current is None:
        raise BatchBusy
    if current.state not in states:
        raise otherwise
    return current


def _counts(batch: ImportBatch, diff: Diff) -> dict[str, Any]:
    return {
        **diff.counts,
        "rows": batch.counts.get("rows", {}),
        "figures": figures(diff),
        "areas": [list(area) for area in diff.areas],
        "village": diff.roster.village,
    }


def _audit(action: str, batch: ImportBatch, by: UUID | None, at: datetime, **data: object) -> None:
    audit(action, by=by, at=at, village_id=batch.village_id, subject=("import", batch.pk), data=data)
