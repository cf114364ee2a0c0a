"""The only place that asks what time it is; everything else is told (`at`)."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in UTC and aware."""
    return datetime.now(UTC)
