"""When a backup is due, when none is too old, and which ones may go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

ENDING = ".wuyibackup"
OLD_AFTER = timedelta(days=2)
SILENT_AFTER = timedelta(minutes=2)  # a run that has not said anything for so long was killed
WAITS_FOR = timedelta(hours=1)  # while other jobs are worked off
ALL_KEPT_FOR = timedelta(days=2)
DAYS, WEEKS, MONTHS = 7, 5, 12

_NAME = re.compile(r"wuyicun-(\d{8}T\d{6}Z)\.wuyibackup")
_MOMENT = "%Y%m%dT%H%M%SZ"


class RunState(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    GOOD = "good"
    FAILED = "failed"


class Kind(StrEnum):
    """What made it run."""

    DAILY = "daily"
    PAGE = "page"
    SHELL = "shell"


def was_killed(state: RunState, touched_at: datetime, now: datetime) -> bool:
    """Whether a run that should be under way has fallen silent."""
    silent_after = {RunState.WAITING: WAITS_FOR, RunState.RUNNING: SILENT_AFTER}.get(state)
    return silent_after is not None and now - touched_at > silent_after


def name_of(at: datetime) -> str:
    """The name of an archive in the folder of archives."""
    return f"wuyicun-{at.astimezone(UTC):{_MOMENT}}{ENDING}"


def made_at(name: str) -> datetime | None:
    """When the archive of this name was made; None for a file that somebody named otherwise."""
    found = _NAME.fullmatch(name)
    return datetime.strptime(found[1], _MOMENT).replace(tzinfo=UTC) if found else None


def last_planned(now: datetime, hour: int, zone: tzinfo) -> datetime:
    """The last moment at which the daily backup should have begun: today at this hour, or yesterday."""
    local = now.astimezone(zone)
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def is_due(last_good: datetime | None, now: datetime, hour: int, zone: tzinfo) -> bool:
    """Whether the daily backup is to be made now; a computer that was off at its hour makes it up."""
    return last_good is None or last_good < last_planned(now, hour, zone)


def is_old(last_good: datetime | None, now: datetime) -> bool:
    """Whether someone must act: there is no good backup, or it is older than two days."""
    return last_good is None or now - last_good > OLD_AFTER


def superfluous(made: Iterable[datetime], now: datetime, zone: tzinfo) -> set[datetime]:
    """Those archives that may go: of seven days, five weeks and twelve months the newest of each stays.

    So do all of the last two days: somebody may have made one before something that can go wrong.
    """
    newest_first = sorted(made, reverse=True)
    spans: tuple[tuple[int, Callable[[datetime], tuple[int, ...]]], ...] = (
        (DAYS, lambda day: (day.year, day.month, day.day)),
        (WEEKS, lambda day: day.isocalendar()[:2]),
        (MONTHS, lambda day: (day.year, day.month)),
    )
    kept = {each for each in newest_first if now - each <= ALL_KEPT_FOR}
    for number, span_of in spans:
        newest_of: dict[tuple[int, ...], datetime] = {}
        for each in newest_first:
            newest_of.setdefault(span_of(each.astimezone(zone)), each)
        kept.update(list(newest_of.values())[:number])
    return set(newest_first) - kept
