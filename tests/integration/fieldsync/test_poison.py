"""A record that its room cannot digest blocks nobody: it is kept aside, the others of its batch are taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connections

from tests.cast import Cast, make_cast
from tests.database import TestDatabase
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.screening import records
from wuyicun.fieldsync.writer import Writer
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records import kinds
from wuyicun.kernel.records.kinds import Outcome, Row
from wuyicun.kernel.records.models import Quarantined
from wuyicun.kernel.records.store import Batch
from wuyicun.kernel.roles import Permission


@pytest.fixture
def cast(database: TestDatabase) -> Cast:
    return make_cast()


def test_the_record_to_blame_is_kept_aside_and_the_others_are_taken_in(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope.enter(cast.scope()):
        phone = Phone(cast, open_round(cast))
    sent = [phone.make("tube.open", tube="P-1", pool=10)]
    sent += [phone.make("sample", tube="P-1", person=cast.people[name].pk) for name in ("甲01", "甲02", "甲03")]
    poisoned = sent[2].id

    def stumble(rows: Sequence[Row]) -> Mapping[UUID, Outcome]:
        if any(row.id == poisoned for row in rows):
            raise KeyError("poison")
        return records.apply(rows)

    table = {name: replace(kind, apply=stumble) for name, kind in kinds.kinds().items()}
    monkeypatch.setattr("wuyicun.kernel.records.store.kinds", lambda: table)
    may = dict.fromkeys(Permission, (cast.village.area_path,))
    batch = Batch(cast.village.pk, phone.device, None, may, sent, clock.now())
    outcomes = asyncio.run(Writer().submit(batch))
    connections.close_all()
    assert [(each.outcome, each.code) for each in outcomes] == [
        ("accepted", ""),
        ("accepted", ""),
        ("quarantined", "failed"),
        ("accepted", ""),
    ]
    with scope.enter(cast.scope()):
        assert [row.record_id for row in Quarantined.rows()] == [poisoned]
