"""The turn is given back when all is stored, before it is committed: another process need not wait for the disk."""

from __future__ import annotations

from django.db import connections

from tests.cast import make_cast
from tests.database import TestDatabase
from tests.integration.screening.sending import Phone, open_round
from wuyicun.fieldsync.actions import store_batches
from wuyicun.kernel import clock, scope
from wuyicun.kernel.database.statements import execute
from wuyicun.kernel.records.store import Batch
from wuyicun.kernel.roles import Permission


def test_it_is_told_when_all_is_stored_and_nothing_is_committed_yet(database: TestDatabase) -> None:
    cast = make_cast()
    with scope.enter(cast.scope()):
        phone = Phone(cast, open_round(cast))
    opened = phone.make("tube.open", tube="P-1", pool=10)
    may = dict.fromkeys(Permission, (cast.village.area_path,))
    batch = Batch(cast.village.pk, phone.device, None, may, [opened], clock.now())
    seen: list[tuple[int, int]] = []

    def look() -> None:
        (own,) = execute("SELECT count(*) FROM records_record")
        with database.connect_as_owner() as other:
            seen.append((own[0], other.execute("SELECT count(*) FROM records_record").fetchone()[0]))

    assert [outcome.outcome for outcome in store_batches([batch], stored=look)[0]] == ["accepted"]
    connections.close_all()
    assert seen == [(1, 0)]
    with database.connect_as_owner() as other:
        assert other.execute("SELECT count(*) FROM records_record").fetchone() == (1,)
