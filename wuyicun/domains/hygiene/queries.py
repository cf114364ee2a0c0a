"""What is asked of disinfecting: what is owed, and the log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from wuyicun.domains.hygiene.models import Disinfection, Due


@dataclass(frozen=True)
class Owed:
    """A point that is to be disinfected."""

    id: UUID
    point: str
    area_path: str
    since: datetime


@dataclass(frozen=True)
class Line:
    """A line of the log."""

    id: UUID
    done_at: datetime
    point: str
    method: str
    agent: str
    operator: str
    note: str
    by: UUID | None
    voided: bool


def owed(village_id: UUID) -> Sequence[Owed]:
    """What is owed, the longest first."""
    rows = Due.rows().filter(village_id=village_id, settled_at=None).order_by("since", "id")
    return [_owed(row) for row in rows]


def count_owed(village_id: UUID) -> int:
    """How many points are owed."""
    return Due.rows().filter(village_id=village_id, settled_at=None).count()


def due(village_id: UUID, due_id: UUID) -> Owed | None:
    """One that is or was owed, by its id or by what it is owed for."""
    row = Due.rows().filter(Q(pk=due_id) | Q(source_id=due_id), village_id=village_id).first()
    return None if row is None else _owed(row)


def names_of(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The points of those of the ids that are owed."""
    return dict(Due.rows().filter(village_id=village_id, pk__in=ids).values_list("pk", "point"))


def line(village_id: UUID, line_id: UUID) -> Line | None:
    """A line of the log, None when there is no such one."""
    row = Disinfection.rows().filter(village_id=village_id, pk=line_id).first()
    return None if row is None else _line(row)


def log(village_id: UUID, limit: int, after: tuple[datetime, UUID] | None = None) -> Sequence[Line]:
    """The log, latest first, those taken back included; `after` is where the page before ended."""
    rows = Disinfection.rows().filter(village_id=village_id)
    if after is not None:
        rows = rows.filter(Q(done_at__lt=after[0]) | Q(done_at=after[0], id__lt=after[1]))
    return [_line(row) for row in rows.order_by("-done_at", "-id")[:limit]]


def every_line(village_id: UUID) -> Iterator[Line]:
    """The whole log in the order of its dates, without what was taken back."""
    rows = Disinfection.rows().filter(village_id=village_id, voided=False).order_by("done_at", "id")
    return (_line(row) for row in rows.iterator())


def _owed(row: Due) -> Owed:
    return Owed(row.pk, row.point, row.area_path, row.since)


def _line(row: Disinfection) -> Line:
    return Line(row.pk, row.done_at, row.point, row.method, row.agent, row.operator, row.note, row.by, row.voided)
