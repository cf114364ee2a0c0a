"""What is asked of tubes: where each is, by when it must leave, and what they come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from wuyicun.domains.screening.models import Round, Sample, Tube, TubeRecord
from wuyicun.domains.screening.queries.of_rounds import stations
from wuyicun.domains.screening.rules import (
    ENDED,
    PACE_MINUTES,
    TubeClock,
    TubeState,
    is_late,
    leaves_by,
)


@dataclass(frozen=True)
class TubeView:
    """A tube as lists show it."""

    id: UUID
    code: str
    state: TubeState
    station: str
    pool: int
    swabs: int
    opened_at: datetime | None
    first_swab_at: datetime | None
    closed_at: datetime | None
    closed_count: int | None
    short_reason: str
    handed_at: datetime | None
    handed_by: str
    carried_by: str
    received_at: datetime | None
    result: str
    result_at: datetime | None
    leaves_by: datetime | None
    late: bool

    @property
    def short(self) -> bool:
        """Closed with fewer swabs than its pool."""
        return self.closed_count is not None and self.closed_count < self.pool

    @property
    def count_differs(self) -> bool:
        """The count at the closing is not the number of swabs recorded."""
        return self.closed_count is not None and self.closed_count != self.swabs


@dataclass(frozen=True)
class TubeTotals:
    """The tubes of a round in figures; each is a list of its own on the screen.

    Attributes:
        unmatched: something was said of them, but nobody opened them (yet).
        swabs_lately: in tubes begun within the last `PACE_MINUTES`.
    """

    all: int = 0
    open: int = 0
    waiting: int = 0
    under_way: int = 0
    sent: int = 0
    short: int = 0
    late: int = 0
    lost: int = 0
    positive: int = 0
    without_result: int = 0
    disputed: int = 0
    unmatched: int = 0
    swabs_lately: int = 0
    oldest_waiting_at: datetime | None = None


def tubes(
    village_id: UUID,
    round_: Round,
    at: datetime,
    *,
    states: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> Sequence[TubeView]:
    """A round's tubes by the time they were opened; one that was put away while it was empty only by its code."""
    rows = Tube.rows().filter(village_id=village_id, round_id=round_.pk)
    if states is not None:
        rows = rows.filter(state__in=states)
    rows = rows.exclude(_put_away()) if codes is None else rows.filter(code__in=codes)
    names = {station.pk: station.name for station in stations(village_id, round_.pk)}
    return [_view(tube, names, round_.tube_minutes, at) for tube in rows.order_by("opened_at", "code")]


def _put_away() -> Q:
    """Every record of the tube was taken back: a phone had opened it and then taken another."""
    of_it = {"village_id": OuterRef("village_id"), "round_id": OuterRef("round_id"), "tube": OuterRef("code")}
    told = Exists(TubeRecord.rows().filter(**of_it, voided=False))
    swabs = Exists(Sample.rows().filter(**of_it, voided=False))
    return Q(state=TubeState.EXPECTED) & ~told & ~swabs


def _view(tube: Tube, names: Mapping[UUID, str], minutes: int, at: datetime) -> TubeView:
    clock = TubeClock(tube.first_swab_at, tube.closed_at, tube.handed_at)
    ended = tube.state in ENDED
    return TubeView(
        id=tube.pk,
        code=tube.code,
        state=TubeState(tube.state),
        station=names.get(tube.station_id, "") if tube.station_id else "",
        pool=tube.pool,
        swabs=tube.swabs,
        opened_at=tube.opened_at,
        first_swab_at=tube.first_swab_at,
        closed_at=tube.closed_at,
        closed_count=tube.closed_count,
        short_reason=tube.short_reason,
        handed_at=tube.handed_at,
        handed_by=tube.handed_by,
        carried_by=tube.carried_by,
        received_at=tube.received_at,
        result=tube.result,
        result_at=tube.result_at,
        leaves_by=None if ended or tube.handed_at else leaves_by(clock, minutes),
        late=not ended and is_late(clock, minutes, at),
    )


def tube_key(village_id: UUID, tube_id: UUID) -> tuple[UUID, str] | None:
    """The round and the code of a tube, None when there is no such tube."""
    found: tuple[UUID, str] | None = (
        Tube.rows().filter(village_id=village_id, pk=tube_id).values_list("round_id", "code").first()
    )
    return found


# Each column is a field of TubeTotals; what is late and what was put away is said as `is_late` and `_put_away` say it.
_TOTALS = """
WITH tube AS (
  SELECT *, state IN ('void', 'lost') AS ended,
    coalesce(coalesce(closed_at, %(at)s) - first_swab_at > %(span)s, false)
    OR coalesce(coalesce(handed_at, %(at)s) - closed_at > %(span)s, false) AS kept_too_long
  FROM screening_tube t WHERE village_id = %(village)s AND round_id = %(round)s AND NOT (state = 'expected'
    AND NOT EXISTS (SELECT 1 FROM screening_tuberecord r WHERE r.village_id = t.village_id AND r.round_id = t.round_id
      AND r.tube = t.code AND NOT r.voided)
    AND NOT EXISTS (SELECT 1 FROM screening_sample s WHERE s.village_id = t.village_id AND s.round_id = t.round_id
      AND s.tube = t.code AND NOT s.voided)))
SELECT count(*) AS "all", count(*) FILTER (WHERE state IN ('open', 'expected')) AS open,
  count(*) FILTER (WHERE state = 'closed') AS waiting,
  count(*) FILTER (WHERE state IN ('handed', 'received')) AS under_way,
  count(*) FILTER (WHERE handed_at IS NOT NULL) AS sent, count(*) FILTER (WHERE closed_count < pool) AS short,
  count(*) FILTER (WHERE kept_too_long AND NOT ended) AS late, count(*) FILTER (WHERE state = 'lost') AS lost,
  count(*) FILTER (WHERE result = 'positive') AS positive,
  count(*) FILTER (WHERE result NOT IN ('negative', 'positive') AND NOT ended) AS without_result,
  count(*) FILTER (WHERE result = 'disputed') AS disputed, count(*) FILTER (WHERE state = 'expected') AS unmatched,
  coalesce(sum(swabs) FILTER (WHERE first_swab_at > %(lately)s AND first_swab_at <= %(at)s), 0) AS swabs_lately,
  min(closed_at) FILTER (WHERE state = 'closed') AS oldest_waiting_at
FROM tube
"""


def totals(village_id: UUID, round_: Round, at: datetime) -> TubeTotals:
    """The figures of all tubes of a round, however many: one reading of their rows. Sent: handed over or further;
    waiting: closed, not handed over."""
    values: dict[str, Any] = {
        "village": village_id,
        "round": round_.pk,
        "at": at,
        "span": timedelta(minutes=round_.tube_minutes),
        "lately": at - timedelta(minutes=PACE_MINUTES),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, values)
        return TubeTotals(*(cursor.fetchone() or ()))
