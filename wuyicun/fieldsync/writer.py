"""One writer thread in each process: requests that wait at the same moment share a transaction.

A request that makes it fail is found by halving, so that none hurts another, and in it the record, which is set aside
in the tray; a lost connection or a deadlock is tried again for ten seconds, then the phones are told to come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection

from wuyicun.fieldsync.actions import set_aside, store_batches
from wuyicun.kernel.database.statements import execute
from wuyicun.kernel.records.kinds import Outcome
from wuyicun.kernel.records.store import Batch

MOST_ENVELOPES = 2_000
"""Once a transaction has so many it takes no further batch."""
WAIT_SECONDS = 30.0
RETRY_SECONDS = 10.0
RETRY_EVERY_SECONDS = 0.05
PLANS_KEPT_SECONDS = 60.0
MANY_ENVELOPES = 200
"""So many are worth a transaction of their own beside those of other processes."""
TURN_WAIT_SECONDS = 0.05
TURN_ASK_SECONDS = 0.0003
# SQLSTATE: connection lost, transaction rolled back by the server, out of resources, lock not to be had, shutting down.
PASSING = frozenset({"08", "40", "53", "55", "57"})

T = TypeVar("T")

logger = logging.getLogger(__name__)


class TryAgain(Exception):
    """The database could not take it now; nothing was acknowledged, the phone keeps its records."""


@dataclass(slots=True)
class _Waiting:
    batch: Batch
    told: asyncio.Future[list[Outcome]]
    outcomes: list[Outcome] | None = None
    error: Exception | None = None

    def tell(self) -> None:
        """Say what became of it, in the loop of who asked, who may have gone."""
        if self.told.done():
            return
        if self.outcomes is None:
            self.told.set_exception(TryAgain())
        else:
            self.told.set_result(self.outcomes)


class Writer:
    """Takes batches from the event loop and stores them in a thread of its own, as many as wait at once."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def submit(self, batch: Batch) -> list[Outcome]:
        """Store a batch and return its outcomes once they are committed.

        Raises:
            TryAgain: the database did not take it in time.
        """
        waiting = _Waiting(batch, asyncio.get_running_loop().create_future())
        self._queue.put(waiting)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="records-writer", daemon=True)
            self._thread.start()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await waiting.told
        except TimeoutError as error:
            raise TryAgain from error

    def _run(self) -> None:
        plans, turn = _Plans(), Turn(Path(settings.WUYI_DATA) / "writer.lock")
        while True:
            first = self._queue.get()
            turn.take()
            taken = self._take(first)
            if sum(len(waiting.batch.envelopes) for waiting in taken) >= MANY_ENVELOPES:
                turn.give_back()
            try:
                plans.make_anew_when_due()
                _store(taken)
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever a batch does to it
                for waiting in taken:
                    waiting.error = waiting.error or error
            turn.give_back()
            _tell(taken)

    def _take(self, first: _Waiting) -> list[_Waiting]:
        taken = [first]
        size = len(first.batch.envelopes)
        with contextlib.suppress(queue.Empty):
            while size < MOST_ENVELOPES:
                taken.append(self._queue.get_nowait())
                size += len(taken[-1].batch.envelopes)
        return taken


class Turn:
    """Small transactions of this machine's processes go one after the other.

    A transaction costs milliseconds whatever its size; while another process is at it, more records come to share ours.
    file: made when it is not there.
    """

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)  # for as long as the process lives

    def take(self) -> None:
        """Wait for the turn, but for no one who is stuck in theirs."""
        until = time.monotonic() + TURN_WAIT_SECONDS
        while time.monotonic() < until:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(TURN_ASK_SECONDS)
            else:
                return

    def give_back(self) -> None:
        """Let others go on, if the turn was ours."""
        fcntl.flock(self._file, fcntl.LOCK_UN)


class _Plans:
    """The database's plans for what the writer asks are kept as long as its connection.

    Made while the tables were empty they read them from end to end, hence anew after a second, two, four … and then
    once a minute; PostgreSQL itself does so only when a table has been analysed.
    """

    def __init__(self) -> None:
        self._every = 1.0
        self._due = time.monotonic() + self._every

    def make_anew_when_due(self) -> None:
        now = time.monotonic()
        if now < self._due:
            return
        self._every = min(self._every * 2, PLANS_KEPT_SECONDS)
        self._due = now + self._every
        try:
            execute("DISCARD PLANS")
        except Error:
            connection.close()  # the next statement opens another, which has no plans yet


def _tell(taken: Sequence[_Waiting]) -> None:
    """Wake each loop once, whatever number of its requests was stored; a loop that has ended asks no more."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
    for waiting in taken:
        by_loop.setdefault(waiting.told.get_loop(), []).append(waiting)
    for loop, those in by_loop.items():
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_each, those)


def _tell_each(those: Sequence[_Waiting]) -> None:
    for waiting in those:
        waiting.tell()


def _store(taken: Sequence[_Waiting]) -> None:
    """Store batches together; when a record among them makes that fail, find it."""
    try:
        stored = _patiently(lambda: store_batches([each.batch for each in taken]))
    except TryAgain as error:
        for waiting in taken:
            waiting.error = error
    except Exception as error:  # noqa: BLE001 - whatever a room's code or the data do
        if len(taken) > 1:
            middle = len(taken) // 2
            _store(taken[:middle])
            _store(taken[middle:])
        else:
            _store_one_by_one(taken[0], error)
    else:
        for waiting, outcomes in zip(taken, stored, strict=True):
            waiting.outcomes = outcomes


def _store_one_by_one(waiting: _Waiting, error: Exception) -> None:
    """Store the records of a batch one by one; what fails even then is set aside, so that the phone gets on."""
    outcomes: list[Outcome] = []
    for envelope in waiting.batch.envelopes:
        single = replace(waiting.batch, envelopes=[envelope])
        try:
            if len(waiting.batch.envelopes) > 1:
                outcomes += _patiently(partial(store_batches, [single]))[0]
                continue
        except TryAgain:
            raise
        except Exception as own:  # noqa: BLE001
            error = own
        logger.error("record %s of kind %r is set aside: %s", envelope.id, envelope.kind[:32], _name(error))
        outcomes += _patiently(partial(set_aside, single))
    waiting.outcomes = outcomes


def _patiently(work: Callable[[], T]) -> T:
    """Try again while the database is away, busy or sorts out who waits for whom.

    Raises:
        TryAgain: it has not come back in time.
    """
    until = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return work()
        except (DatabaseError, InterfaceError) as error:
            if not _passes(error):
                raise
            connection.close()
            if time.monotonic() > until:
                raise TryAgain from error
            time.sleep(RETRY_EVERY_SECONDS)


def _passes(error: Exception) -> bool:
    """Is it the database's trouble, which passes, and not the data's?"""
    code = getattr(error.__cause__, "sqlstate", None)
    if code is None:
        return isinstance(error, (OperationalError, InterfaceError))
    return code[:2] in PASSING


def _name(error: Exception) -> str:
    """What happened, without the values that a database's message may hold."""
    return f"{type(error).__name__} {getattr(error.__cause__, 'sqlstate', None) or ''}".strip()


WRITER = Writer()
