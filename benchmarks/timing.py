"""Ours and the plainest statement of the same rows, one after the other on the same server, in milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.raw import median

Say = Callable[[str], None]
TIMES, FEW_TIMES = 30, 3
WARM_UP = 2


@dataclass(frozen=True)
class Question:
    """Something that a page asks.

    Attributes:
        ask: our way, in its scope, on Django's connection; what it answers must not be empty.
        plain: SQL that reads the same rows by hand, as the tables' owner: no policies, no scope.
        values: its parameters.
    """

    what: str
    ask: Callable[[], object]
    plain: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Timer:
    """Compares two ways so many times, and says each result."""

    say: Say
    times: int = TIMES

    def ask(self, questions: Sequence[Question], owner: psycopg.Connection[Any]) -> list[dict[str, Any]]:
        """A result for each question."""
        return [self.compare(each.what, each.ask, lambda e=each: _plainly(owner, e)) for each in questions]

    def compare(self, what: str, ours: Callable[[], object], plain: Callable[[], object]) -> dict[str, Any]:
        """The line of the report: medians of interleaved runs, and what nineteen in twenty of ours stay below."""
        spent = [(_milliseconds(ours), _milliseconds(plain)) for _ in range(self.times + WARM_UP)][WARM_UP:]
        ms, raw = (median(each) for each in zip(*spent, strict=True))
        p95 = sorted(each for each, _ in spent)[round(len(spent) * 0.95) - 1]
        self.say(f"{what:<60} {ms:>8.2f} ms {raw:>8.2f} ms")
        figures = {"ms": round(ms, 2), "p95": round(p95, 2), "raw": round(raw, 2)}
        return {"what": what, **figures, "ratio": round(ms / raw, 1)}


def _plainly(owner: psycopg.Connection[Any], question: Question) -> object:
    return owner.execute(question.plain, question.values, prepare=True).fetchall()


def _milliseconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    answer = do()
    spent = (time.perf_counter() - began) * 1000
    if not answer:
        raise ValueError("nothing was found: there is nothing to measure")
    return spent
