"""One writer thread in each process: requests that wait at the same moment share a transaction.

A request that makes it fail is found by halving, so that none hurts another, and in it the record, which is set aside
in the tray; a lost connection or a deadlock is tried again for ten seconds, then the phones are told to come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from wuyicun.fieldsync.actions import set_aside, store_batches
from wuyicun.kernel.database.plans import Plans
from wuyicun.kernel.records.kinds import Outcome
from wuyicun.kernel.records.store import Batch

MOST_ENVELOPES = 2_000
"""Once a transaction has so many it takes no further batch."""
WAIT_SECONDS = 30.0
RETRY_SECONDS = 10.0
RETRY_EVERY_SECONDS = 0.05
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
    outcomes: list[Outcome] | None = None  # None: not stored

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
        loop = asyncio.get_running_loop()
        waiting = _Waiting(batch, loop.create_future())
        self._queue.put(waiting)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="records-writer", daemon=True)
            self._thread.start()
        patience = loop.call_later(WAIT_SECONDS, waiting.tell)
        try:
            return await waiting.told
        finally:
            patience.cancel()

    def _run(self) -> None:
        plans = Plans()
        while True:
            taken = self._take(self._queue.get())
            try:
                plans.make_anew_when_due()
                _store(taken)
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever a batch does to it
                logger.critical("%s batches are not stored: %s", len(taken), _name(error))
            _tell(taken)

    def _take(self, first: _Waiting) -> list[_Waiting]:
        taken = [first]
        size = len(first.batch.envelopes)
        with contextlib.suppress(queue.Empty):
            while size < MOST_ENVELOPES:
                taken.append(self._queue.get_nowait())
                size += len(taken[-1].batch.envelopes)
        return taken


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
    except TryAgain:
        return
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
