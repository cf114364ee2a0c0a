"""How long it takes after each kind of kill until records are taken in again, while phones send all the time.

Beside it what no program on this PostgreSQL can go below: the same kill under the same load, PostgreSQL started again
at once by hand, and the time until it lets somebody in. Each figure is the median of the repetitions, which take turns.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.load import Loader, Size
from benchmarks.patient import PatientPhones
from benchmarks.raw import median
from benchmarks.serving import Served
from wuyicun.config.cli import ports, scratch
from wuyicun.kernel.database import cluster, processes, system_user
from wuyicun.kernel.database.layout import OWNER, Layout

SIZE = Size(villages=1, micro_grids=16)
PHONES = 8
REPETITIONS = 5
LOAD_SECONDS = 1.0  # before each kill
READY_WITHIN_SECONDS = 60

Say = Callable[[str], None]


def measure(say: Say) -> list[dict[str, Any]]:
    """The results, one for each kind of kill. It works in a data folder of its own: nobody else's server is killed."""
    with scratch.folder() as data, contextlib.closing(Served(data, ports.free("127.0.0.1"))) as served:
        say("启动系统 / Starting the system")
        served.start()
        phones = _phones(served)
        phones.start()
        runs = _Runs(served, phones, say)
        for repetition in range(REPETITIONS):
            runs.repeat(f"{repetition + 1}/{REPETITIONS}")
        phones.finish()
        _check(data, phones)
    return [_result(what, *figures) for what, figures in runs.figures.items()]


def _phones(served: Served) -> PatientPhones:
    """Phones with tokens, in a village with an open round."""
    now = datetime.now(UTC)
    with _owner(served.data) as owner:
        loader = Loader(owner, SIZE)
        loader.registry()
        loader.open_round(0, at=now)
        known = loader.phones(PHONES, at=now)
    return PatientPhones(known, served.port, SIZE, 0)


class _Runs:
    """The kills, one after the other. figures: by what was killed, seconds until ours and the raw one were back."""

    def __init__(self, served: Served, phones: PatientPhones, say: Say) -> None:
        self.served, self.phones, self.say = served, phones, say
        self.figures: dict[str, tuple[list[float], list[float]]] = {}

    def repeat(self, name: str) -> None:
        """Kill everything once."""
        served = self.served
        self._note(name, "web server", self._back_after(served.kill_web), self._let_in_after(served.kill_web))
        for what, kill in (("PostgreSQL", served.kill_database), ("everything", self._power_cut)):
            raw = self._let_in_after(served.kill_database)
            self._note(name, what, self._back_after(kill), raw)

    def _note(self, name: str, what: str, ours: float, raw: float) -> None:
        times = self.figures.setdefault(what, ([], []))
        times[0].append(ours)
        times[1].append(raw)
        self.say(f"{name} {what:>10} {ours * 1000:>6,.0f} ms {raw * 1000:>6,.0f} ms")

    def _back_after(self, kill: Callable[[], object]) -> float:
        """Seconds until a record that was sent after the kill is acknowledged."""
        self._load()
        began = time.monotonic()
        kill()
        return self.phones.wait_until_acknowledged(since=began)

    def _power_cut(self) -> None:
        self.served.kill_everything()
        self.served.start()

    def _let_in_after(self, kill: Callable[[], object]) -> float:
        """Seconds until PostgreSQL lets somebody in who needs nothing else, started at once when it was killed."""
        self._load()
        with self.served.unwatched():
            began = time.monotonic()
            kill()
            _enter(self.served.data)
            let_in = time.monotonic()
        self.phones.wait_until_acknowledged(since=let_in)
        return let_in - began

    def _load(self) -> None:
        time.sleep(LOAD_SECONDS)
        self.phones.wait_until_busy(2)


def _enter(data: Path) -> None:
    """Start PostgreSQL by hand unless it runs, and wait until it lets somebody in. Raises TimeoutError."""
    layout = Layout(data)
    if processes.postmaster(layout.cluster) is None:
        user = system_user.choose(layout)
        command = [str(cluster.programs(layout, user) / "pg_ctl"), "start", "--no-wait", f"--pgdata={layout.cluster}"]
        for stale in (layout.cluster / "postmaster.pid", *layout.socket.glob(".s.PGSQL.*")):
            stale.unlink()  # they name a dead process that may still have to be buried
        with layout.start_log.open("wb") as log:
            cluster.spawn(command, layout, user, log).wait()
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(psycopg.OperationalError):
            _owner(data).close()
            return
        time.sleep(0.005)
    raise TimeoutError("PostgreSQL does not let anybody in")


def _owner(data: Path) -> psycopg.Connection[Any]:
    return psycopg.connect(Layout(data).url(OWNER, "wuyicun"), autocommit=True)


def _check(data: Path, phones: PatientPhones) -> None:
    """What was acknowledged is there, and nothing else. Raises ValueError."""
    acknowledged = {record for phone in phones.phones for record in phone.told}
    with _owner(data) as owner:
        stored = {str(record) for (record,) in owner.execute("SELECT id FROM records_record")}
    if stored != acknowledged:
        lost, more = len(acknowledged - stored), len(stored - acknowledged)
        raise ValueError(f"{lost} acknowledged records are lost, {more} are there that nobody was told of")


def _result(what: str, ours: list[float], raw: list[float]) -> dict[str, Any]:
    ms, raw_ms = median(ours) * 1000, median(raw) * 1000
    return {"what": what, "ms": round(ms), "raw": round(raw_ms), "ratio": round(ms / raw_ms, 3)}
