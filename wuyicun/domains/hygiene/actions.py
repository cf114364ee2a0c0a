"""Owing a disinfection; the doing of it is a record (`records.py`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from wuyicun.domains.hygiene.models import Due
from wuyicun.domains.hygiene.rules import Source
from wuyicun.domains.rolls import actions as rolls
from wuyicun.kernel.audit.actions import audit


@transaction.atomic
def owe(
    *,
    village_id: UUID,
    source: Source,
    source_id: UUID,
    point: str,
    place_id: UUID | None,
    area_path: str,
    by: UUID | None,
    at: datetime,
) -> None:
    """A point is to be disinfected from now on; said twice of the same thing it is owed once."""
    due, made = Due.rows().get_or_create(
        village_id=village_id,
        source=source,
        source_id=source_id,
        defaults={"point": point, "place_id": place_id, "area_path": area_path, "since": at},
    )
    if made:
        audit("hygiene.owe", by=by, at=at, village_id=village_id, subject=("due", due.pk), data={"source": source})
        rolls.touch([village_id], at)
