"""Phones that send at the same moment, really: threads with connections of their own, and commits."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection, connections

from tests.cast import Cast, make_cast
from tests.database import TestDatabase
from tests.integration.screening.oracle import agrees
from tests.integration.screening.sending import Phone, open_round
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import actions, queries
from wuyicun.fieldsync.writer import Writer
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records.kinds import Envelope, Outcome
from wuyicun.kernel.records.store import Batch
from wuyicun.kernel.roles import Permission


@pytest.fixture
def cast(database: TestDatabase) -> Iterator[Cast]:
    yield make_cast()
    connections.close_all()


def phones(cast: Cast, count: int) -> list[Phone]:
    with scope.enter(cast.scope()):
        round_ = open_round(cast, at=clock.now() - timedelta(hours=1))
        return [Phone(cast, round_) for _ in range(count)]


def batch(cast: Cast, phone: Phone, *envelopes: Envelope) -> Batch:
    may = dict.fromkeys(Permission, (cast.village.area_path,))
    return Batch(cast.village.pk, phone.device, None, may, envelopes, clock.now())


def at_once(batches: Sequence[Batch], processes: int = 4) -> list[list[Outcome]]:
    """Several at the same time, each by a writer of its own, as in several server processes.

    Writers that block each other in a circle are told so by PostgreSQL, and try again.
    """
    writers = [Writer() for _ in range(processes)]
    with ThreadPoolExecutor(processes) as pool:
        waiting = [
            pool.submit(lambda writer, each: asyncio.run(writer.submit(each)), writers[n % processes], each)
            for n, each in enumerate(batches)
        ]
        return [each.result() for each in waiting]


def made_by(cast: Cast, phone: Phone, number: int, chance: random.Random) -> list[Batch]:
    """A phone's tube, with people whom other phones sample too, in batches of one to three records."""
    people = [person.pk for person in cast.people.values()]
    records = [phone.make("tube.open", tube=f"X-{number}", pool=10)]
    records += [phone.make("sample", tube=f"X-{number}", person=each) for each in chance.sample(people, 12)]
    records += [
        phone.make("outcome", person=each, outcome="unreachable", reason="nobody_home")
        for each in chance.sample(people, 3)
    ]
    found = []
    while records:
        size = chance.randint(1, 3)
        found.append(batch(cast, phone, *records[:size]))
        records = records[size:]
    return found


def test_phones_that_send_at_once_count_nobody_twice_and_lose_nothing(cast: Cast) -> None:
    chance = random.Random(335)
    devices = phones(cast, 4)
    batches = [each for number, phone in enumerate(devices) for each in made_by(cast, phone, number, chance)]
    chance.shuffle(batches)
    outcomes = [outcome for each in at_once(batches) for outcome in each]
    assert {outcome.outcome for outcome in outcomes} <= {"accepted", "held"}
    with scope.enter(cast.scope()):
        agrees(devices[0].round, clock.now())
        swabs = queries.swabs(cast.village.pk, devices[0].round.pk)
        assert len(swabs) == 4 * 12
        sent = sum(len(each.envelopes) for each in batches)
        assert len(outcomes) == sent


def test_the_same_record_sent_twice_at_once_is_stored_once(cast: Cast) -> None:
    (phone,) = phones(cast, 1)
    opening = phone.make("tube.open", tube="X-1", pool=10)
    swab = phone.make("sample", tube="X-1", person=cast.people["甲01"].pk)
    at_once([batch(cast, phone, opening)])
    outcomes = at_once([batch(cast, phone, swab) for _ in range(4)])
    assert sorted(each[0].outcome for each in outcomes) == ["accepted", "duplicate", "duplicate", "duplicate"]
    with scope.enter(cast.scope()):
        assert rolls.counts(cast.village.pk, phone.round.roll_id).done == 1
        agrees(phone.round, clock.now())


def test_the_last_place_of_a_tube_is_given_once(cast: Cast) -> None:
    (phone,) = phones(cast, 1)
    at_once([batch(cast, phone, phone.make("tube.open", tube="X-1", pool=1))])
    swabs = [phone.make("sample", tube="X-1", person=cast.people[f"甲{number:02d}"].pk) for number in range(1, 9)]
    at_once([batch(cast, phone, swab) for swab in swabs])
    with scope.enter(cast.scope()):
        assert rolls.counts(cast.village.pk, phone.round.roll_id).done == 1
        agrees(phone.round, clock.now())


def test_a_round_does_not_close_while_records_are_being_taken_in(cast: Cast, database: TestDatabase) -> None:
    """A swab taken back in that moment would leave somebody owed in a closed round."""
    (phone,) = phones(cast, 1)
    opening = phone.make("tube.open", tube="X-1", pool=10)
    with psycopg.connect(database.server.layout.url("wuyi_app", database.name)) as other:
        other.execute("SELECT records_take_turns(%s, NULL)", [[cast.village.pk]])
        with scope.enter(cast.scope()), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                close(phone)
    at_once([batch(cast, phone, opening)])
    with scope.enter(cast.scope()), pytest.raises(actions.rolls.StillOwed):
        close(phone)


def close(phone: Phone) -> None:
    actions.close_round(village_id=phone.cast.village.pk, round_id=phone.round.pk, by=None, at=clock.now())
