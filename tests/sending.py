"""Records in tests: sent as a phone sends them, or made as a page of the office makes them.

    phone = Phone(cast, "王海斌")
    (outcome,) = phone.send(phone.make("ROOM.thing", household=house.pk))
    office(cast, "梁会明", "ROOM.thing", household=house.pk)

Both work within the scope that the test entered (`scope.enter(cast.scope())`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from tests.cast import Cast
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.office import submit
from wuyicun.kernel.records.store import Batch, store
from wuyicun.kernel.roles import Permission


def powers(cast: Cast, who: str = "") -> Mapping[Permission, tuple[str, ...]]:
    """What one of the cast may do in the village; nobody in particular may do everything."""
    if not who:
        return dict.fromkeys(Permission, (cast.village.area_path,))
    return accounts.scope_of(cast.accounts[who], clock.now()).may_in(cast.village.area_path)


class Phone:
    """A device in somebody's hands.

    Attributes:
        who: a name of `cast.ROLES`; '' for somebody who may do everything in the village.
    """

    def __init__(self, cast: Cast, who: str = "") -> None:
        self.cast, self.who, self.device, self.seq = cast, who, uuid4(), 0

    def make(self, kind: str, *, at: datetime | None = None, **data: object) -> Envelope:
        """An envelope of this device."""
        self.seq += 1
        raw = msgspec.Raw(msgspec.json.encode(data))
        return Envelope(id=uuid7(), seq=self.seq, kind=kind, at=at or clock.now(), data=raw)

    def send(self, *envelopes: Envelope, offset: timedelta = timedelta(0)) -> list[Outcome]:
        """Send them in one batch. offset: what the device's clock lacks."""
        by = self.cast.accounts[self.who].pk if self.who else None
        may = powers(self.cast, self.who)
        return store([Batch(self.cast.village.pk, self.device, by, may, envelopes, clock.now(), offset)])[0]


def office(
    cast: Cast, who: str, kind: str, *, at: datetime | None = None, record_id: UUID | None = None, **data: object
) -> Outcome:
    """A record that a page makes for one of the cast. Raises NotTaken."""
    return submit(
        village_id=cast.village.pk,
        by=cast.accounts[who].pk,
        may=powers(cast, who),
        kind=kind,
        data=data,
        at=at or clock.now(),
        record_id=record_id,
    )
