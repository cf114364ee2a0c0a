"""The processes that serve: Granian and the jobs' worker, watched together with PostgreSQL and ended together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

from wuyicun.config.cli.console import complain, say
from wuyicun.config.environment import Environment
from wuyicun.kernel.database.embedded import DISK_FULL, Server
from wuyicun.kernel.failure import Failure

READY_WITHIN_SECONDS = 90
ENDS_WITHIN_SECONDS = 10
DEATHS_ALLOWED = 5  # within the following time; then something is wrong that starting again does not mend
DEATHS_WITHIN_SECONDS = 60
LOOK_EVERY_SECONDS = 0.2
FULL_DISK_AGAIN_AFTER_SECONDS = 2.0
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One watched process, the first of a group of its own."""

    name: str
    command: Sequence[str]
    variables: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,  # a command's own result is all that goes to its standard output
            env={**os.environ, **self.variables},
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - this process has one thread
        )

    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Signal the whole group: what a killed first process leaves behind as well."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class Services:
    """Granian and the jobs' worker on top of a database that is ready.

    server: the embedded PostgreSQL, which is started again when it dies; None for a server of one's own.
    """

    def __init__(self, environment: Environment, port: int, server: Server | None) -> None:
        self.environment = environment
        self.port = port
        self.server = server
        variables = {"WUYI_DATABASE": environment.database, "WUYI_PORT": str(port)}
        self.children = [
            Child("granian", self._granian(), variables),
            Child("jobs", [sys.executable, "-m", "wuyicun", "jobs"], variables),
        ]

    @property
    def base_url(self) -> str:
        """Where a browser on this machine finds us."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.environment.host, self.environment.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Have the processes running, and answering, for as long as the block lasts. Raises Failure."""
        try:
            for child in self.children:
                child.start()
            self._wait_until_healthy()
            yield
        finally:
            self._end()

    def watch(self) -> None:
        """Start again what dies, until Ctrl-C. Raises Failure when something dies again and again."""
        while True:
            time.sleep(LOOK_EVERY_SECONDS)
            if self.server is not None and not self.server.is_running():
                say("PostgreSQL 意外结束,重新启动 / PostgreSQL ended unexpectedly, starting it again")
                _start_when_there_is_room(self.server)
            for child in self.children:
                if not child.lives():
                    self._start_again(child)

    def _start_again(self, child: Child) -> None:
        now = time.monotonic()
        child.signal(signal.SIGKILL)
        child.deaths = [*(at for at in child.deaths if now - at < DEATHS_WITHIN_SECONDS), now]
        if len(child.deaths) > DEATHS_ALLOWED:
            raise Failure(
                "service_dies",
                f"{child.name} 反复意外结束,全部停止。",
                f"{child.name} ends again and again: stopping everything.",
            )
        say(f"{child.name} 意外结束,重新启动 / {child.name} ended unexpectedly, starting it again")
        child.start()

    def _granian(self) -> list[str]:
        workers = self.environment.workers
        return [
            *(sys.executable, "-m", "granian", "--interface", "rsgi", "--no-ws"),
            *("--host", self.environment.host, "--port", str(self.port), "--workers", str(workers)),
            *("--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "3"),
            *("--log-level", "error", "wuyicun.config.rsgi:application"),
        ]

    def _wait_until_healthy(self) -> None:
        granian = self.children[0]
        until = time.monotonic() + READY_WITHIN_SECONDS
        while not _answers(f"{self.base_url}/healthz"):
            if not granian.lives() or time.monotonic() > until:
                raise Failure(
                    "service_not_started", "网页服务没有启动,原因见上。", "The web server did not start: see above."
                )
            time.sleep(0.1)

    def _end(self) -> None:
        """End all at once and in order; a second Ctrl-C, or too long a wait, ends them by force."""
        hurry = False

        def be_quick(number: int, frame: FrameType | None) -> None:
            nonlocal hurry
            hurry = True

        with _handled(be_quick):
            for child in self.children:
                child.signal(signal.SIGTERM)
            until = time.monotonic() + ENDS_WITHIN_SECONDS
            while any(child.lives() for child in self.children) and not hurry and time.monotonic() < until:
                time.sleep(0.05)
            for child in self.children:
                child.signal(signal.SIGKILL)
                if child.process is not None:
                    child.process.wait()


def _start_when_there_is_room(server: Server) -> None:
    """Start PostgreSQL again, after a wait on a full disk until somebody has made room; nothing else can help it."""
    told = False
    while True:
        try:
            server.ensure_running()
        except Failure as failure:
            if failure.code != DISK_FULL:
                raise
            if not told:
                complain(failure)
                say("腾出空间后自动恢复,手机留着记录 / It goes on once there is room; phones keep their records")
            told = True
            time.sleep(FULL_DISK_AGAIN_AFTER_SECONDS)
        else:
            return


def interruptible() -> None:
    """Let SIGTERM and a closed terminal end a command in the same order as Ctrl-C does.

    A script that starts it with & has SIGINT ignored, and would find that nothing stops it; nohup has SIGHUP ignored,
    and means it.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


@contextlib.contextmanager
def _handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _die_with_parent() -> None:
    """Have Linux end this process when the one that watches it is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
