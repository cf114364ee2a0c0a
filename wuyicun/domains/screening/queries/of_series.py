"""What is asked of series: which run, and how their rounds ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from wuyicun.domains.screening.models import Round, Series
from wuyicun.domains.screening.queries.of_retests import retests
from wuyicun.domains.screening.queries.of_tubes import totals
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.schemes import Held

SeriesRow = Series
"""For the room's other modules, which name what they are given."""


@dataclass(frozen=True)
class SeriesView:
    """A series that runs, with its rounds in their order."""

    id: UUID
    area_path: str
    scheme: str
    begun: date
    held: Sequence[Held]


def running_series(village_id: UUID) -> Sequence[SeriesView]:
    """The series that nobody has ended, by area."""
    rows = Series.rows().filter(village_id=village_id, ended_at__isnull=True).order_by("area_path")
    return [
        SeriesView(
            row.pk, row.area_path, row.scheme, timezone.localtime(row.begun_at).date(), _held(village_id, row.pk)
        )
        for row in rows
    ]


def series_of(village_id: UUID, area_path: str) -> Series | None:
    """The series that runs over exactly this area."""
    found: Series | None = (
        Series.rows().filter(village_id=village_id, area_path=area_path, ended_at__isnull=True).first()
    )
    return found


def a_series(village_id: UUID, series_id: UUID) -> Series | None:
    """A series by its id."""
    found: Series | None = Series.rows().filter(village_id=village_id, pk=series_id).first()
    return found


def _held(village_id: UUID, series_id: UUID) -> Sequence[Held]:
    rounds = Round.rows().filter(village_id=village_id, series_id=series_id).exclude(state=RoundState.CANCELLED)
    return [
        Held(timezone.localtime(each.opened_at).date(), _is_clean(village_id, each))
        for each in rounds.order_by("number")
    ]


def _is_clean(village_id: UUID, round_: Round) -> bool | None:
    """Did the round end without a positive? None while it is open.

    A round with positive pools is clean once everybody in them was tested again, each of them negative.
    """
    if round_.state == RoundState.OPEN:
        return None
    if not totals(village_id, round_, round_.closed_at or round_.opened_at).positive:
        return True
    again = retests(village_id, round_)
    return 0 < again.counts.due == again.negative
