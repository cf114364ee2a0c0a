"""What is asked of series: which run, and how their rounds ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from wuyicun.domains.screening.models import Round, Series, Tube
from wuyicun.domains.screening.queries.of_retests import retests
from wuyicun.domains.screening.rules import RoundState, TubeResult
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
    rows = list(Series.rows().filter(village_id=village_id, ended_at__isnull=True).order_by("area_path"))
    held = _held(village_id, [row.pk for row in rows]) if rows else {}
    return [
        SeriesView(row.pk, row.area_path, row.scheme, timezone.localtime(row.begun_at).date(), held.get(row.pk, ()))
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


def _held(village_id: UUID, series_ids: Collection[UUID]) -> Mapping[UUID | None, Sequence[Held]]:
    """The rounds of these series; one that was cancelled was not held."""
    rows = Round.rows().filter(village_id=village_id, series_id__in=series_ids)
    rounds = list(rows.exclude(state=RoundState.CANCELLED).order_by("number"))
    positive = _positive(village_id, [each.pk for each in rounds])
    found: dict[UUID | None, list[Held]] = {}
    for each in rounds:
        clean = _is_clean(village_id, each, positive.get(each.pk, ()))
        found.setdefault(each.series_id, []).append(Held(timezone.localtime(each.opened_at).date(), clean))
    return found


def _positive(village_id: UUID, round_ids: Collection[UUID]) -> Mapping[UUID, Collection[int]]:
    """How many people the positive tubes of these rounds were for; rounds without one are left out."""
    rows = Tube.rows().filter(village_id=village_id, round_id__in=round_ids, result=TubeResult.POSITIVE)
    found: dict[UUID, set[int]] = {}
    for round_id, pool in rows.values_list("round_id", "pool").distinct():
        found.setdefault(round_id, set()).add(pool)
    return found


def _is_clean(village_id: UUID, round_: Round, positive: Collection[int]) -> bool | None:
    """Did the round end without a positive? None while it is open.

    A round with positive pools is clean once everybody in them was tested again, each of them negative; one in which
    a tube of a single person is positive never is.
    """
    if round_.state == RoundState.OPEN:
        return None
    if not positive:
        return True
    if min(positive) <= 1:
        return False
    again = retests(village_id, round_)
    return 0 < again.counts.due == again.negative
