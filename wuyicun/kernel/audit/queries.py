"""What the audit tells of a subject."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wuyicun.kernel.audit.models import LOOKED_BACK_ON, AuditRow


@dataclass(frozen=True)
class Told:
    """A row of the audit about a subject."""

    at: datetime
    by: UUID | None
    action: str
    subject_id: UUID
    data: Mapping[str, object]


def between(village_id: UUID, actions: Collection[str], since: datetime, until: datetime) -> Sequence[Told]:
    """What was done to people and households from a moment to another (not included), earliest first."""
    rows = AuditRow.objects.filter(
        village_id=village_id, subject_kind__in=LOOKED_BACK_ON, at__gte=since, at__lt=until, action__in=actions
    )
    found = rows.order_by("at", "id")
    return [Told(row.at, row.by, row.action, row.subject_id, row.data) for row in found if row.subject_id]


def of_subjects(village_id: UUID, subjects: Collection[UUID], *, limit: int = 20) -> Sequence[Told]:
    """What was done to these subjects, latest first."""
    rows = AuditRow.objects.filter(village_id=village_id, subject_id__in=subjects).order_by("-id")
    return [Told(row.at, row.by, row.action, row.subject_id, row.data) for row in rows[:limit] if row.subject_id]
