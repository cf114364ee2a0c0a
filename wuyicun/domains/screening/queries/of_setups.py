"""What is asked of setting stations up: what is ticked, which are open, what a closing still owes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.screening.models import Setup, SetupTick, Station
from wuyicun.domains.screening.rules import StationState


@dataclass(frozen=True)
class Ticked:
    """When a point was seen to, and by whom."""

    at: datetime
    by: UUID | None


@dataclass(frozen=True)
class SetupView:
    """How a station stands; see `models.Setup`. `id` is None before the first tick."""

    id: UUID | None = None
    number: int = 1
    ticks: Mapping[str, Ticked] = field(default_factory=dict)
    opened_at: datetime | None = None
    opened_by: UUID | None = None
    override: str = ""
    lacking: Sequence[str] = ()
    closed_at: datetime | None = None
    closed_by: UUID | None = None
    disinfected_at: datetime | None = None

    @property
    def state(self) -> StationState:
        """Is it being set up, open or closed?"""
        if self.closed_at is not None:
            return StationState.CLOSED
        return StationState.PREPARING if self.opened_at is None else StationState.OPEN

    @property
    def owes_disinfection(self) -> bool:
        """Closed, and nothing was logged that settles it."""
        return self.closed_at is not None and self.disinfected_at is None

    def missing(self) -> Sequence[str]:
        """The points of the profile that are not ticked, in its order."""
        return [item for item in setup_items() if item not in self.ticks]


def setup_items() -> Sequence[str]:
    """The codes of what must be seen to, by the profile."""
    return profiles.shipped().parameters.setup


def setups(village_id: UUID, stations: Collection[UUID]) -> Mapping[UUID, SetupView]:
    """The latest setting-up of each of the stations; an empty one where nothing was begun."""
    rows = Setup.rows().filter(village_id=village_id, station_id__in=stations).order_by("number")
    latest = {row.station_id: row for row in rows}
    ticks = _ticks(village_id, [row.pk for row in latest.values()])
    return {
        station: _view(latest[station], ticks.get(latest[station].pk, {})) if station in latest else SetupView()
        for station in stations
    }


def setup(village_id: UUID, station_id: UUID) -> SetupView:
    """The latest setting-up of a station."""
    return setups(village_id, [station_id])[station_id]


def station(village_id: UUID, station_id: UUID) -> Station | None:
    """A station, None when there is no such one."""
    return Station.rows().filter(village_id=village_id, pk=station_id).select_related("round").first()


def _ticks(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, Ticked]]:
    found: dict[UUID, dict[str, Ticked]] = {}
    for row in SetupTick.rows().filter(village_id=village_id, setup_id__in=ids, undone_at__isnull=True):
        found.setdefault(row.setup_id, {})[row.item] = Ticked(row.at, row.by)
    return found


def _view(row: Setup, ticks: Mapping[str, Ticked]) -> SetupView:
    return SetupView(
        row.pk,
        row.number,
        ticks,
        row.opened_at,
        row.opened_by,
        row.override,
        row.lacking,
        row.closed_at,
        row.closed_by,
        row.disinfected_at,
    )
