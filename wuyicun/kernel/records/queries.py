"""What is asked of records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wuyicun.kernel.records.models import Quarantined, Record


@dataclass(frozen=True)
class Stored:
    """A record as it was taken in."""

    id: UUID
    kind: str
    by: UUID | None
    at: datetime
    data: Mapping[str, Any]


def stored(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, Stored]:
    """Those of the records that the village has."""
    rows = Record.named(village_id, ids)
    return {row.pk: Stored(row.pk, row.kind, row.by, row.at, row.data) for row in rows}


def latest(village_id: UUID, kinds: Collection[str], limit: int) -> list[Record]:
    """The records of these kinds that arrived last, latest first."""
    rows = Record.rows().filter(village_id=village_id, kind__in=kinds)
    return list(rows.order_by("-received_at", "-id")[:limit])


def kept_aside(village_id: UUID) -> int:
    """How many records wait in the tray for a decision."""
    return Quarantined.rows().filter(village_id=village_id, decision="").count()
