"""What an undo would do, worked out like the undo itself but without writing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from wuyicun.domains.registry.importing import reports
from wuyicun.domains.registry.importing.reports import Change, Left
from wuyicun.domains.registry.importing.undo import restoring
from wuyicun.domains.registry.importing.undo.undoing import begun, leave
from wuyicun.domains.registry.models import ImportBatch
from wuyicun.domains.registry.words import Words
from wuyicun.kernel.accounts.models import Village

SHOWN = 100

# A household stays as long as somebody lives in it who is neither removed nor goes back to where they lived before.
_REMOVED = """
    SELECT u.kind, u.subject_id FROM roster_undo u
    WHERE u.change = 'made' AND NOT u.aside AND EXISTS (
        SELECT FROM registry_person p WHERE p.village_id = %(village)s AND p.id = u.subject_id
        UNION ALL SELECT FROM registry_place l WHERE l.village_id = %(village)s AND l.id = u.subject_id
        UNION ALL SELECT FROM registry_household h WHERE h.village_id = %(village)s AND h.id = u.subject_id
    ) AND NOT EXISTS (
        SELECT FROM registry_person p
        WHERE p.village_id = %(village)s AND p.household_id = u.subject_id
          AND NOT EXISTS (
            SELECT FROM roster_undo gone WHERE gone.subject_id = p.id AND gone.change = 'made' AND NOT gone.aside
          ) AND NOT EXISTS (
            SELECT FROM roster_back b WHERE b.subject_id = p.id AND b.cell = 'household' AND b.untouched
          )
    )
    ORDER BY u.subject_id
"""
_RESTORED = """
    SELECT b.kind, b.subject_id, b.cell, u.after ->> b.cell, b.before FROM roster_back b
    JOIN roster_undo u ON u.subject_id = b.subject_id
    WHERE b.untouched ORDER BY b.kind DESC, b.subject_id, b.cell
"""
# Who lives in a household that goes back to its micro-grid goes with it.
_WITH_IT = """
    SELECT p.id FROM registry_person p
    JOIN roster_back b ON b.subject_id = p.household_id AND b.cell = 'micro_grid' AND b.untouched
    WHERE p.village_id = %(village)s
"""


@dataclass(frozen=True)
class Back:
    """Somebody or something that gets cells back: each with what stands there, and what comes back."""

    kind: Words
    name: str
    changes: Sequence[Change]


@dataclass(frozen=True)
class Foreseen:
    """What an undo would do.

    Attributes:
        removed, restored: how many people, households and places.
        by_kind: of those who go, how many of which kind.
        gone, back: the first of them.
        left: those that stay as they are, each with why.
    """

    removed: int
    restored: int
    by_kind: Mapping[str, int]
    gone: Sequence[str]
    back: Sequence[Back]
    left: Sequence[Left]


def foresee(*, village: Village, batch: ImportBatch, at: datetime) -> Foreseen:
    """What an undo would do now. Needs a transaction, for its temporary tables.

    Raises:
        NotCommitted: it isn't committed, or is undone already.
    """
    values = begun(village=village, batch=batch, by=None, at=at)
    left = leave(village.pk, values)
    restoring.look_back(values)
    with connection.cursor() as cursor:
        cursor.execute(_REMOVED, values)
        removed: list[tuple[str, UUID]] = cursor.fetchall()
        cursor.execute(_RESTORED)
        cells: list[tuple[str, UUID, str, str | None, str | None]] = cursor.fetchall()
        cursor.execute(_WITH_IT, values)
        restored = {subject for _, subject, *_ in cells} | {subject for (subject,) in cursor.fetchall()}
    left = [*left, *restoring.left_cells(values)]
    people = [subject for kind, subject in removed if kind == "P"][:SHOWN]
    names = reports.names_of(village.pk, people)
    return Foreseen(
        removed=len(removed),
        restored=len(restored - {subject for _, subject in removed}),
        by_kind={kind: sum(each == kind for each, _ in removed) for kind in reports.KIND},
        gone=[names[subject] for subject in people if subject in names],
        back=_back(village.pk, cells),
        left=reports.in_words(village.pk, left),
    )


def _back(village_id: UUID, cells: Sequence[tuple[str, UUID, str, str | None, str | None]]) -> Sequence[Back]:
    of_subject: dict[UUID, tuple[str, list[Change]]] = {}
    for kind, subject, cell, now, before in cells:
        if subject not in of_subject and len(of_subject) == SHOWN:
            break
        if cell in reports.UNSHOWN:
            continue
        change = Change(reports.cell_word(cell), reports.said(cell, now), reports.said(cell, before), disputed=False)
        of_subject.setdefault(subject, (kind, []))[1].append(change)
    names = reports.names_of(village_id, list(of_subject))
    return [
        Back(reports.KIND[kind], names.get(subject, ""), changes) for subject, (kind, changes) in of_subject.items()
    ]
