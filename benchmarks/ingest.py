"""How many envelopes a second are stored over HTTP, as served: log-in by token, scope, policies, counters and audit on.

In every repetition the raw limits are measured next to ours; each figure is the median of the repetitions.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg

from benchmarks.load import Loader, Phone, Size
from benchmarks.phones import Outcome, Task
from benchmarks.raw import CLIENTS, Raw, median
from wuyicun.config.cli import ports
from wuyicun.config.cli.services import Services
from wuyicun.config.environment import ROOT, Environment
from wuyicun.kernel.database import cluster, system_user
from wuyicun.kernel.database.embedded import Server
from wuyicun.kernel.database.layout import Layout

SIZE = Size(villages=16, micro_grids=64)
PER_REQUEST = (1, 20, 200)
REPETITIONS = 3
SECONDS = 3.0
MOST_RECORDS = 2_300  # of a phone in one run: a little less than its people, each with a tenth of a tube

CHECK = """
SELECT sum(c.done), count(*) FILTER (WHERE (c.owed, c.done) IS DISTINCT FROM (e.owed, e.done))
FROM rolls_leafcount c LEFT JOIN (
  SELECT roll_id, area_id, count(*) FILTER (WHERE state = 0) AS owed, count(*) FILTER (WHERE state = 1) AS done
  FROM rolls_entry GROUP BY roll_id, area_id) e USING (roll_id, area_id)
"""

Say = Callable[[str], None]


def measure(read: Environment, server: Server | None, say: Say, *, small: bool = False) -> list[dict[str, Any]]:
    """The results, one for each number of records in a request."""
    say("写入虚拟村庄 / Writing synthetic villages")
    with psycopg.connect(read.owner_url, autocommit=True) as owner:
        loader = Loader(owner, SIZE)
        loader.registry()
        phones = loader.phones(CLIENTS, at=datetime.now(UTC))
        raw = Raw(read.owner_url, _pgbench(read), SIZE)
        services = Services(read, ports.free(read.host), server)
        with services.running():
            runs = _Runs(loader, phones, services.port, raw, say)
            runs.warm_up()
            for repetition in range(1 if small else REPETITIONS):
                runs.repeat(f"{repetition + 1}/{REPETITIONS}")
        _check(owner, runs.swabs)
    return [_result(per_request, runs.rates) for per_request in PER_REQUEST]


class _Runs:
    """The runs, one after the other; each has a round of its own."""

    def __init__(self, loader: Loader, phones: Sequence[Phone], port: int, raw: Raw, say: Say) -> None:
        self.loader, self.phones, self.port, self.raw, self.say = loader, phones, port, raw, say
        self.rates: dict[str, list[float]] = {}
        self.swabs = self.rounds = 0

    def warm_up(self) -> None:
        """What a process does once: connections, tokens, plans."""
        for per_request in (PER_REQUEST[0], PER_REQUEST[-1]):
            self._ours(per_request, 2.0)
        self.rates.clear()

    def repeat(self, name: str) -> None:
        """Measure everything once."""
        for protocol in ("simple", "prepared"):
            self._note(protocol, self.raw.single(SECONDS, protocol), name)
        self._note("sets", self.raw.sets(SECONDS), name)
        for per_request in PER_REQUEST:
            self._note(str(per_request), self._ours(per_request, SECONDS), name)

    def _note(self, what: str, rate: float, name: str) -> None:
        self.rates.setdefault(what, []).append(rate)
        self.say(f"{name} {what:>8} {rate:>10,.0f}/s")

    def _ours(self, per_request: int, seconds: float) -> float:
        self.loader.open_round(self.rounds, at=datetime.now(UTC))
        self.loader.settle_down()
        task = Task(self.port, per_request, self.rounds, seconds, MOST_RECORDS, self.loader.size, list(self.phones))
        self.rounds += 1
        command = [sys.executable, "-m", "benchmarks.phones"]
        done = subprocess.run(command, input=msgspec.json.encode(task), stdout=subprocess.PIPE, cwd=ROOT, check=True)
        outcome = msgspec.json.decode(done.stdout, type=Outcome)
        if outcome.not_accepted:
            raise ValueError(f"{outcome.not_accepted} records were not simply accepted")
        self.swabs += outcome.swabs
        return outcome.records / outcome.seconds if outcome.records else 0.0


def _check(owner: psycopg.Connection[Any], acknowledged: int) -> None:
    """What was acknowledged is there, and the counters say what the entries say. Raises ValueError."""
    done, drifting = owner.execute(CHECK).fetchone() or (0, 0)
    if drifting or done < acknowledged:
        raise ValueError(f"{acknowledged} swabs were acknowledged, {done} are counted, {drifting} leaves drift")


def _result(per_request: int, rates: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    rate = median(rates[str(per_request)])
    raw = median(rates["simple" if per_request == 1 else "sets"])
    result = {"per_request": per_request, "rate": round(rate), "raw": round(raw), "ratio": round(rate / raw, 3)}
    if per_request == 1:
        prepared = median(rates["prepared"])
        result |= {"prepared": round(prepared), "of_prepared": round(rate / prepared, 3)}
    return result


def _pgbench(read: Environment) -> Any:
    layout = Layout(read.data)
    return cluster.programs(layout, system_user.choose(layout)) / "pgbench"
