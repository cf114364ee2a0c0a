"""When the next round of a series is due. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from wuyicun.domains.profiles.rules import Scheme


@dataclass(frozen=True)
class Held:
    """A round of a series.

    Attributes:
        day: on which it was opened.
        clean: nobody was positive in the end; None while it runs.
    """

    day: date
    clean: bool | None


class Stage(StrEnum):
    """Where a series is."""

    RUNNING = "running"  # a round is open
    DUE = "due"  # the next one is to be opened on a day
    COMPLETE = "complete"  # the one more was clean too


@dataclass(frozen=True)
class Standing:
    """Where a series is.

    Attributes:
        clean: rounds in a row without a positive, up to the last that was closed.
        on: the day of the next round; None unless it is due.
        last: the next round is the one more, after the gap.
    """

    stage: Stage
    clean: int
    on: date | None = None
    last: bool = False


def standing(scheme: Scheme, held: Sequence[Held], begun: date) -> Standing:
    """Where a series is after these rounds, in their order.

    Args:
        begun: the day on which it was begun, when its first round is due.
    """
    clean = 0
    for each in held:
        clean = clean + 1 if each.clean else 0 if each.clean is False else clean
    if any(each.clean is None for each in held):
        return Standing(Stage.RUNNING, clean)
    if not held:
        return Standing(Stage.DUE, 0, begun)
    if scheme.clean_rounds and clean > scheme.clean_rounds:
        return Standing(Stage.COMPLETE, clean)
    if scheme.clean_rounds and clean == scheme.clean_rounds:
        return Standing(Stage.DUE, clean, held[-1].day + timedelta(days=scheme.gap_days + 1), last=True)
    return Standing(Stage.DUE, clean, held[-1].day + timedelta(days=scheme.every_days))
