"""What cleaning tells other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Disinfected:
    """What was owed after something of another room was done, or is owed again (`done_at` None).

    Attributes:
        source: the kind of what it was owed for (`rules.Source`).
        source_id: its id.
    """

    village_id: UUID
    source: str
    source_id: UUID
    done_at: datetime | None
    at: datetime
