"""How far a job is, said out of its open transaction, and ending it: the database forgets whatever it had written.

A job that is one transaction can't write down for others how far it is. But every session of PostgreSQL has a name,
which all sessions of the same role read at once: the job calls its own session after itself and its stage. Whoever ends
that session ends the job, in whatever it is doing, and releases its locks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

_JOB: ContextVar[str | None] = ContextVar("job", default=None)
_SAY = "SELECT set_config('application_name', %s, true)"
_MINE = "FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, %s)"
_ASK = f"SELECT application_name {_MINE}"
_END = f"SELECT pg_terminate_backend(pid, %s) {_MINE} AND pid <> pg_backend_pid()"
_END_WITHIN_MS = 2_000


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        stage: a word of the job's own.
        done, total: of what that stage goes through; 0 where it doesn't count.
    """

    stage: str
    done: int = 0
    total: int = 0


@contextmanager
def of(job: UUID) -> Iterator[None]:
    """What is said inside is said of this job. Needs a transaction, and no other job in it."""
    before = _JOB.set(_name(job))
    try:
        yield
    finally:
        _JOB.reset(before)


def say(stage: str, done: int = 0, total: int = 0) -> None:
    """The job is at this stage; nobody listens outside of `of`.

    Args:
        stage: ASCII letters.
    """
    name = _JOB.get()
    if name is not None:
        with connection.cursor() as cursor:
            cursor.execute(_SAY, [f"{name}{stage} {done} {total}"])


def ask(job: UUID) -> Progress | None:
    """How far the job is; None when nobody works on it now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else the answer of this transaction's first look
        cursor.execute(_ASK, [_name(job)])
        row = cursor.fetchone()
    if row is None:
        return None
    stage, done, total = row[0].removeprefix(_name(job)).split()
    return Progress(stage, int(done), int(total))


def end(job: UUID) -> None:
    """End the job, if somebody works on it: its transaction is rolled back, and it meets a closed connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(_END, [_END_WITHIN_MS, _name(job)])


def _name(job: UUID) -> str:
    return f"job {job.hex} "
