"""Brings the village to a moment that is worth looking at, over HTTP and in a second or two: what no test is about."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from wuyicun.config.demo.client import Browser, Phone, Unexpected

POOL = 10
Person = Mapping[str, Any]


@dataclass(frozen=True)
class Round:
    """An open round, with a desk and a phone that work in it."""

    desk: Browser
    phone: Phone
    id: str
    title: str
    station: str
    pool: int

    @cached_property
    def somebody(self) -> Person:
        """Somebody who is in the round."""
        return self.owed()[0]

    def owed(self, area: str = "") -> list[Person]:
        """Who is to be sampled, in the order of the houses."""
        found: list[Person] = []
        cursor: str | None = ""
        while cursor is not None:
            asked = f"village={self.phone.village}&round={self.id}&area={area}&cursor={cursor}"
            page = self.phone.ask(f"/api/field/missing?{asked}")
            found += [person for house in page["households"] for person in house["people"] if person["state"] == "owed"]
            cursor = page["next"]
        return found

    def tube(
        self, code: str, people: Sequence[Person], *, minutes_ago: int = 0, close: bool = True, retest: bool = False
    ) -> None:
        """A tube with these people's swabs."""
        at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        base = {"round": self.id, "tube": code}
        pool = 1 if retest else self.pool
        more = {"retest": True} if retest else {}
        records = [self.phone.record("tube.open", {**base, "station": self.station, "pool": pool}, at)]
        records += [
            self.phone.record("sample", {**base, "station": self.station, "person": each["id"], **more}, at)
            for each in people
        ]
        if close:
            reason = None if len(people) == pool else "no_more_people"
            records.append(self.phone.record("tube.close", {**base, "count": len(people), "reason": reason}, at))
        self.phone.send(records)

    def say(self, person: Person, outcome: str, reason: str) -> None:
        """What was found at the door."""
        data = {"round": self.id, "person": person["id"], "outcome": outcome, "reason": reason}
        self.phone.send([self.phone.record("outcome", data)])

    def carry(self, codes: Sequence[str], giver: str = "杜梅", receiver: str = "常明") -> None:
        """Hand tubes over."""
        data = {"round": self.id, "tubes": list(codes), "counted": len(codes), "giver": giver, "receiver": receiver}
        self.phone.send([self.phone.record("tube.handover", data)])

    def result(self, code: str, result: str = "negative") -> None:
        """What the laboratory says of a tube."""
        self.phone.send([self.phone.record("tube.result", {"round": self.id, "tube": code, "result": result})])

    def scan(self, codes: str, counted: int) -> None:
        """Tubes are scanned as negative and entered."""
        scanned = {"result": "negative", "codes": codes, "counted": str(counted)}
        address, _page = self.desk.fill_in(f"/screening/laboratory/{self.id}/scan/", scanned)
        path = address.removeprefix(self.desk.base_url)
        self.desk.fill_in(path, {}, at=f"{path}enter/")

    def keep_aside(self) -> None:
        """A record that the server cannot take as it is: it waits in the tray."""
        data = {"round": self.id, "station": str(uuid4()), "tube": "Q-0001", "pool": self.pool}
        with contextlib.suppress(Unexpected):
            self.phone.send([self.phone.record("tube.open", data)])


def open_round(url: str, password: str, *, area: str, title: str = "", pool: int = POOL) -> Round:
    """Open a round; the desk and the phone are the secretary's, who may do all of it.

    Args:
        area: an area's path.
        title: what it is called; as the page proposes when empty.
        pool: how many share a tube.
    """
    desk = Browser(url)
    desk.log_in("shuji", password)
    changes = {"area": area, "pool_size": str(pool), **({"title": title} if title else {})}
    address, _page = desk.fill_in("/screening/new/", changes)
    round_id = str(UUID(address.rstrip("/").rsplit("/", 1)[-1]))
    phone = Phone(desk)
    told = phone.ask(f"/api/field/rounds?village={phone.village}")["rounds"]
    here = next(each for each in told if each["id"] == round_id)
    return Round(desk, phone, round_id, here["title"], here["stations"][0]["id"], pool)


def half_way(round_: Round) -> None:
    """A round in which everything has happened once: tubes in each state, a positive pool, people of each state."""
    people = round_.owed()
    tubes = [people[start : start + POOL] for start in range(0, 150, POOL)]
    for number, members in enumerate(tubes):
        round_.tube(f"X-{number + 1:04d}", members, minutes_ago=100 - 6 * number)
    round_.tube("X-0016", people[150:157], minutes_ago=9)
    round_.tube("X-0017", people[157:163], minutes_ago=4, close=False)
    round_.tube("X-0018", [*people[163:173], people[0], people[173]], minutes_ago=3, close=False)
    round_.carry([f"X-{number:04d}" for number in range(1, 9)])
    for number in range(1, 5):
        round_.result(f"X-{number:04d}", "positive" if number == 2 else "negative")
    round_.tube("D-0001", people[10:11], retest=True)
    round_.result("D-0001")
    for person, outcome, reason in zip(
        people[180:184],
        ("unreachable", "unreachable", "refused", "refused"),
        ("nobody_home", "phone_off", "refused_no_reason", "refused_ill"),
        strict=True,
    ):
        round_.say(person, outcome, reason)
    round_.scan("Z-0001", 1)
    round_.keep_aside()
