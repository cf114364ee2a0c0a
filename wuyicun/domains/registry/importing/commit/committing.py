"""Carries out what a file would do, in one transaction, and exactly what was shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.events import HouseholdsChanged, PeopleChanged
from wuyicun.domains.registry.importing.commit.conflicts import open_conflicts
from wuyicun.domains.registry.importing.commit.recording import record_changes, record_lines
from wuyicun.domains.registry.importing.commit.settled import settle_corrected
from wuyicun.domains.registry.importing.commit.writing import write
from wuyicun.domains.registry.importing.diff.diffing import Diff, work_out
from wuyicun.domains.registry.importing.diff.settling import Area
from wuyicun.domains.registry.importing.diff.staging import stage_areas
from wuyicun.domains.registry.models import ImportBatch
from wuyicun.domains.registry.roster import Roster, SheetLayout
from wuyicun.domains.registry.rules import BatchState
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory import queries as areas
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish
from wuyicun.kernel.jobs import progress


class DiffChanged(Refusal):
    """The registry has changed since the preview, so that the file would do something else now."""

    code = "diff_changed"
    words = _("您核对之后名册又有变动，请再核对一次再导入。")


def lock(village_id: UUID) -> None:
    """One import or undo at a time in a village, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"registry.import {village_id}"])


def commit(
    *,
    village: Village,
    batch: ImportBatch,
    roster: Roster,
    layouts: Sequence[SheetLayout],
    digest: str | None,
    by: UUID | None,
    at: datetime,
) -> Diff:
    """Write what the file says. Needs a transaction, in the village's scope.

    Args:
        village: whose people these are.
        batch: the file's batch.
        roster, layouts: the file, read again.
        digest: of the diff that was shown; None when nobody was shown one.

    Raises:
        DiffChanged: the diff is another one by now.
        FileRefused: more sections or micro-grids than an area can have.
    """
    lock(village.pk)
    diff = work_out(village, roster, layouts, sealing=True)
    if digest is not None and diff.digest != digest:
        raise DiffChanged
    batch.areas = _make_areas(village, diff.areas, by=by, at=at)
    if batch.areas:
        stage_areas(village.pk)
    record_lines(village.pk, batch.pk, diff.problems)
    opened = write_down(village=village, batch_id=batch.pk, roster=diff.roster, by=by, at=at)
    batch.state, batch.committed_at, batch.committed_by, batch.diff_digest = BatchState.COMMITTED, at, by, diff.digest
    batch.save(update_fields=["areas", "state", "committed_at", "committed_by", "diff_digest"])
    done = {"conflicts": opened, "areas": len(diff.areas), "people": diff.counts["people"]}
    audit("registry.import", by=by, at=at, village_id=village.pk, subject=("import", batch.pk), data=done)
    return diff


def write_down(*, village: Village, batch_id: UUID, roster: Roster, by: UUID | None, at: datetime) -> int:
    """Write what the staged and compared lines change, and tell of it; return how many conflicts that opens."""
    progress.say("write")
    record_changes(village.pk, batch_id)
    today = at.astimezone(ZoneInfo(village.time_zone)).date()
    moved = write(village_id=village.pk, batch_id=batch_id, today=today, by=by, at=at)
    opened = open_conflicts(village_id=village.pk, batch_id=batch_id, roster=roster, at=at)
    settle_corrected(village_id=village.pk, by=by, at=at)
    people, households = _reindex(village.pk, moved)
    if households:
        publish(HouseholdsChanged(village.pk, tuple(households), by, at))
    if people:
        publish(PeopleChanged(village.pk, tuple(people), by, at))
    return opened


def _make_areas(village: Village, needed: Sequence[Area], *, by: UUID | None, at: datetime) -> list[str]:
    """Make the missing sections and micro-grids; return the paths of the new ones."""
    made: list[str] = []
    sections = {area.name: area.area_path for area in areas.areas(village.pk, levels=[Level.GRID])}
    for section, micro_grid in needed:
        area = territory.add_area(
            village_id=village.pk,
            parent_path=sections[section] if micro_grid else village.area_path,
            level=Level.MICRO_GRID if micro_grid else Level.GRID,
            name=micro_grid or section,
            by=by,
            at=at,
        )
        if not micro_grid:
            sections[section] = area.area_path
        made.append(area.area_path)
    return made


_TOUCHED = """
    SELECT kind, coalesce(subject, new_id), subject IS NULL FROM roster_fact WHERE status IN ('new', 'changed')
"""


def _reindex(village_id: UUID, moved: Sequence[UUID]) -> tuple[list[UUID], list[UUID]]:
    """Make what is new or changed findable; return the people among it (with those who moved with their household),
    and the households.
    """
    touched: dict[str, list[UUID]] = {"P": list(moved), "H": [], "L": []}
    made: set[UUID] = set()
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED)
        for kind, subject, is_new in cursor.fetchall():
            touched[kind].append(subject)
            if is_new:
                made.add(subject)
    people = list(dict.fromkeys(touched["P"]))
    indexing.reindex(village_id, people=people, households=touched["H"], places=touched["L"], made=made)
    return people, touched["H"]
