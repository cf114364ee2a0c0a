"""Takes back what a batch did, and leaves alone whoever has later records or changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.events import HouseholdsChanged, PeopleChanged, PeopleRemoved
from wuyicun.domains.registry.importing import files
from wuyicun.domains.registry.importing.commit.committing import lock
from wuyicun.domains.registry.importing.commit.recording import forget_changes, forget_lines
from wuyicun.domains.registry.importing.diff.staging import stage
from wuyicun.domains.registry.importing.undo import restoring
from wuyicun.domains.registry.models import Conflict, ImportBatch
from wuyicun.domains.registry.rules import BatchState
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory import queries as areas
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish
from wuyicun.kernel.jobs import progress

InUse = Callable[[UUID, Collection[UUID]], set[UUID]]
"""Says which of a village's people, households, places and areas other rooms have records of."""


class NotCommitted(Refusal):
    """Only what was imported can be undone, and only once."""

    code = "import_not_committed"
    words = _("这一批没有导入，或已经撤销。")


@dataclass(frozen=True)
class Undone:
    """What an undo did.

    Attributes:
        removed, restored: how many people, households and places.
        left: those that stay as they are, each with why: `later` changes or another import, or `in_use` elsewhere.
    """

    removed: int
    restored: int
    left: Sequence[tuple[str, UUID, str]]


@transaction.atomic
def undo(*, village: Village, batch: ImportBatch, by: UUID | None, at: datetime) -> Undone:
    """Take back a committed batch.

    Raises:
        NotCommitted: it isn't committed, or is undone already.
    """
    turns.take(alone=[village.pk])  # swabs have no foreign key: nobody may just be sampling whom this removes
    lock(village.pk)
    batch = ImportBatch.rows().select_for_update().get(village_id=village.pk, pk=batch.pk)
    values = begun(village=village, batch=batch, by=by, at=at)
    progress.say("touched")
    left = leave(village.pk, values)
    progress.say("back")
    restored = restoring.restore(values)
    removed = restoring.remove(values)
    restored = {kind: sorted(set(subjects) - set(removed[kind])) for kind, subjects in restored.items()}
    _forget(village.pk, batch)
    _remove_areas(village.pk, batch, by=by, at=at)
    _tell(village.pk, removed, restored, by=by, at=at)
    report = [*left, *restoring.left_cells(values)]
    numbers = {"removed": sum(map(len, removed.values())), "restored": sum(map(len, restored.values()))}
    batch.state, batch.undone_at, batch.areas, batch.outline_sealed = BatchState.UNDONE, at, [], None
    batch.counts = {"left": _as_json(report), **numbers}
    batch.save(update_fields=["state", "undone_at", "areas", "counts", "outline_sealed"])
    files.forget(batch.pk)
    audit("registry.undo_import", by=by, at=at, village_id=village.pk, subject=("import", batch.pk), data=numbers)
    return Undone(numbers["removed"], numbers["restored"], report)


def begun(*, village: Village, batch: ImportBatch, by: UUID | None, at: datetime) -> dict[str, Any]:
    """Lay out what an undo works on; return the values of its statements.

    Raises:
        NotCommitted: it isn't committed, or is undone already.
    """
    if batch.state != BatchState.COMMITTED or batch.committed_at is None:
        raise NotCommitted
    stage(village.pk, ())
    return {
        "village": village.pk,
        "batch": batch.pk,
        "committed": batch.committed_at,
        "today": batch.committed_at.astimezone(ZoneInfo(village.time_zone)).date(),
        "by": by,
        "at": at,
    }


def leave(village_id: UUID, values: dict[str, Any]) -> list[tuple[str, UUID, str]]:
    """Put aside what the batch made and others have touched or know of since."""
    left = restoring.put_aside_touched(values)
    made = restoring.made(values)
    used = _in_use(village_id, list(made))
    restoring.put_aside(used)
    return [*left, *((made[subject], subject, "in_use") for subject in sorted(used) if subject in made)]


def _in_use(village_id: UUID, subjects: Collection[UUID]) -> set[UUID]:
    name: str | None = getattr(settings, "WUYI_PEOPLE_IN_USE", None)
    if name is None or not subjects:
        return set()
    ask: InUse = import_string(name)
    return ask(village_id, subjects)


def _forget(village_id: UUID, batch: ImportBatch) -> None:
    """Remove the lines and problems of the batch, and what it left to be decided unless both people stay."""
    gone = restoring.removed_ids()
    open_ones = Conflict.rows().filter(village_id=village_id, batch_id=batch.pk, decided_at=None)
    for conflict in open_ones:
        if conflict.code != "duplicate_id" or gone & {conflict.first_id, conflict.second_id}:
            conflict.delete()
    forget_lines(village_id, batch.pk)
    forget_changes(village_id, batch.pk)


def _remove_areas(village_id: UUID, batch: ImportBatch, *, by: UUID | None, at: datetime) -> None:
    """Remove the sections and micro-grids that the batch made and nobody is in."""
    for done, path in enumerate(reversed(batch.areas)):
        progress.say("areas", done, len(batch.areas))
        area = areas.area(village_id, path)
        if not restoring.is_inhabited(village_id, path) and not _in_use(village_id, [area.pk]):
            territory.remove_area(village_id=village_id, area_path=path, by=by, at=at)


def _tell(
    village_id: UUID,
    removed: dict[str, list[UUID]],
    restored: dict[str, list[UUID]],
    *,
    by: UUID | None,
    at: datetime,
) -> None:
    touched = {kind: [*removed[kind], *restored[kind]] for kind in removed}
    progress.say("find")
    indexing.reindex(village_id, people=touched["P"], households=touched["H"], places=touched["L"])
    if touched["H"]:
        publish(HouseholdsChanged(village_id, tuple(touched["H"]), by, at))
    if removed["P"]:
        publish(PeopleRemoved(village_id, tuple(removed["P"]), by, at))
    if restored["P"]:
        publish(PeopleChanged(village_id, tuple(restored["P"]), by, at))


def _as_json(left: Sequence[tuple[str, UUID, str]]) -> list[list[str]]:
    return [[kind, str(subject), reason] for kind, subject, reason in left]
