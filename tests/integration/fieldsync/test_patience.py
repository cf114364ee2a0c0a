"""Who waits too long for the database is told to come back; what they sent is stored all the same, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from tests.cast import make_cast
from tests.database import TestDatabase
from tests.integration.screening.sending import Phone, open_round
from wuyicun.fieldsync import writer
from wuyicun.fieldsync.writer import TryAgain, Writer
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records.store import Batch
from wuyicun.kernel.roles import Permission


def test_a_phone_does_not_wait_for_ever(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    with scope.enter(cast.scope()):
        phone = Phone(cast, open_round(cast))
    may = dict.fromkeys(Permission, (cast.village.area_path,))
    sent = Batch(cast.village.pk, phone.device, None, may, [phone.make("tube.open", tube="P-1", pool=10)], clock.now())
    thread = Writer()
    with database.connect_as_owner() as other, monkeypatch.context() as hurry:
        hurry.setattr(writer, "WAIT_SECONDS", 0.3)
        other.execute("BEGIN")
        other.execute("LOCK TABLE records_record IN EXCLUSIVE MODE")
        with pytest.raises(TryAgain):
            asyncio.run(asyncio.wait_for(thread.submit(sent), 20))
        other.execute("ROLLBACK")
    again = replace(sent, received_at=sent.received_at + timedelta(seconds=1))
    assert [each.outcome for each in asyncio.run(thread.submit(again))] == ["duplicate"]
    connections.close_all()
