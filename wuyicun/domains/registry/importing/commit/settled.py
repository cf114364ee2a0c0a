"""Closes conflicts that a corrected number has settled by itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

# One of the two holds another number by now: what they had in common is no longer disputed.
_CORRECTED = """
    UPDATE registry_conflict c SET decided_at = %(at)s, decided_by = %(by)s, decision = 'corrected'
    FROM registry_person p
    WHERE c.village_id = %(village)s AND c.decided_at IS NULL AND c.code = 'duplicate_id'
      AND p.village_id = c.village_id AND p.id IN (c.first_id, c.second_id)
      AND p.id_index IS NOT NULL AND p.id_index <> c.value_index
"""


def settle_corrected(*, village_id: UUID, by: UUID | None, at: datetime) -> None:
    """Decide the duplicate numbers of which one person has been given another number."""
    with connection.cursor() as cursor:
        cursor.execute(_CORRECTED, {"village": village_id, "by": by, "at": at})
