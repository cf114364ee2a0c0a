"""Making and sending the records of a round in tests, as a phone would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tests import sending
from tests.cast import Cast
from wuyicun.domains.screening import actions, queries
from wuyicun.domains.screening.models import Round, Station
from wuyicun.kernel import clock
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.store import Batch, store


class Phone(sending.Phone):
    """A device at a station of a round."""

    def __init__(self, cast: Cast, round_: Round) -> None:
        super().__init__(cast)
        self.round = round_
        self.station: Station = queries.stations(cast.village.pk, round_.pk)[0]

    def make(self, kind: str, *, at: datetime | None = None, **data: object) -> Envelope:
        """An envelope of this device; `round` and `station` are filled in where the kind has them."""
        if kind != "void":
            data["round"] = self.round.pk
        if kind in ("sample", "tube.open"):
            data["station"] = self.station.pk
        return super().make(kind, at=at, **data)


def send(cast: Cast, device: UUID, envelopes: Sequence[Envelope], offset: timedelta = timedelta(0)) -> list[Outcome]:
    """Store a batch of a device."""
    return store([Batch(cast.village.pk, device, None, sending.powers(cast), envelopes, clock.now(), offset)])[0]


def open_round(cast: Cast, **changes: object) -> Round:
    """A round over the whole village with one station."""
    arguments: dict[str, object] = {
        "village_id": cast.village.pk,
        "area_path": cast.village.area_path,
        "title": "第 1 轮核酸检测",
        "stations": [actions.NewStation("村委会广场")],
        "by": None,
        "at": clock.now(),
    }
    return actions.open_round(**{**arguments, **changes})  # type: ignore[arg-type]
