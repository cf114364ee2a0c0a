"""Phones whose clock is years off: their records are taken in with the right time, and rounds close as they should."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import Cast
from tests.integration.fieldsync.test_door import Caller, cast
from tests.integration.screening.oracle import agrees
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import actions, queries
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records.models import Record

__all__ = ["cast"]

TEN_YEARS = timedelta(days=3_653)
OFF = pytest.mark.parametrize("off", [TEN_YEARS, -TEN_YEARS], ids=["ahead", "behind"])


class OffCaller(Caller):
    """A phone whose clock is off; the test still speaks of the true time."""

    def __init__(self, cast: Cast, off: timedelta) -> None:
        super().__init__(cast)
        self.off = off

    def records(self, kind: str, at: datetime, **data: object) -> dict[str, Any]:
        return self.record(kind, at=at + self.off, **data)

    def tells(self, *records: object) -> list[tuple[str, str]]:
        status, answer = self.sends(*records, body={"sent_at": (clock.now() + self.off).isoformat()})
        assert status == 200
        return [(each["outcome"], each["code"]) for each in answer["outcomes"]]

    def state(self, name: str) -> State:
        village, round_ = self.cast.village.pk, self.phone.round
        with scope.enter(self.cast.scope()):
            (entry,) = rolls.entries_of(village, round_.roll_id, [self.cast.people[name].pk])
        return entry.state

    def close_round(self) -> None:
        with scope.enter(self.cast.scope()):
            village, round_ = self.cast.village.pk, self.phone.round
            actions.close_round(village_id=village, round_id=round_.pk, by=None, at=clock.now())


@OFF
def test_a_round_is_worked_and_closed_with_a_phone_whose_clock_is_ten_years_off(cast: Cast, off: timedelta) -> None:
    caller = OffCaller(cast, off)
    now = clock.now()
    people = [person.pk for person in cast.people.values()]
    sent = []
    for number in range(3):
        tube = f"X-{number}"
        sent.append(caller.records("tube.open", now, tube=tube, pool=10))
        sent += [caller.records("sample", now, tube=tube, person=each) for each in people[number::3]]
        sent.append(caller.records("tube.close", now, tube=tube, count=10))
    assert set(caller.tells(*sent)) == {("accepted", "")}
    with scope.enter(cast.scope()):
        assert all(abs(record.corrected_at - now) < timedelta(minutes=1) for record in Record.rows())
        tubes = queries.tubes(cast.village.pk, caller.phone.round, clock.now())
        assert [tube.late for tube in tubes] == [False] * 3
        results = [caller.phone.make("tube.result", tube=tube.code, result="negative") for tube in tubes]
        assert {each.outcome for each in caller.phone.send(*results)} == {"accepted"}
    caller.close_round()
    with scope.enter(cast.scope()):
        caller.phone.round.refresh_from_db()
        assert agrees(caller.phone.round, clock.now()).coverage == 1.0


@OFF
def test_what_was_before_and_what_was_after_the_closing_is_told_apart(cast: Cast, off: timedelta) -> None:
    caller = OffCaller(cast, off)
    names, a_minute_ago = list(cast.people), clock.now() - timedelta(minutes=1)
    at_home = [
        caller.records(
            "outcome", a_minute_ago, person=cast.people[name].pk, outcome="unreachable", reason="nobody_home"
        )
        for name in names
    ]
    assert set(caller.tells(*at_home)) == {("accepted", "")}
    before = clock.now() - timedelta(seconds=1)  # longer than the way to the door
    caller.close_round()
    refused = {"outcome": "refused", "reason": "refused_ill"}
    late = caller.records("outcome", before, person=cast.people[names[0]].pk, **refused)
    after = caller.records("outcome", clock.now(), person=cast.people[names[1]].pk, **refused)
    assert caller.tells(late, after) == [("accepted", ""), ("quarantined", "after_closing")]
    assert (caller.state(names[0]), caller.state(names[1])) == (State.REFUSED, State.UNREACHABLE)


@OFF
def test_what_was_recorded_before_a_clock_was_put_right_is_taken_in_as_well(cast: Cast, off: timedelta) -> None:
    """Then nobody can know by how much it was off."""
    caller = OffCaller(cast, off)
    opening = caller.records("tube.open", clock.now(), tube="X-1", pool=10)
    swab = caller.records("sample", clock.now(), tube="X-1", person=cast.people["甲01"].pk)
    caller.off = timedelta(0)
    assert caller.tells(opening, swab) == [("accepted", ""), ("accepted", "")]
    assert caller.state("甲01") is State.DONE


ODD = ("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z")


@pytest.mark.parametrize("at", [*ODD, "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
@pytest.mark.parametrize("sent_at", ODD)
def test_no_clock_is_so_wrong_that_a_record_is_lost(cast: Cast, at: str, sent_at: str) -> None:
    caller = Caller(cast)
    odd = {**caller.record("tube.open", tube="X-1", pool=10), "at": at}
    right = caller.record("tube.open", tube="X-2", pool=10)
    status, answer = caller.sends(odd, right, body={"sent_at": sent_at})
    assert (status, [each["outcome"] for each in answer["outcomes"]]) == (200, ["accepted", "accepted"])
    with scope.enter(cast.scope()):
        assert {str(record.pk) for record in Record.rows()} == {odd["id"], right["id"]}
        assert {tube.code for tube in queries.tubes(cast.village.pk, caller.phone.round, clock.now())} == {"X-1", "X-2"}
