"""Which tubes should have left by now, in all rounds that run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection


@dataclass(frozen=True)
class Late:
    """A round with tubes that should have left.

    Attributes:
        tubes: how many wait, or are still open, longer than they may.
        minutes: how long they may.
    """

    round_id: UUID
    area_path: str
    tubes: int
    minutes: int


# As `rules.is_late` says it, of tubes that have not left.
_LATE = """
SELECT r.id, r.area_path, count(*), r.tube_minutes
FROM screening_round r JOIN screening_tube t ON t.village_id = r.village_id AND t.round_id = r.id
WHERE r.village_id = %(village)s AND r.state = 'open' AND t.state IN ('open', 'closed')
  AND coalesce(t.closed_at, t.first_swab_at) < %(at)s - r.tube_minutes * interval '1 minute'
GROUP BY r.id, r.area_path, r.tube_minutes, r.number ORDER BY r.number DESC
"""


def late(village_id: UUID, at: datetime) -> Sequence[Late]:
    """The open rounds in which tubes should have left, the latest first."""
    values: dict[str, Any] = {"village": village_id, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_LATE, values)
        return [Late(*row) for row in cursor.fetchall()]
