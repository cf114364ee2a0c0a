"""One writer thread in each process: requests that wait at the same moment share a transaction.

A request that makes it fail is found by halving, so that none hurts another; a lost connection or a deadlock is tried
again for ten seconds, then the phones are told to come back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from wuyicun.fieldsync.actions import store_batches
from wuyicun.kernel.records.kinds import Outcome
from wuyicun.kernel.records.store import Batch

log = logging.getLogger(__name__)

MOST_ENVELOPES = 2_000
WAIT_SECONDS = 30.0
RETRY_SECONDS = 10.0


class TryAgain(Exception):
    """The database could not take it now; nothing was acknowledged, the phone keeps its records."""


@dataclass(slots=True)
class _Waiting:
    batch: Batch
    done: threading.Event = field(default_factory=threading.Event)
    outcomes: list[Outcome] | None = None
    error: Exception | None = None


class Writer:
    """Takes batches from request threads and stores them, as many as wait at once."""

    def __init__(self) -> None:
        self._queue: deque[_Waiting] = deque()
        self._ready = threading.Condition()
        self._thread: threading.Thread | None = None

    def submit(self, batch: Batch) -> list[Outcome]:
        """Store a batch and return its outcomes once they are committed.

        Raises:
            TryAgain: the database did not take it in time.
        """
        waiting = _Waiting(batch)
        with self._ready:
            self._queue.append(waiting)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="records-writer", daemon=True)
                self._thread.start()
            self._ready.notify()
        if not waiting.done.wait(WAIT_SECONDS):
            raise TryAgain
        if waiting.error is not None or waiting.outcomes is None:
            raise TryAgain from waiting.error
        return waiting.outcomes

    def _run(self) -> None:
        while True:
            taken = self._take()
            try:
                _store(taken)
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever a batch does to it
                for waiting in taken:
                    waiting.error = waiting.error or error
            for waiting in taken:
                waiting.done.set()

    def _take(self) -> list[_Waiting]:
        with self._ready:
            while not self._queue:
                self._ready.wait()
            taken = [self._queue.popleft()]
            size = len(taken[0].batch.envelopes)
            while self._queue and size + len(self._queue[0].batch.envelopes) <= MOST_ENVELOPES:
                taken.append(self._queue.popleft())
                size += len(taken[-1].batch.envelopes)
            return taken


def _store(taken: Sequence[_Waiting]) -> None:
    """Store the batches of these requests together; when that fails, find the one that is to blame by halving."""
    try:
        stored = _patiently([each.batch for each in taken])
    except (OperationalError, InterfaceError) as error:
        for waiting in taken:
            waiting.error = error
    except _BLAME as error:
        if len(taken) > 1:
            middle = len(taken) // 2
            _store(taken[:middle])
            _store(taken[middle:])
        else:
            log.exception("a batch could not be taken in", exc_info=error)
            taken[0].outcomes = _one_by_one(taken[0].batch)
    else:
        for waiting, outcomes in zip(taken, stored, strict=True):
            waiting.outcomes = outcomes


_BLAME = (DatabaseError, ValueError, TypeError, KeyError, AttributeError, IndexError)


def _patiently(batches: Sequence[Batch], aside: str = "") -> list[list[Outcome]]:
    """Store batches, trying again for a while when the connection or a lock was lost."""
    until = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return store_batches(batches, aside)
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _one_by_one(batch: Batch) -> list[Outcome]:
    """Store the records of a batch that fails one at a time; the one to blame is kept aside, so that none is lost."""
    outcomes: list[Outcome] = []
    for envelope in batch.envelopes:
        alone = replace(batch, envelopes=[envelope])
        try:
            outcomes += _patiently([alone])[0]
        except (OperationalError, InterfaceError):
            raise
        except _BLAME:
            outcomes += _patiently([alone], aside="failed")[0]
    return outcomes


WRITER = Writer()
