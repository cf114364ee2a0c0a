"""The codes of disinfecting. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

DISINFECTION = "disinfection"
MOST_AHEAD = timedelta(minutes=5)
"""So far may the clock of who writes down run ahead."""


class Source(StrEnum):
    """What a disinfection is owed for."""

    STATION = "screening.station"


class Method(StrEnum):
    """How it is done."""

    SPRAY = "spray"
    WIPE = "wipe"
    MOP = "mop"
    SOAK = "soak"
    FOG = "fog"
    LAMP = "lamp"


def settles(done_at: datetime, since: datetime) -> bool:
    """Does what was done then settle what has been owed since? The form knows minutes, not seconds."""
    return done_at >= since.replace(second=0, microsecond=0)


def is_ahead(done_at: datetime, now: datetime) -> bool:
    """Does it lie in the future?"""
    return done_at > now + MOST_AHEAD
