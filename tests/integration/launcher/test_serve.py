"""`wuyi serve` as a process: it answers, mends itself, and leaves nothing behind."""

import re
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.serving import Served
from wuyicun.config import environment
from wuyicun.config.cli import database, ports, scratch
from wuyicun.kernel.database import embedded, processes
from wuyicun.kernel.database.layout import Layout


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder for all: only the first start makes a cluster and tables."""
    with scratch.folder() as folder:
        yield folder


@pytest.fixture
def served(data: Path) -> Iterator[Served]:
    with closing(Served(data, ports.free("127.0.0.1"))) as started:
        started.start()
        yield started


def answers(served: Served) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def test_what_dies_is_started_again_and_the_end_leaves_nothing_behind(served: Served, data: Path) -> None:
    main_process = processes.postmaster(Layout(data).cluster)
    assert main_process is not None
    assert answers(served)
    for name in ("granian", "jobs"):
        served.children()[name].kill()
        served.wait_for(lambda name=name: served.has_said(f"{name} ended unexpectedly"))
    served.wait_for(lambda: set(served.children()) == {"granian", "jobs"})
    served.kill_database()
    served.wait_for(lambda: processes.postmaster(Layout(data).cluster) not in {None, main_process})
    served.wait_for(lambda: answers(served))
    served.wait_for(lambda: set(served.children()) == {"granian", "jobs"})
    children = list(served.children().values())
    assert served.end(signal.SIGINT) == 0
    assert not any(child.is_running() for child in children)
    assert embedded.probe(Layout(data)) is embedded.State.ABSENT
    ports.check("127.0.0.1", served.port)


def test_on_its_first_day_it_tells_where_to_set_up_and_a_code(served: Served) -> None:
    assert served.has_said(f"http://127.0.0.1:{served.port}/setup/")
    assert len([line for line in served.said if re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}\s*", line)]) == 1
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/", timeout=10) as answer:
        assert answer.url.endswith("/setup/")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent was killed")
def test_a_killed_start_takes_everything_with_it(served: Served, data: Path) -> None:
    children = list(served.children().values())
    served.end(signal.SIGKILL)
    served.wait_for(lambda: not any(child.is_running() for child in children))
    # The jobs' process was the last user of the server, and ends it.
    served.wait_for(lambda: processes.postmaster(Layout(data).cluster) is None)


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
