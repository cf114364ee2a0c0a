"""The embedded PostgreSQL: start it, share it with other processes, end it with its last user.

Whoever uses the server holds a shared lock on `<data>/postgresql.users`; the system takes it from a process that dies.
`stop()` ends the server only when nobody else holds one, whoever started it. A server left behind by a killed start is
used by the next one once it has answered SELECT 1 and named our cluster; one that does not answer is ended first.

For developers: `python -m wuyicun.kernel.database.embedded start|stop|url DATA [ROLE] [DATABASE]`. A server started
that way runs until it is stopped that way.
"""

import argparse
import contextlib
import enum
import errno
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from wuyicun.kernel.database import processes, roles, system_user
from wuyicun.kernel.database.cluster import SUPERUSER, configure, prepare, programs, spawn
from wuyicun.kernel.database.layout import APP, ROLES, Layout
from wuyicun.kernel.database.system_user import SystemUser
from wuyicun.kernel.failure import Failure
from wuyicun.kernel.secret_files import make_passable

READY_WITHIN_SECONDS = 600  # recovery after a crash may take minutes; a new cluster is ready in one second
SILENT_FOR_SECONDS = 30  # a server that does not even say that it is starting is taken for dead
DISK_FULL = "disk_full"  # the code of the Failure that making room puts right
LEAST_BYTES_TO_START = 64 * 2**20  # a recovery writes new WAL segments of 16 MiB before anybody is let in
BUSY_WORDS = ("starting up", "shutting down", "not yet accepting", "in recovery mode")

Say = Callable[[str], None]


class State(enum.Enum):
    """What the socket answers."""

    ABSENT = "absent"
    BUSY = "busy"
    READY = "ready"


@dataclass
class Server:
    """A running embedded server that this process uses until `stop()`."""

    layout: Layout
    user: SystemUser
    settings: Mapping[str, str]
    say: Say
    _users: int = field(default=-1, repr=False)

    def stop(self) -> None:
        """Let go of the server and, when nobody else uses it and nobody asked to keep it, end it."""
        if self._users < 0:
            return
        with _alone(self.layout):
            last = _take(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(self._users)
            self._users = -1
            if last and not _kept(self.layout):
                end(self.layout)

    def ensure_running(self) -> None:
        """Start the server again if it has died. Raises Failure when it will not start."""
        try:
            with _alone(self.layout):
                _ensure_running(self)
        except OSError as error:
            raise _from_system(error, self.layout.data) from error

    def is_running(self) -> bool:
        """Whether the server's main process lives; cheap enough to ask every second."""
        return processes.postmaster(self.layout.cluster) is not None

    def connect(self, database: str = SUPERUSER) -> psycopg.Connection[Any]:
        """Connect as the superuser, in autocommit: for roles and databases only."""
        return _connect(self.layout, database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(data: Path, progress: Say, settings: Mapping[str, str] | None = None) -> Server:
    """Start the server of this data folder, or join the one that runs. Raises Failure.

    settings: PostgreSQL settings that come after ours, when the server is started here (tests switch fsync off).
    """
    layout = Layout(data.absolute())
    system_user.check_data_folder(layout)
    server = Server(layout, system_user.choose(layout), settings or {}, progress)
    try:
        make_passable(layout.data)
        with _alone(layout):
            prepare(layout, server.user, progress)
            server._users = _open(layout.data / "postgresql.users")
            _take(server._users, fcntl.LOCK_SH)
            _ensure_running(server)
    except OSError as error:
        raise _from_system(error, layout.data) from error
    return server


def ensure_database(server: Server, name: str, template: str | None = None) -> None:
    """Make the four roles and the database, owned by wuyi_owner, unless they are there. template: what to copy."""
    with server.connect() as connection:
        roles.ensure_roles(connection, {role: server.layout.password(role) for role in ROLES})
        roles.ensure_database(connection, name, template)
    with server.connect(name) as connection:
        roles.ensure_schema(connection)


def drop_database(server: Server, name: str) -> None:
    """Drop the database, whoever is connected to it."""
    with server.connect() as connection:
        roles.drop_database(connection, name)


def end(layout: Layout) -> None:
    """End the server of this data folder, whoever uses it."""
    process = processes.postmaster(layout.cluster)
    if process:
        processes.end(process)


def probe(layout: Layout) -> State:
    """Ask the socket itself: READY only when SELECT 1 is answered by the server of our own cluster."""
    try:
        with _connect(layout) as connection:
            row = connection.execute("SELECT 1, current_setting('data_directory')").fetchone()
    except psycopg.OperationalError as error:
        return State.BUSY if any(words in str(error) for words in BUSY_WORDS) else State.ABSENT
    return State.READY if row and Path(row[1]).resolve() == layout.cluster.resolve() else State.ABSENT


def _ensure_running(server: Server) -> None:
    layout = server.layout
    process = processes.postmaster(layout.cluster)
    if process is not None:
        if _wait_until_ready(layout, process.is_running, server.say) is State.READY:
            return
        server.say("结束没有应答的 PostgreSQL / Ending a PostgreSQL that does not answer")
        processes.end(process)
    processes.end_leftovers(layout.cluster)
    # PostgreSQL takes a number in these for a living server, also when it now belongs to another process or a zombie.
    for stale in (layout.cluster / "postmaster.pid", *layout.socket.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)
    _launch(server)


def _launch(server: Server) -> None:
    layout = server.layout
    server.say("启动 PostgreSQL / Starting PostgreSQL")
    configure(layout, server.user, server.settings)
    command = [str(programs(layout, server.user) / "pg_ctl"), "start", "-w", f"-t{READY_WITHIN_SECONDS}"]
    sizes = {log: log.stat().st_size for log in _logs(layout)}
    with (
        layout.start_log.open("wb") as log,
        spawn([*command, f"-D{layout.cluster}"], layout, server.user, log) as child,
    ):
        try:
            _wait_until_ready(layout, lambda: child.poll() is None, server.say)
            started = child.wait() == 0 and probe(layout) is State.READY
        except BaseException:  # Ctrl-C while it starts: nobody else would end it
            child.kill()
            end(layout)
            raise
    if not started:
        end(layout)
        raise _not_started(layout, sizes)


def _wait_until_ready(layout: Layout, lives: Callable[[], bool], say: Say) -> State:
    """Wait for SELECT 1 while the process lives: recovery after a crash may take its time, silence may not."""
    began = said = heard = time.monotonic()
    while True:
        state = probe(layout)
        now = time.monotonic()
        heard = now if state is State.BUSY else heard
        given_up = now - heard > SILENT_FOR_SECONDS or now - began > READY_WITHIN_SECONDS
        if state is State.READY or given_up or not lives():
            return state
        if now - said > 5:
            said = now
            say(f"等待 PostgreSQL,已 {now - began:.0f} 秒 / Waiting for PostgreSQL, {now - began:.0f} s so far")
        time.sleep(0.05)


def _connect(layout: Layout, database: str = SUPERUSER) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(layout.socket), port=5432, user=SUPERUSER, dbname=database, connect_timeout=5, autocommit=True
    )


@contextlib.contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    """Starts and stops of one data folder wait for each other."""
    lock = _open(layout.data / "postgresql.lock")
    try:
        _take(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind)
    except BlockingIOError:
        return False
    return True


def _kept(layout: Layout) -> bool:
    """Whether a developer started this very server to keep it. The note names its process and dies with it."""
    process = processes.postmaster(layout.cluster)
    with contextlib.suppress(FileNotFoundError):
        return process is not None and (layout.data / "postgresql.kept").read_text() == str(process.pid)
    return False


def _keep(layout: Layout) -> None:
    process = processes.postmaster(layout.cluster)
    if process:
        (layout.data / "postgresql.kept").write_text(str(process.pid))


def _not_started(layout: Layout, sizes: Mapping[Path, int]) -> Failure:
    """Say why. sizes: of the server's logs before this start, whose lines tell of earlier ones."""
    lines = layout.start_log.read_text(errors="replace").splitlines()
    for log in _logs(layout):
        with log.open(errors="replace") as file:
            file.seek(sizes.get(log, 0))
            lines += [line for line in file.read().splitlines() if not any(words in line for words in BUSY_WORDS)]
    if any("No space left" in line for line in lines):
        return _disk_full(layout.data)
    if shutil.disk_usage(layout.cluster).free < LEAST_BYTES_TO_START:  # then there was none for the log either
        return _disk_full(layout.data)
    fatal = (line for line in reversed(lines) if "FATAL" in line or "PANIC" in line)
    last = next(fatal, lines[-1] if lines else "?")
    return Failure(
        "postgresql_not_started",
        f"PostgreSQL 启动失败:{last}({layout.start_log})",
        f"PostgreSQL did not start: {last} ({layout.start_log})",
    )


def _logs(layout: Layout) -> list[Path]:
    return sorted((layout.cluster / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)


def _disk_full(data: Path) -> Failure:
    return Failure(DISK_FULL, f"磁盘已满:{data}", f"No space left on the disk: {data}")


def _from_system(error: OSError, data: Path) -> Failure:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _disk_full(data)
    return Failure(
        "data_folder_unusable",
        f"数据目录不可用:{data}({error.strerror})",
        f"The data folder cannot be used: {data} ({error.strerror})",
    )


def main() -> int:
    """Start, stop or name the server from a shell."""
    parser = argparse.ArgumentParser(prog="python -m wuyicun.kernel.database.embedded")
    parser.add_argument("what", choices=["start", "stop", "url"])
    parser.add_argument("data", type=Path)
    parser.add_argument("role", nargs="?", default=APP, choices=ROLES)
    parser.add_argument("database", nargs="?", default="wuyicun")
    arguments = parser.parse_args()
    layout = Layout(arguments.data.absolute())
    try:
        if arguments.what == "start":
            with start(layout.data, lambda line: print(line, file=sys.stderr)) as server:
                ensure_database(server, arguments.database)
                _keep(layout)
        elif arguments.what == "stop":
            end(layout)
        if arguments.what != "stop":
            print(layout.url(arguments.role, arguments.database))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
