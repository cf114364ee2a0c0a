"""Rooms write here what others must see of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

_json = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Known:
    """What screening knows of a person: the sampling time of the last negative result, and the hold, if any."""

    id: UUID
    village_id: UUID
    last_negative_at: datetime | None
    held_since: datetime | None
    held_until: datetime | None
    held_by: str


_WRITE = """
INSERT INTO standing_standing (id, village_id, last_negative_at, held_since, held_until, held_by, updated_at)
SELECT id, village_id, last_negative_at, held_since, held_until, held_by, %s FROM json_to_recordset(%s::json)
  AS r (id uuid, village_id uuid, last_negative_at timestamptz, held_since timestamptz, held_until timestamptz,
  held_by text)
ORDER BY id
ON CONFLICT (id) DO UPDATE SET last_negative_at = EXCLUDED.last_negative_at, held_since = EXCLUDED.held_since,
  held_until = EXCLUDED.held_until, held_by = EXCLUDED.held_by, updated_at = EXCLUDED.updated_at
"""


def know(people: Iterable[Known], at: datetime) -> None:
    """Write what screening knows of people."""
    rows = list(people)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [at, _json.encode(rows).decode()])
