"""Small transactions go one after the other, and wait for nobody who is stuck."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from wuyicun.fieldsync import turn
from wuyicun.fieldsync.turn import Turn


def test_the_turn_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "WAIT_SECONDS", 60.0)
    mine, yours = Turn(tmp_path / "lock"), Turn(tmp_path / "lock")
    mine.take()
    waiting = threading.Thread(target=yours.take)
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    mine.give_back()
    waiting.join(10)
    assert not waiting.is_alive()


def test_nobody_waits_for_who_is_stuck(tmp_path: Path) -> None:
    stuck, yours, third = (Turn(tmp_path / "lock") for _ in range(3))
    stuck.take()
    began = time.monotonic()
    yours.take()
    assert time.monotonic() - began >= turn.WAIT_SECONDS / 2
    yours.give_back()  # was never theirs: the stuck one still has it
    began = time.monotonic()
    third.take()
    assert time.monotonic() - began >= turn.WAIT_SECONDS / 2
