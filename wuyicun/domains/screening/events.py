"""What testing tells other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class StationClosed:
    """A station was closed; it is to be disinfected.

    Attributes:
        setup: which setting-up of it ended; what is done for it names this.
        place: the registry's place, if the station stands at one.
        by: the account.
    """

    village_id: UUID
    setup: UUID
    name: str
    place: UUID | None
    area_path: str
    by: UUID | None
    at: datetime
