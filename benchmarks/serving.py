"""`wuyi serve` as a process with all that can happen to it, for the benchmark of faults and for tests.

It kills what it started itself: the main process, its children and the PostgreSQL of its data folder.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil

from wuyicun.config.environment import ROOT
from wuyicun.kernel.database import processes
from wuyicun.kernel.database.layout import Layout

WITHIN_SECONDS = 120


class Served:
    """`wuyi serve` on the embedded PostgreSQL of a data folder; `start` and `end` it, or let it be killed.

    said: what it said so far, line by line.
    """

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._listener = threading.Thread()

    @property
    def process(self) -> subprocess.Popen[str]:
        """The main process. Raises RuntimeError when it was not started."""
        if self._process is None:
            raise RuntimeError("wuyi serve was not started")
        return self._process

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.said.clear()
        ours = {"WUYI_DATA": str(self.data), "WUYI_DATABASE": "wuyicun", "WUYI_PORT": str(self.port)}
        ours["WUYI_HOST"] = "127.0.0.1"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
        self._process = subprocess.Popen(
            # SIGINT is ignored, as a script has it for what it starts with &.
            ["sh", "-c", f"trap '' INT; exec {sys.executable} -m wuyicun serve"],
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env={**kept, **ours},
        )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        self.wait_for(lambda: self.has_said("Serving"))

    def has_said(self, words: str) -> bool:
        """Whether it said this; it must be alive."""
        if self.process.poll() is not None:
            raise RuntimeError("wuyi serve has ended:\n" + "".join(self.said))
        return any(words in line for line in self.said)

    def wait_for(self, there: Callable[[], bool]) -> None:
        """Wait until something is so. Raises TimeoutError with what was said so far."""
        until = time.monotonic() + WITHIN_SECONDS
        while not there():
            if time.monotonic() > until:
                raise TimeoutError("".join(self.said))
            time.sleep(0.02)

    def children(self) -> dict[str, psutil.Process]:
        """The web server and the jobs' worker by name, as far as they live; each leads a group."""
        found = psutil.Process(self.process.pid).children()
        return {name: child for child in found for name in ("granian", "jobs") if name in _command(child)}

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it by a signal and return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(WITHIN_SECONDS)
        self._listener.join(WITHIN_SECONDS)
        if self.process.stderr is not None:
            self.process.stderr.close()
        self._process = None
        return code

    def close(self) -> None:
        """End it if it still runs."""
        if self._process is not None:
            self.end(signal.SIGTERM)

    def kill_web(self) -> None:
        """Kill the web server with all its workers. The main process starts it again."""
        os.killpg(self.children()["granian"].pid, signal.SIGKILL)

    def kill_database(self) -> None:
        """Kill PostgreSQL: its main process first, so that it notices nothing, then all others."""
        _kill(self._database())

    def kill_everything(self) -> None:
        """Kill all at once, as a power cut does: nobody is left who would start anything."""
        groups = [child.pid for child in self.children().values()]
        database = self._database()
        self.process.kill()
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        _kill(database)
        self.end(signal.SIGKILL)

    @contextlib.contextmanager
    def unwatched(self) -> Iterator[None]:
        """The main process stands still and starts nothing again; what it watches goes on."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def _database(self) -> Sequence[psutil.Process]:
        main = processes.postmaster(Layout(self.data).cluster)
        if main is None:
            raise RuntimeError("PostgreSQL does not run")
        return [main, *main.children(recursive=True)]

    def _listen(self) -> None:
        self.said.extend(self.process.stderr or ())


def _command(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return process.cmdline()
    return []


def _kill(victims: Sequence[psutil.Process]) -> None:
    """Kill them in this order and wait until they have gone, or nobody is there to take note of their end."""
    for process in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    for process in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.001)
