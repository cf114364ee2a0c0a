"""Making and sending records in tests, as a phone would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from tests.cast import Cast
from wuyicun.domains.screening import actions, queries
from wuyicun.domains.screening.models import Round, Station
from wuyicun.kernel import clock
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.store import Batch, store
from wuyicun.kernel.roles import Permission


class Phone:
    """A device in the hands of somebody who may do everything in the village."""

    def __init__(self, cast: Cast, round_: Round) -> None:
        self.cast, self.round, self.device, self.seq = cast, round_, uuid4(), 0
        self.station: Station = queries.stations(cast.village.pk, round_.pk)[0]

    def make(self, kind: str, *, at: datetime | None = None, **data: object) -> Envelope:
        """An envelope of this device; `round` and `station` are filled in where the kind has them."""
        self.seq += 1
        if kind != "void":
            data["round"] = self.round.pk
        if kind in ("sample", "tube.open"):
            data["station"] = self.station.pk
        return Envelope(
            id=uuid7(), seq=self.seq, kind=kind, at=at or clock.now(), data=msgspec.Raw(msgspec.json.encode(data))
        )

    def send(self, *envelopes: Envelope, offset: timedelta = timedelta(0)) -> list[Outcome]:
        """Send them in one batch, within the scope that the test entered. offset: what the device's clock lacks."""
        return send(self.cast, self.device, envelopes, offset)


def send(cast: Cast, device: UUID, envelopes: Sequence[Envelope], offset: timedelta = timedelta(0)) -> list[Outcome]:
    """Store a batch of a device."""
    may = dict.fromkeys(Permission, (cast.village.area_path,))
    return store([Batch(cast.village.pk, device, None, may, envelopes, clock.now(), offset)])[0]


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
