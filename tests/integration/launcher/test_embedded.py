"""The embedded server through everything that can happen to it, apart from the one that serves the other tests."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from wuyicun.config.cli import scratch
from wuyicun.kernel.database import embedded, processes
from wuyicun.kernel.database.layout import APP, OWNER, PURGE, SEALER, Layout
from wuyicun.kernel.failure import Failure

USER_OF_THE_SERVER = """
import sys, time
from pathlib import Path
from wuyicun.kernel.database import embedded
server = embedded.start(Path(sys.argv[1]), lambda line: None)
print("ready", flush=True)
sys.stdin.readline()
server.stop()
"""

LEFT_BEHIND = """
from wuyicun.config.cli import scratch
from wuyicun.kernel.database import embedded
with scratch.folder() as data:
    embedded.start(data, lambda line: None)
    print(data, flush=True)
    input()
"""


@pytest.fixture
def data() -> Iterator[Path]:
    with scratch.folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def server() -> Iterator[embedded.Server]:
    """One server for the tests that leave it as they found it."""
    with scratch.folder() as folder, embedded.start(folder, lambda line: None) as started:
        embedded.ensure_database(started, "village")
        yield started


class OtherProcess:
    """Another process that uses the server of this folder."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER_OF_THE_SERVER, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


def do(server: embedded.Server, *statements: str) -> None:
    with server.connect("village") as connection:
        for statement in statements:
            connection.execute(statement.encode())


def ask(server: embedded.Server, statement: str) -> list[tuple[object, ...]]:
    with server.connect("village") as connection:
        return connection.execute(statement.encode()).fetchall()


def main_process(data: Path) -> psutil.Process:
    found = processes.postmaster(Layout(data).cluster)
    assert found is not None
    return found


def test_the_last_user_ends_the_server_whoever_started_it(data: Path) -> None:
    first = OtherProcess(data)
    number = main_process(data).pid
    second = OtherProcess(data)
    first.leave()
    assert embedded.probe(Layout(data)) is embedded.State.READY
    assert main_process(data).pid == number
    second.leave()
    assert embedded.probe(Layout(data)) is embedded.State.ABSENT
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE


def test_a_server_left_behind_by_a_killed_start_is_used_and_then_ended(data: Path) -> None:
    killed = OtherProcess(data)
    number = main_process(data).pid
    killed.kill()
    with embedded.start(data, lambda line: None):
        assert main_process(data).pid == number
    assert embedded.probe(Layout(data)) is embedded.State.ABSENT


def test_what_was_committed_outlives_the_death_of_the_server(server: embedded.Server) -> None:
    do(server, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    main_process(server.layout.data).kill()
    server.ensure_running()
    assert ask(server, "SELECT n FROM kept") == [(7,)]


def test_a_number_that_belongs_to_another_process_stops_nobody(server: embedded.Server) -> None:
    main_process(server.layout.data).kill()
    processes.end_leftovers(server.layout.cluster)
    note = server.layout.cluster / "postmaster.pid"
    lines = note.read_text().split("\n")
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert not server.is_running()
    server.ensure_running()
    assert ask(server, "SELECT 1") == [(1,)]
    assert psutil.pid_exists(os.getpid())


def test_a_server_that_does_not_answer_is_ended_first(server: embedded.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = main_process(server.layout.data)
    stopped.send_signal(signal.SIGSTOP)
    monkeypatch.setattr(embedded, "SILENT_FOR_SECONDS", 0.1)
    monkeypatch.setattr(processes, "IN_ORDER_SECONDS", 0.5)
    monkeypatch.setattr(processes, "AT_ONCE_SECONDS", 0.5)
    server.ensure_running()
    assert main_process(server.layout.data).pid != stopped.pid
    assert ask(server, "SELECT 1") == [(1,)]


def test_a_cluster_that_was_not_finished_is_made_again(data: Path) -> None:
    (data / "postgresql" / "cluster.part" / "base").mkdir(parents=True)
    with embedded.start(data, lambda line: None) as server, server.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_progress_is_said(data: Path) -> None:
    said: list[str] = []
    with embedded.start(data, said.append):
        pass
    assert [line.split(" / ")[1] for line in said] == ["Creating the database cluster", "Starting PostgreSQL"]


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    with embedded.start(data, lambda line: None):
        pass
    (data / "postgresql" / "cluster" / "local.conf").write_text("max_connections = 'many'\n")
    with pytest.raises(Failure) as said:
        embedded.start(data, lambda line: None)
    assert said.value.code == "postgresql_not_started"
    assert "start.log" in said.value.chinese
    assert embedded.probe(Layout(data)) is embedded.State.ABSENT


def test_a_full_disk_is_said_and_not_what_an_earlier_start_said(data: Path) -> None:
    with embedded.start(data, lambda line: None):
        pass
    options = data / "postgresql" / "cluster" / "postmaster.opts"
    options.unlink()
    options.symlink_to("/dev/full")
    with pytest.raises(Failure) as said:
        embedded.start(data, lambda line: None)
    assert said.value.code == embedded.DISK_FULL
    assert str(data) in said.value.chinese
    options.unlink()
    with embedded.start(data, lambda line: None) as server, server.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_cluster_of_another_release_is_refused(data: Path) -> None:
    with embedded.start(data, lambda line: None):
        pass
    (data / "postgresql" / "cluster" / "PG_VERSION").write_text("17\n")
    with pytest.raises(Failure) as said:
        embedded.start(data, lambda line: None)
    assert said.value.code == "cluster_version"


def test_only_its_own_account_can_come_near(server: embedded.Server) -> None:
    layout = server.layout
    secrets = layout.data / "secrets"
    closed = [layout.socket, layout.cluster, secrets, *secrets.iterdir()]
    assert not [path for path in closed if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert ask(server, "SHOW listen_addresses") == [("",)]
    assert (os.geteuid() != 0) or layout.cluster.stat().st_uid != 0


def test_no_role_comes_in_without_its_password(server: embedded.Server) -> None:
    for role in (OWNER, APP, PURGE, SEALER):
        with psycopg.connect(server.layout.url(role, "village")) as connection:
            assert connection.info.user == role
        for password in ("", "wrong"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(
                    host=str(server.layout.socket), user=role, dbname="village", password=password, connect_timeout=5
                )


def test_the_four_roles_are_held_short(server: embedded.Server) -> None:
    rows = ask(
        server,
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication "
        "FROM pg_roles WHERE rolname LIKE 'wuyi_%' ORDER BY 1",
    )
    assert rows == [(APP, False), (OWNER, False), (PURGE, False), (SEALER, False)]
    assert ask(server, "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'village'") == [(OWNER,)]
    with psycopg.connect(server.layout.url(APP, "village"), autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE passing (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE lasting (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE DATABASE another")


def test_a_role_that_was_made_mighty_is_held_short_again(server: embedded.Server) -> None:
    do(server, "ALTER ROLE wuyi_app SUPERUSER BYPASSRLS PASSWORD 'other'")
    embedded.ensure_database(server, "village")
    with psycopg.connect(server.layout.url(APP, "village")) as connection:
        row = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    assert row == (False, False)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("max_connections", "200"),
    ],
)
def test_the_server_is_set_to_keep_what_it_acknowledged(server: embedded.Server, setting: str, value: str) -> None:
    assert ask(server, f"SHOW {setting}") == [(value,)]


def test_the_names_of_people_are_not_logged(server: embedded.Server) -> None:
    do(server, "CREATE TABLE person (name text UNIQUE)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        do(server, "INSERT INTO person VALUES ('王小明'), ('王小明')")
    until = time.monotonic() + 10
    logged = ""
    while "duplicate key" not in logged and time.monotonic() < until:  # a process of its own writes the log
        logged = "".join(log.read_text() for log in (server.layout.cluster / "log").glob("*.log"))
    assert "duplicate key" in logged
    assert "王小明" not in logged


def test_a_long_path_to_the_data_folder_works(data: Path) -> None:
    deep = data / ("村" * 30)
    with embedded.start(deep, lambda line: None) as server, server.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    Layout(deep).socket.rmdir()


def test_a_folder_of_someone_else_in_the_place_of_the_socket_is_refused(data: Path, tmp_path: Path) -> None:
    deep = data / ("x" * 90)
    place = Layout(deep).socket
    place.symlink_to(tmp_path)
    try:
        with pytest.raises(Failure) as said:
            embedded.start(deep, lambda line: None)
    finally:
        place.unlink()
    assert said.value.code == "socket_folder_taken"


def test_a_full_disk_is_said(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(embedded, "prepare", full)
    with pytest.raises(Failure) as said:
        embedded.start(data, lambda line: None)
    assert said.value.code == "disk_full"


def test_two_first_starts_at_the_same_moment_share_one_server(data: Path) -> None:
    command = [sys.executable, "-c", USER_OF_THE_SERVER, str(data)]
    together = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [process.communicate("\n", timeout=60) for process in together]
    assert [(process.returncode, out) for process, (out, _) in zip(together, ended, strict=True)] == [
        (0, "ready\n")
    ] * 3
    assert embedded.probe(Layout(data)) is embedded.State.ABSENT


def test_a_developer_keeps_a_server_until_it_is_stopped(data: Path) -> None:
    command = [sys.executable, "-m", "wuyicun.kernel.database.embedded"]
    url = subprocess.run([*command, "start", str(data)], capture_output=True, text=True, check=True).stdout.strip()
    with psycopg.connect(url) as connection:
        assert connection.info.user == APP
    with embedded.start(data, lambda line: None):
        pass
    assert embedded.probe(Layout(data)) is embedded.State.READY
    named = subprocess.run([*command, "url", str(data), OWNER], capture_output=True, text=True, check=True).stdout
    assert named.startswith(f"postgresql://{OWNER}:")
    subprocess.run([*command, "stop", str(data)], check=True)
    assert embedded.probe(Layout(data)) is embedded.State.ABSENT


def test_what_killed_test_runs_leave_is_removed() -> None:
    killed = subprocess.Popen(
        [
            sys.executable,
            "-c",
            LEFT_BEHIND,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().strip())
    scratch.remove_abandoned()
    assert left.exists()  # in use
    killed.kill()
    killed.communicate(timeout=60)
    number = main_process(left).pid
    until = time.monotonic() + 60
    while left.parent.exists() and time.monotonic() < until:  # a test beside this one may be at it already
        scratch.remove_abandoned()
        time.sleep(0.1)
    assert not left.parent.exists()
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE
