"""A tube's way from its first swab to its result, step by step, each with how long it took and how long it may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import TubeView
from wuyicun.domains.screening.rules import ENDED
from wuyicun.domains.screening.words import Words

_NOTHING = timedelta(0)  # clocks of two phones may differ


@dataclass(frozen=True)
class Step:
    """A step.

    Attributes:
        at: when it was done, None while it is not.
        took: since what it is reckoned from, up to now while it is not done; None before that.
        since: what it is reckoned from.
        within: how long it may take, None where nothing is said.
        by: when it is due, while it is not done.
    """

    word: Words
    at: datetime | None
    took: timedelta | None
    since: Words
    within: timedelta | None
    by: datetime | None

    @property
    def late(self) -> bool:
        """Did it take (or has it taken) longer than it may?"""
        return self.took is not None and self.within is not None and self.took > self.within


def way(tube: TubeView, round_: Round, now: datetime) -> Sequence[Step]:
    """The steps of a tube, those to come included; none of one that is void or lost is awaited."""
    leaves, result = timedelta(minutes=round_.tube_minutes), timedelta(hours=round_.result_hours)
    until = None if tube.state in ENDED else now
    steps = [
        (_("第一份采样"), tube.first_swab_at, None, "", None),
        (_("封管"), tube.closed_at, tube.first_swab_at, _("第一份采样"), leaves),
        (_("送走"), tube.handed_at, tube.closed_at, _("封管"), leaves),
        (_("实验室接收"), tube.received_at, tube.handed_at, _("送走"), None),
        (_("出结果"), tube.result_at, tube.first_swab_at, _("第一份采样"), result),
    ]
    return [
        Step(word, at, _took(at or until, start), since, within, _due(start, within) if until and at is None else None)
        for word, at, start, since, within in steps
    ]


def _took(end: datetime | None, start: datetime | None) -> timedelta | None:
    return None if start is None or end is None else max(end - start, _NOTHING)


def _due(start: datetime | None, within: timedelta | None) -> datetime | None:
    return None if start is None or within is None else start + within
