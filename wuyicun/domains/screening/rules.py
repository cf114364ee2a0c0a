"""The pure rules of a testing round: codes of kinds, flags, tubes and their clock (docs/decisions/0003)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

PACE_MINUTES = 30
"""How far back the pace of a round is measured."""

ROLL_KIND = "screening.round"
RETEST_KIND = "screening.retest"


class Fit(IntEnum):
    """Whether a swab can count, as far as its tube is concerned; kept as a number."""

    OK = 0
    NO_TUBE = 1  # its tube was not opened (yet)
    FOREIGN_DEVICE = 2
    OVER_POOL = 3
    TUBE_ENDED = 4
    VOIDED = 5


FLAGS = {Fit.FOREIGN_DEVICE: "foreign_device", Fit.OVER_POOL: "over_pool", Fit.TUBE_ENDED: "tube_ended"}
DUPLICATE = "duplicate_sample"


class TubeState(StrEnum):
    """Where a tube is."""

    EXPECTED = "expected"  # swabs or results came before its opening record
    OPEN = "open"
    CLOSED = "closed"
    HANDED = "handed"
    RECEIVED = "received"
    DONE = "done"
    VOID = "void"
    LOST = "lost"


ENDED = (TubeState.VOID, TubeState.LOST)


class TubeResult(StrEnum):
    """A tube's result; disputed when records contradict each other and no correction settles it."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    INVALID = "invalid"
    DISPUTED = "disputed"


class RoundState(StrEnum):
    """The state of a round."""

    OPEN = "open"
    CLOSED = "closed"
    AMENDED = "amended"
    CANCELLED = "cancelled"


HOME = "home"
"""The kind of the station that stands for people's homes."""


class StationState(StrEnum):
    """Whether a station takes people; homes have none."""

    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"


class Stopped(StrEnum):
    """Why somebody was not let in at the entrance."""

    FEVER = "fever"
    YELLOW_CODE = "yellow_code"
    RED_CODE = "red_code"
    OTHER = "other"


PASSED, STOPPED, QUEUE = "waiting.passed", "waiting.stopped", "station.queue"
FEVER_FROM = 37.3
"""Degrees; 卡口 and entrances alike (domain.md, checkpoints)."""


def wait_minutes(queue: int, lately: int, within_minutes: int) -> int | None:
    """How long the last of a queue waits at the present pace; None when nobody was sampled lately.

    Args:
        lately: swabs of the last `within_minutes` minutes.
    """
    return None if lately <= 0 else -(-queue * within_minutes // lately)


@dataclass(frozen=True)
class TubeClock:
    """The times of a tube that its punctuality follows from."""

    first_swab_at: datetime | None
    closed_at: datetime | None
    handed_at: datetime | None


def leaves_by(clock: TubeClock, within_minutes: int) -> datetime | None:
    """By when a tube must have left: one span after its closing, or one after its first swab while it is still open."""
    start = clock.closed_at or clock.first_swab_at
    return None if start is None else start + timedelta(minutes=within_minutes)


def is_late(clock: TubeClock, within_minutes: int, at: datetime) -> bool:
    """Was (or is, at `at`) the tube kept longer than allowed, open or waiting to leave?"""
    span = timedelta(minutes=within_minutes)
    if clock.first_swab_at is not None and (clock.closed_at or at) - clock.first_swab_at > span:
        return True
    return clock.closed_at is not None and (clock.handed_at or at) - clock.closed_at > span


def finish_at(owed: int, lately: int, within_minutes: int, at: datetime) -> datetime | None:
    """When the round will be through at the present pace; None when nobody was sampled lately or nobody is owed.

    Args:
        owed: people still owed.
        lately: samples of the last `within_minutes` minutes.
    """
    if owed <= 0 or lately <= 0:
        return None
    return at + timedelta(minutes=owed * within_minutes / lately)


def quarter_start(at: datetime) -> datetime:
    """The first moment of the quarter that `at` lies in, in the zone of `at`."""
    return at.replace(month=(at.month - 1) // 3 * 3 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
