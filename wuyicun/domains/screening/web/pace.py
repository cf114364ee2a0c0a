"""The pace of a round as a chart: people sampled over time, beside the plan; from zero to everybody who is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import Pace
from wuyicun.domains.screening.web.common import time_words
from wuyicun.kernel.web.formatting import day_words

LEFT, RIGHT, TOP, BOTTOM = 52, 700, 18, 250
HOURS = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 168, 720)
STEPS_UP = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000)


@dataclass(frozen=True)
class Mark:
    """A mark on an axis: where, and its words."""

    place: str
    words: str


@dataclass(frozen=True)
class Drawing:
    """All that the drawing needs; places as text, so that no language writes its own decimal comma.

    Attributes:
        done, planned: the two lines; everybody: where all who are due would be; due: by when.
        rows: some of its points in numbers: when, sampled, planned.
    """

    sentence: str
    done: str
    planned: str
    everybody: Mark
    due: Mark | None
    up: Sequence[Mark]
    along: Sequence[Mark]
    rows: Sequence[tuple[str, int, int | None]]

    @property
    def svg(self) -> str:
        """The drawing by itself, as plain text."""
        return "".join([render_to_string("screening/parts/pace.svg", {"pace": self})])


@dataclass(frozen=True)
class _Frame:
    begins: datetime
    ends: datetime
    top: int

    def along(self, at: datetime) -> str:
        return f"{LEFT + (RIGHT - LEFT) * ((at - self.begins) / (self.ends - self.begins)):.1f}"

    def up(self, number: int) -> str:
        return f"{BOTTOM - (BOTTOM - TOP) * (number / self.top):.1f}"

    def line(self, points: Sequence[tuple[datetime, int]]) -> str:
        return " ".join(f"{self.along(at)},{self.up(number)}" for at, number in points)


def drawing(round_: Round, pace: Pace, people: int, now: datetime) -> Drawing | None:
    """The chart; None while nobody was sampled and nothing is planned.

    Args:
        people: who is due.
    """
    points = [*pace.done, *pace.planned]
    if not points or not people:
        return None
    begins = min(at for at, _number in points)
    ends = max(*(at for at, _number in points), begins + timedelta(minutes=30))
    frame = _Frame(begins, ends, max(people, *(number for _at, number in points)))
    due = round_.due_at if begins < round_.due_at < ends else None
    last = pace.done[-1] if pace.done else (begins, 0)
    return Drawing(
        sentence=_sentence(pace, last, now),
        done=frame.line(pace.done),
        planned=frame.line(pace.planned),
        everybody=Mark(frame.up(people), _("应采 %(people)s") % {"people": people}),
        due=Mark(frame.along(due), _("最晚")) if due else None,
        up=_up(frame),
        along=_along(frame),
        rows=[(_moment(at), number, pace.planned_at(at)) for at, number in pace.done[:: max(1, len(pace.done) // 12)]],
    )


def _sentence(pace: Pace, last: tuple[datetime, int], now: datetime) -> str:
    at, done = last
    planned = pace.planned_at(at)
    words = {"time": time_words(at, now), "done": done, "planned": planned}
    if planned is None:
        return _("到 %(time)s 采了 %(done)s 人") % words
    words["behind"] = abs(planned - done)
    if planned > done:
        return _("到 %(time)s 采了 %(done)s 人，计划到这时 %(planned)s 人，落后 %(behind)s 人") % words
    return _("到 %(time)s 采了 %(done)s 人，计划到这时 %(planned)s 人，没有落后") % words


def _up(frame: _Frame) -> Sequence[Mark]:
    step = next((step for step in STEPS_UP if frame.top / step <= 5), frame.top)
    return [Mark(frame.up(number), str(number)) for number in range(0, frame.top + 1, step)]


def _along(frame: _Frame) -> Sequence[Mark]:
    span = frame.ends - frame.begins
    step = next((timedelta(hours=each) for each in HOURS if span / timedelta(hours=each) <= 7), span)
    local = timezone.localtime(frame.begins)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + step * -(-(local - midnight) // step)
    marks = []
    while first <= frame.ends:
        daily = step >= timedelta(days=1)
        words = day_words(first.date(), timezone.localtime(frame.ends).date()) if daily else f"{first:%H:%M}"
        marks.append(Mark(frame.along(first), words))
        first += step
    return marks


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"
