"""Whose turn it is among the processes of this machine."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

WAIT_SECONDS = 0.05
ASK_EVERY_SECONDS = 0.0003


class Turn:
    """Small transactions of this machine's processes go one after the other.

    A transaction costs milliseconds whatever its size; while another process is at it, more records come to share ours.
    file: made when it is not there.
    """

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)  # for as long as the process lives

    def take(self) -> None:
        """Wait for the turn, but for no one who is stuck in theirs."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(ASK_EVERY_SECONDS)
            else:
                return

    def give_back(self) -> None:
        """Let others go on, if the turn was ours."""
        fcntl.flock(self._file, fcntl.LOCK_UN)
