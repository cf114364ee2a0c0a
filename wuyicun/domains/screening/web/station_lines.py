"""How the stations of a round stand, a line each, for the pages that list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Round, Station
from wuyicun.domains.screening.queries import Flow, SetupView
from wuyicun.domains.screening.rules import HOME
from wuyicun.domains.screening.words import STATION_KINDS, STATION_LOOKS, Look, Words


@dataclass(frozen=True)
class StationLine:
    """A station in a list.

    Attributes:
        look: whether it takes people; None for home visits, which are not set up.
        ticked, items: how far its setting-up is.
        flow: its pace and its queue.
    """

    station: Station
    kind: Words
    look: Look | None
    setup: SetupView
    ticked: int
    items: int
    flow: Flow
    url: str

    @property
    def preparing(self) -> bool:
        """Neither open nor closed yet."""
        return self.look is not None and self.setup.opened_at is None


def station_lines(village_id: UUID, round_: Round, now: datetime) -> Sequence[StationLine]:
    """The stations of a round by name."""
    stations = queries.stations(village_id, round_.pk)
    setups = queries.setups(village_id, [each.pk for each in stations])
    flows, items = queries.flows(village_id, round_.pk, now), queries.setup_items()
    return [station_line(each, setups[each.pk], flows.get(each.pk, Flow()), items) for each in stations]


def station_line(station: Station, setup: SetupView, flow: Flow, items: Sequence[str]) -> StationLine:
    """How a station stands. items: the points of the profile's list."""
    at_home = station.kind == HOME
    return StationLine(
        station,
        STATION_KINDS.get(station.kind, station.kind),
        None if at_home else STATION_LOOKS[setup.state],
        setup,
        sum(item in setup.ticks for item in items),
        len(items),
        flow,
        "" if at_home else reverse("station", args=[station.pk]),
    )
