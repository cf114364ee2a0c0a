"""An installation of its own that may be killed: a data folder, `wuyi serve` on it, and synthetic villages in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

from benchmarks.load import Kind, Loader, Phone, Size, id_of
from benchmarks.patient import PatientPhones
from benchmarks.serving import Served
from tests.integration.screening.oracle import Recounted, agrees
from wuyicun.domains.screening.models import Round
from wuyicun.kernel import clock, scope
from wuyicun.kernel.audit import sealer
from wuyicun.kernel.database.layout import APP, OWNER, SEALER, Layout

SIZE = Size(villages=4, micro_grids=4)  # each test has villages of its own
PHONES = 24


class Ground:
    """What the tests share.

    Attributes:
        served: `wuyi serve`; a test leaves it running.
        phones: devices with tokens, six in each village.
    """

    def __init__(self, served: Served) -> None:
        self.layout = Layout(served.data)
        self.served = served
        self._rounds = count()
        with self.as_role(OWNER) as owner:
            loader = Loader(owner, SIZE)
            loader.registry()
            self.phones: Sequence[Phone] = loader.phones(PHONES, at=clock.now())

    def open_round(self, at: datetime) -> int:
        """Open a round in every village and return its number."""
        number = next(self._rounds)
        with self.as_role(OWNER) as owner:
            Loader(owner, SIZE).open_round(number, at=at)
        return number

    def patient_phones(self, round_number: int, *, village: int) -> PatientPhones:
        """A village's phones with work in a round."""
        known = [phone for phone in self.phones if phone.village == village]
        return PatientPhones(known, self.served.port, SIZE, round_number)

    def as_role(self, role: str) -> psycopg.Connection[Any]:
        """A connection, in autocommit."""
        return psycopg.connect(self.layout.url(role, "wuyicun"), autocommit=True)

    def sealed(self) -> sealer.Verdict:
        """Seal the audit and verify it."""
        with self.as_role(SEALER) as connection:
            sealer.seal(connection, clock.now())
            return sealer.verify(connection)

    @contextlib.contextmanager
    def django(self) -> Iterator[None]:
        """This process's Django works in this installation's database, in the scope of its villages."""
        villages = [id_of(Kind.VILLAGE, number) for number in range(SIZE.villages)]
        chosen = connections["default"].settings_dict
        before = dict(chosen)
        parts = conninfo_to_dict(self.layout.url(APP, "wuyicun"))
        chosen.update(NAME=parts["dbname"], USER=parts["user"], PASSWORD=parts["password"], HOST=parts["host"])
        connections.close_all()
        try:
            with scope.enter(scope.of_system(villages)):
                yield
        finally:
            connections.close_all()
            chosen.update(before)

    def recounted(self, round_number: int, *, village: int) -> Recounted:
        """What a round's records come to; the program's counters and entries agree with it."""
        with self.django():
            return agrees(Round.rows().get(pk=round_id(round_number, village)), clock.now())


def round_id(number: int, village: int) -> UUID:
    """The id of a village's round."""
    return id_of(Kind.ROUND, number * SIZE.villages + village)
