"""`wuyi serve` as a process: it answers, mends itself, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from wuyicun.config import environment
from wuyicun.config.cli import database, ports, scratch
from wuyicun.kernel.database import embedded, processes
from wuyicun.kernel.database.layout import Layout

WITHIN_SECONDS = 60


class Serving:
    """`wuyi serve` in a process, with what it says."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.url = f"http://127.0.0.1:{port}/healthz"
        self.said: list[str] = []
        self.process = subprocess.Popen(
            # SIGINT is ignored, as a script has it for what it starts with &.
            ["sh", "-c", f"trap '' INT; exec {sys.executable} -m wuyicun serve"],
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "WUYI_DATA": str(data), "WUYI_DATABASE": "wuyicun", "WUYI_PORT": str(port)},
        )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        self.wait_for(lambda: self.has_said("Serving"))

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(self.process.stderr)

    def has_said(self, words: str) -> bool:
        assert self.process.poll() is None, "".join(self.said)
        return any(words in line for line in self.said)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_for(self, there: Callable[[], bool]) -> None:
        until = time.monotonic() + WITHIN_SECONDS
        while not there():
            assert time.monotonic() < until, "".join(self.said)
            time.sleep(0.1)

    def children(self) -> dict[str, psutil.Process]:
        found = psutil.Process(self.process.pid).children()
        return {name: child for child in found for name in ("granian", "jobs") if name in child.cmdline()}

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        code = self.process.wait(WITHIN_SECONDS)
        self._listener.join(WITHIN_SECONDS)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder for all: only the first start makes a cluster and tables."""
    with scratch.folder() as folder:
        yield folder


@pytest.fixture
def serving(data: Path) -> Iterator[Serving]:
    served = Serving(data, ports.free("127.0.0.1"))
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.end(signal.SIGTERM)


def test_what_dies_is_started_again_and_the_end_leaves_nothing_behind(serving: Serving, data: Path) -> None:
    main_process = processes.postmaster(Layout(data).cluster)
    assert main_process is not None
    assert serving.answers()
    for name in ("granian", "jobs"):
        serving.children()[name].kill()
        serving.wait_for(lambda name=name: serving.has_said(f"{name} ended unexpectedly"))
    serving.wait_for(lambda: set(serving.children()) == {"granian", "jobs"})
    main_process.kill()
    serving.wait_for(lambda: processes.postmaster(Layout(data).cluster) not in {None, main_process})
    serving.wait_for(serving.answers)
    serving.wait_for(lambda: set(serving.children()) == {"granian", "jobs"})
    children = list(serving.children().values())
    assert serving.end(signal.SIGINT) == 0
    assert not any(child.is_running() for child in children)
    assert embedded.probe(Layout(data)) is embedded.State.ABSENT
    ports.check("127.0.0.1", int(serving.url.split(":")[2].split("/")[0]))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent was killed")
def test_a_killed_start_takes_everything_with_it(serving: Serving, data: Path) -> None:
    children = list(serving.children().values())
    serving.end(signal.SIGKILL)
    serving.wait_for(lambda: not any(child.is_running() for child in children))
    # The jobs' process was the last user of the server, and ends it.
    serving.wait_for(lambda: processes.postmaster(Layout(data).cluster) is None)


def test_a_database_apart_is_new_each_time_and_gone_afterwards(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUYI_DATA", str(data))
    monkeypatch.setenv("WUYI_DATABASE", "village")
    with database.opened() as living:
        assert living is not None
        for _ in range(2):
            monkeypatch.setenv("WUYI_DATABASE", "village")
            with database.apart("_check") as (read, server):
                assert (read.database, environment.read().database) == ("village_check", "village_check")
                assert server is not None
                with server.connect("village_check") as connection:
                    connection.execute("CREATE TABLE only_once (n int)")
        with living.connect() as connection:
            names = [name for (name,) in connection.execute("SELECT datname FROM pg_database")]
        assert "village" in names
        assert "village_check" not in names


def test_a_server_of_ones_own_gets_a_database_apart_as_well(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with embedded.start(data, lambda line: None) as server:
        embedded.ensure_database(server, "own")
        with server.connect() as connection:
            connection.execute("ALTER ROLE wuyi_owner CREATEDB")
        monkeypatch.setenv("DATABASE_URL", server.layout.url("wuyi_app", "own"))
        monkeypatch.setenv("DATABASE_OWNER_URL", server.layout.url("wuyi_owner", "own"))
        with database.apart("_check") as (read, nobody):
            assert nobody is None
            assert "dbname=own_check" in read.database_url
            assert "dbname=own_check" in read.owner_url
