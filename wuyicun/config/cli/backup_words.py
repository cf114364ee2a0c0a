"""What `wuyi backup` and `wuyi restore` say while they work, and how they ask for the passphrase."""

from __future__ import annotations

import getpass
import sys
import threading
import time
from collections.abc import Callable
from typing import Self

from wuyicun.config.cli.console import say

SAY_EVERY_SECONDS = 3.0
PHASES = {
    "count": "清点 / Counting",
    "database": "读出数据库 / Reading the database",
    "files": "读出文件 / Reading the files",
    "check": "读回核对 / Reading it back",
    "load": "写入数据库 / Filling the database",
    "audit": "核验审计 / Verifying the audit",
}


class Progress:
    """Says what is being done when that changes, and every few seconds how far it is and how long it takes."""

    def __init__(self) -> None:
        self._phase, self._done, self._total, self._since = "", 0, 0, 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __call__(self, phase: str, done: int = 0, total: int = 0) -> None:
        if phase != self._phase:
            self._since = time.monotonic()
            say(PHASES[phase])
        self._phase, self._done, self._total = phase, done, total

    def instead(self, phase: str) -> Callable[[str, int, int], None]:
        """The same, under another name than whoever tells it knows."""
        return lambda _phase, done, total: self(phase, done, total)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(SAY_EVERY_SECONDS):
            if self._phase and time.monotonic() - self._since >= SAY_EVERY_SECONDS:
                say(f"{PHASES[self._phase]}{self._far()}, {time.monotonic() - self._since:.0f} s")

    def _far(self) -> str:
        share = f" ({self._done * 100 // self._total} %)" if self._total else ""
        return f" {self._done / 1e6:.0f} MB{share}" if self._done else ""


def ask(words: str) -> str:
    """Ask for a passphrase on the terminal, '' without one. Nothing of it shows."""
    return getpass.getpass(f"{words}: ") if sys.stdin.isatty() else ""


def size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count < 10**9 else f"{count / 1e9:.2f} GB"
