"""Small transactions go one after the other, and wait for nobody who is stuck."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from wuyicun.fieldsync.writer import TURN_WAIT_SECONDS, Turn


def test_the_turn_is_waited_for(tmp_path: Path) -> None:
    mine, yours = Turn(tmp_path / "lock"), Turn(tmp_path / "lock")
    order = []
    mine.take()

    def wait() -> None:
        yours.take()
        order.append("yours")

    waiting = threading.Thread(target=wait)
    waiting.start()
    order.append("mine")
    mine.give_back()
    waiting.join()
    assert order == ["mine", "yours"]


def test_nobody_waits_for_who_is_stuck(tmp_path: Path) -> None:
    stuck, yours = Turn(tmp_path / "lock"), Turn(tmp_path / "lock")
    stuck.take()
    began = time.monotonic()
    yours.take()
    assert time.monotonic() - began >= TURN_WAIT_SECONDS / 2
    yours.give_back()  # was never ours: nothing happens to the other's
