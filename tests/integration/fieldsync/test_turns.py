"""A room takes its records in when it is the village's turn, so that whoever goes alone meets nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection

from tests.cast import make_cast
from tests.sending import Phone
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records import kinds
from wuyicun.kernel.records.kinds import Outcome, Row

TURNS = "SELECT mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"


@pytest.mark.parametrize(("alone", "mode"), [(False, "ShareLock"), (True, "ExclusiveLock")])
def test_the_turn_is_taken_before_a_room_takes_its_records_in(
    db: None, monkeypatch: pytest.MonkeyPatch, alone: bool, mode: str
) -> None:
    cast = make_cast()
    seen: list[tuple[str, ...]] = []

    def look(rows: Sequence[Row]) -> Mapping[UUID, Outcome]:
        with connection.cursor() as cursor:
            cursor.execute(TURNS)
            seen.append(tuple(mode for (mode,) in cursor))
        return {row.id: Outcome(row.id) for row in rows}

    kind = replace(kinds.kinds()["disinfection"], apply=look, alone=alone)
    monkeypatch.setattr("wuyicun.kernel.records.store.kinds", lambda: {kind.name: kind})
    with scope.enter(cast.scope()):
        phone = Phone(cast, "王海斌")
        told = {"point": "大槐树下", "method": "spray", "agent": "含氯消毒液", "operator": "范医生"}
        (outcome,) = phone.send(phone.make("disinfection", done_at=clock.now(), **told))
    assert outcome.outcome == "accepted"
    assert seen == [(mode,)]
