"""Two servers on one database write at once to the same round, tubes and people: as if it was one after the other."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils import uuid7

from benchmarks.load import Kind, id_of
from benchmarks.patient import Line
from benchmarks.serving import Served
from tests.integration.faults.ground import SIZE, Ground, round_id
from wuyicun.config.cli import ports
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Round
from wuyicun.kernel import clock

pytestmark = pytest.mark.alone

PER_VILLAGE = SIZE.micro_grids * SIZE.residents
TUBES, PHONES, POOL, AT_ONCE = 50, 6, 5, 16


@dataclass(frozen=True)
class Act:
    """What a phone records; phones, people and earlier acts are numbers, so that it can happen in every village."""

    phone: int
    kind: str
    tube: str = ""
    person: int = 0
    undoes: int = 0


def story(chance: random.Random) -> tuple[list[Act], list[list[int]]]:
    """The acts in the order in which they happened, and those that are sent together.

    Tube after tube, two phones take swabs into each, of people whom others sample too. So the last word about a tube or
    a person is often said by two at once: what went wrong then, nothing later would put right.
    """
    acts: list[Act] = []
    sent: list[list[int]] = []
    for number in range(TUBES):
        tube, begins = f"T-{number}", len(acts)
        one, other = chance.sample(range(PHONES), 2)
        acts.append(Act(one, "tube.open", tube))
        acts += [
            Act(chance.choice([one, one, other]), "sample", tube, number + chance.randrange(6))
            for _ in range(chance.randint(4, 8))
        ]
        (more,) = chance.choices(["", "tube.open", "outcome", "void"], [5, 3, 3, 1])
        if more:
            swabs = [index for index in range(begins, len(acts)) if acts[index].kind == "sample"]
            undone = chance.choice(swabs)
            acts.append(Act(acts[undone].phone, more, tube, number + chance.randrange(6), undone))
        for phone in (one, other):
            own = [index for index in range(begins, len(acts)) if acts[index].phone == phone]
            sent += [own[start : start + 2] for start in range(0, len(own), 2)]
    return acts, sent


class Happening:
    """The story in one of the villages: sent to the servers, and what came of it."""

    def __init__(self, ground: Ground, village: int, round_number: int, acts: Sequence[Act]) -> None:
        self.ground, self.village, self.round_number, self.acts = ground, village, round_number, acts
        self.phones = [phone for phone in ground.phones if phone.village == village]
        self.ids = [str(uuid7()) for _ in acts]
        self.began = datetime.now(UTC) - timedelta(minutes=30)
        self.statuses: Counter[int] = Counter()

    def send(self, port: int, indexes: Sequence[int]) -> list[str]:
        """Send acts of a phone in one request; what became of each record."""
        with closing(Line(self.phones[self.acts[indexes[0]].phone], port)) as line:
            status, answer = line.post(map(self._envelope, indexes))
        self.statuses[status] += 1
        return [each["outcome"] for each in json.loads(answer).get("outcomes", [])]

    def state(self) -> Mapping[str, Any]:
        """All that was decided, in words that mean the same in every village; the counters agree with it."""
        self.ground.recounted(self.round_number, village=self.village)
        acts = {UUID(made): index for index, made in enumerate(self.ids)}
        people = {self._person(number): number for number in range(PER_VILLAGE)}
        village = id_of(Kind.VILLAGE, self.village)
        with self.ground.django():
            round_ = Round.rows().get(pk=round_id(self.round_number, self.village))
            entries = rolls.entries(village, round_.roll_id)
            tubes = queries.tubes(village, round_, clock.now())
            return {
                "people": {
                    people[each.subject_id]: (each.state, each.reason, each.settled_by and acts[each.settled_by])
                    for each in entries
                },
                "swabs": {acts[swab.id]: swab.flag for swab in queries.swabs(village, round_.pk)},
                "tubes": {tube.code: (tube.state, tube.pool, tube.swabs, tube.closed_count) for tube in tubes},
            }

    def _envelope(self, index: int) -> str:
        act = self.acts[index]
        at = self.began + timedelta(milliseconds=index)
        record = {"id": self.ids[index], "seq": index, "kind": act.kind, "v": 1, "at": at.isoformat()}
        return json.dumps({**record, "data": self._data(act)})

    def _data(self, act: Act) -> Mapping[str, object]:
        place = {"round": str(round_id(self.round_number, self.village)), "tube": act.tube}
        station = str(id_of(Kind.STATION, self.round_number * SIZE.villages + self.village))
        person = str(self._person(act.person))
        if act.kind == "tube.open":
            return {**place, "station": station, "pool": POOL}
        if act.kind == "sample":
            return {**place, "station": station, "person": person}
        if act.kind == "outcome":
            return {"round": place["round"], "person": person, "outcome": "refused", "reason": "refused_ill"}
        return {"record": self.ids[act.undoes], "reason": "undo"}

    def _person(self, number: int) -> UUID:
        return id_of(Kind.PERSON, self.village * PER_VILLAGE + number)


def test_two_servers_that_write_at_once_come_to_what_one_after_the_other_comes_to(ground: Ground) -> None:
    chance = random.Random(335)
    number = ground.open_round(clock.now() - timedelta(hours=1))
    acts, sent = story(chance)
    at_once, in_turn = (Happening(ground, village, number, acts) for village in (2, 3))
    other = Served(ground.layout.data, ports.free("127.0.0.1"))
    with closing(other), ThreadPoolExecutor(AT_ONCE) as pool:
        other.start()
        # Each record reaches both servers, as if the first answer was lost; AT_ONCE neighbours are under way together.
        requests = [(port, batch) for batch in sent for port in (ground.served.port, other.port)]
        answers = list(pool.map(lambda request: at_once.send(*request), requests))
    for batch in sent:
        in_turn.send(ground.served.port, batch)
    assert (at_once.statuses.keys(), in_turn.statuses.keys()) == ({200}, {200})
    told = Counter(
        (act, said)
        for (_port, batch), outcomes in zip(requests, answers, strict=True)
        for act, said in zip(batch, outcomes, strict=True)
    )
    assert told.total() == 2 * len(acts)
    assert {said for _act, said in told} <= {"accepted", "held", "duplicate"}
    assert {times for (_act, said), times in told.items() if said == "accepted"} == {1}
    assert at_once.state() == in_turn.state()
