"""The main path over real HTTP: a round is opened, everyone is accounted for, and it closes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings

from wuyicun.config.demo.client import Browser, Phone, Unexpected
from wuyicun.domains.registry import counts as registered
from wuyicun.domains.registry.rules import Residence
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import queries as screening
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.domains.screening.reports import figures
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import clock, scope
from wuyicun.kernel.audit import sealer

POOL = 10
UNREACHABLE, REFUSED = 3, 1


def run(*, base_url: str, accounts: Sequence[Mapping[str, str]], progress: Callable[[str], None]) -> dict[str, Any]:
    """Walk the main path and tell what it came to.

    Args:
        base_url: where the program is served.
        accounts: an account per role as `fill.prepare` gives them.

    Raises:
        Unexpected: the program answered something else than it should.
    """
    walk = _Walk(base_url, accounts, progress)
    walk.open_round()
    walk.sample_everybody()
    walk.say_why_not()
    walk.carry()
    walk.results()
    walk.retest()
    walk.close()
    return walk.tell()


class _Walk:
    def __init__(self, base_url: str, accounts: Sequence[Mapping[str, str]], progress: Callable[[str], None]) -> None:
        self._by_user = {account["user_name"]: account["password"] for account in accounts}
        self._base_url, self._progress = base_url, progress
        self.secretary = self._desk("shuji")
        self.round = ""
        self.left: list[dict[str, Any]] = []

    def _desk(self, user_name: str) -> Browser:
        browser = Browser(self._base_url)
        browser.log_in(user_name, self._by_user[user_name])
        return browser

    def open_round(self) -> None:
        self._progress("开始一轮检测 / Opening a round")
        address, _page = self.secretary.fill_in("/screening/new/", {})
        self.round = str(UUID(address.rstrip("/").rsplit("/", 1)[-1]))
        self.phones = [Phone(self._desk("caiyang")), Phone(self._desk("cunyi"))]
        told = self.phones[0].ask(f"/api/field/rounds?village={self.phones[0].village}")["rounds"][0]
        self.station = told["stations"][0]["id"]

    def sample_everybody(self) -> None:
        """Two phones; one person at both, one swab over the pool, one short tube, one tube kept too long."""
        self._progress("采样 / Sampling")
        people = self._owed()
        self.left = [people.pop() for _ in range(UNREACHABLE + REFUSED)]
        tubes = list(_in_tubes(people))
        for number, members in enumerate(tubes):
            phone = self.phones[number % 2]
            at = datetime.now(UTC) - (timedelta(hours=2) if number == 0 else timedelta())
            self._tube(phone, f"X-{number + 1:04d}", members, at)
        self.tubes = [f"X-{number + 1:04d}" for number in range(len(tubes))]
        over = self._tube(self.phones[1], "X-OVER", tubes[0][:1] + tubes[1], datetime.now(UTC), close=False)
        if "duplicate_sample" not in over[1]["flags"] or over[-1]["flags"] != ["over_pool"]:
            raise Unexpected(f"flags: {over}")
        self.phones[1].send(
            [self.phones[1].record("tube.close", {"round": self.round, "tube": "X-OVER", "count": POOL})]
        )
        self.tubes.append("X-OVER")

    def _tube(
        self, phone: Phone, code: str, people: Sequence[Mapping[str, Any]], at: datetime, *, close: bool = True
    ) -> list[dict[str, Any]]:
        base = {"round": self.round, "tube": code}
        records = [phone.record("tube.open", {**base, "station": self.station, "pool": POOL}, at)]
        records += [
            phone.record("sample", {**base, "station": self.station, "person": person["id"]}, at) for person in people
        ]
        if close:
            reason = None if len(people) == POOL else "no_more_people"
            records.append(phone.record("tube.close", {**base, "count": len(people), "reason": reason}, at))
        return phone.send(records)

    def _owed(self) -> list[dict[str, Any]]:
        phone, cursor, found = self.phones[0], "", []
        while True:
            page = phone.ask(f"/api/field/missing?village={phone.village}&round={self.round}&cursor={cursor}")
            found += [person for house in page["households"] for person in house["people"]]
            if not page["next"]:
                return found
            cursor = page["next"]

    def say_why_not(self) -> None:
        self._progress("上门 / At the doors")
        phone = self.phones[0]
        records = [
            phone.record(
                "outcome",
                {"round": self.round, "person": person["id"], "outcome": "unreachable", "reason": "nobody_home"},
            )
            for person in self.left[:UNREACHABLE]
        ]
        records += [
            phone.record(
                "outcome",
                {"round": self.round, "person": person["id"], "outcome": "refused", "reason": "refused_no_reason"},
            )
            for person in self.left[UNREACHABLE:]
        ]
        phone.send(records)

    def carry(self) -> None:
        self._progress("转运 / Carrying the tubes")
        runner = Phone(self._desk("zhuanyun"))
        data = {"round": self.round, "tubes": self.tubes, "counted": len(self.tubes)}
        runner.send([runner.record("tube.handover", {**data, "giver": "杜梅", "receiver": "常明"})])
        runner.send([runner.record("tube.receipt", {**data, "laboratory": "县人民医院检验科"})])

    def results(self) -> None:
        self._progress("登记结果 / Results")
        doctor = self.phones[1]
        doctor.send(
            [
                doctor.record(
                    "tube.result",
                    {"round": self.round, "tube": code, "result": "positive" if code == self.tubes[1] else "negative"},
                )
                for code in self.tubes
            ]
        )

    def retest(self) -> None:
        """Everyone of the positive pool, singly."""
        self._progress("单采复核 / Single re-tests")
        village, round_ = self._round()
        with scope.enter(scope.of_system([village])):
            roll_id = screening.retests(village, round_).roll_id
            if roll_id is None:
                raise Unexpected("a positive pool opened no re-tests")
            people = [entry.subject_id for entry in rolls.entries(village, roll_id)]
        doctor = self.phones[1]
        for number, person in enumerate(people):
            base = {"round": self.round, "tube": f"D-{number + 1:03d}"}
            doctor.send(
                [
                    doctor.record("tube.open", {**base, "station": self.station, "pool": 1}),
                    doctor.record("sample", {**base, "station": self.station, "person": str(person), "retest": True}),
                    doctor.record("tube.close", {**base, "count": 1}),
                    doctor.record("tube.result", {**base, "result": "negative"}),
                ]
            )

    def close(self) -> None:
        self._progress("关闭本轮 / Closing the round")
        self.secretary.fill_in(f"/screening/closing/{self.round}/", {})

    def _round(self) -> tuple[UUID, RoundRow]:
        village = UUID(self.phones[0].village)
        with scope.enter(scope.of_system([village])):
            return village, screening.round_(village, UUID(self.round))

    def tell(self) -> dict[str, Any]:
        """What the database holds now."""
        village, round_ = self._round()
        with scope.enter(scope.of_system([village])):
            counts = rolls.counts(village, round_.roll_id)
            tubes = screening.totals(village, round_, clock.now())
            retests = screening.retests(village, round_)
            residence = registered.by_residence(village)
            households = registered.households(village)
            micro_grids = len(territory.areas(village, levels=[Level.MICRO_GRID]))
        workers = residence.get(Residence.OUTSIDE, 0)
        return {
            "residents": residence.get(Residence.RESIDENT, 0),
            "people": sum(residence.values()) - workers,
            "workers": workers,
            "households": households,
            "micro_grids": micro_grids,
            "round": {**figures(counts), "closed": round_.state == RoundState.CLOSED},
            "tubes": {
                "sent": tubes.sent,
                "short": tubes.short,
                "late": tubes.late,
                "positive": tubes.positive,
                "without_result": tubes.without_result,
            },
            "retests": {"opened": retests.counts.current, "negative": retests.negative},
            "audit": _audit(),
        }


def _in_tubes(people: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(people)
    while members := list(islice(rest, POOL)):
        yield members


def _audit() -> dict[str, Any]:
    with psycopg.connect(settings.WUYI_SEALER_URL, autocommit=True) as connection:
        sealer.seal(connection, clock.now())
        verdict = sealer.verify(connection)
    return {"rows": verdict.rows, "sealed": verdict.sealed, "verified": verdict.verified}
