"""What is asked of the entrances of stations: pace, queue, who was let in and who was stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from wuyicun.domains.screening.models import StationRecord
from wuyicun.domains.screening.rules import STOPPED, wait_minutes

SHORTLY = 15
"""Minutes: the pace that a queue is reckoned with."""


@dataclass(frozen=True)
class Flow:
    """How a station gets on.

    Attributes:
        shortly, hour: swabs of the last 15 and 60 minutes.
        passed: let in at the entrance so far; stopped: not let in.
        queue: how many queued when it was last said, None when nobody said.
    """

    shortly: int = 0
    hour: int = 0
    passed: int = 0
    stopped: int = 0
    queue: int | None = None
    queue_at: datetime | None = None

    @property
    def wait(self) -> int | None:
        """Minutes that the last of the queue waits at the present pace; None when that is not known."""
        return wait_minutes(self.queue, self.shortly, SHORTLY) if self.queue else None


@dataclass(frozen=True)
class StoppedView:
    """Somebody who was not let in."""

    id: UUID
    at: datetime
    by: UUID | None
    person_id: UUID | None
    name: str
    found: str
    sent: str
    temperature: float | None
    note: str


# A tube is closed an hour after its first swab at the latest: older ones hold no swab of the last hour.
_PACE = """
SELECT t.station_id, count(*) FILTER (WHERE s.corrected_at > %(shortly)s), count(*)
FROM screening_tube t JOIN screening_sample s
  ON s.village_id = t.village_id AND s.round_id = t.round_id AND s.tube = t.code
WHERE t.village_id = %(village)s AND t.round_id = %(round)s AND t.station_id IS NOT NULL
  AND t.first_swab_at > %(began)s AND s.corrected_at > %(hour)s AND s.corrected_at <= %(at)s AND NOT s.voided
GROUP BY 1
"""

_SAID = """
SELECT station_id, coalesce(sum(people) FILTER (WHERE kind = 'waiting.passed'), 0),
  count(*) FILTER (WHERE kind = 'waiting.stopped'),
  (array_agg(people ORDER BY at DESC, id DESC) FILTER (WHERE kind = 'station.queue'))[1],
  max(at) FILTER (WHERE kind = 'station.queue')
FROM screening_stationrecord
WHERE village_id = %(village)s AND round_id = %(round)s AND NOT voided GROUP BY 1
"""


def flows(village_id: UUID, round_id: UUID, at: datetime) -> Mapping[UUID, Flow]:
    """How the stations of a round get on, by station; one of which nothing is known is left out."""
    values: dict[str, Any] = {
        "village": village_id,
        "round": round_id,
        "at": at,
        "shortly": at - timedelta(minutes=SHORTLY),
        "hour": at - timedelta(hours=1),
        "began": at - timedelta(hours=2),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PACE, values)
        pace = {station: (shortly, hour) for station, shortly, hour in cursor.fetchall()}
        cursor.execute(_SAID, values)
        said = {station: tuple(more) for station, *more in cursor.fetchall()}
    return {
        station: Flow(*pace.get(station, (0, 0)), *said.get(station, (0, 0, None, None)))
        for station in pace.keys() | said.keys()
    }


def stopped(village_id: UUID, round_id: UUID, station_id: UUID) -> Sequence[StoppedView]:
    """Who was not let in at a station, latest first."""
    rows = StationRecord.rows().filter(
        village_id=village_id, round_id=round_id, station_id=station_id, kind=STOPPED, voided=False
    )
    return [_stopped(row) for row in rows.order_by("-at", "-id")]


def record_of_station(village_id: UUID, station_id: UUID, record_id: UUID) -> bool:
    """Was this record made at this station?"""
    return StationRecord.rows().filter(village_id=village_id, station_id=station_id, pk=record_id).exists()


def _stopped(row: StationRecord) -> StoppedView:
    data = row.data
    return StoppedView(
        row.pk,
        row.at,
        row.by,
        row.person_id,
        str(data.get("name") or ""),
        str(data.get("found") or ""),
        str(data.get("sent") or ""),
        data.get("temperature"),
        str(data.get("note") or ""),
    )
