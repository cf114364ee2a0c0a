"""Ours and the plainest statement of the same rows, one after the other on the same server, in milliseconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.raw import median

Say = Callable[[str], None]
REPETITIONS = 40
WARM_UP = 3


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


def ask(questions: Sequence[Question], owner: psycopg.Connection[Any], say: Say) -> list[dict[str, Any]]:
    """A result for each question: medians of interleaved runs, and what nineteen in twenty stay below."""
    found = []
    for question in questions:
        ours, plain = [], []
        for repetition in range(REPETITIONS + WARM_UP):
            spent = _milliseconds(question.ask), _milliseconds(lambda q=question: _plainly(owner, q))
            if repetition >= WARM_UP:
                ours.append(spent[0])
                plain.append(spent[1])
        found.append(result(question.what, ours, plain))
        say(f"{question.what:<48} {found[-1]['ms']:>8.2f} ms {found[-1]['raw']:>8.2f} ms")
    return found


def result(what: str, ours: Sequence[float], plain: Sequence[float]) -> dict[str, Any]:
    """The line of the report."""
    ms, raw = median(ours), median(plain)
    p95 = sorted(ours)[round(len(ours) * 0.95) - 1]
    return {"what": what, "ms": round(ms, 2), "p95": round(p95, 2), "raw": round(raw, 2), "ratio": round(ms / raw, 1)}


def _plainly(owner: psycopg.Connection[Any], question: Question) -> object:
    return owner.execute(question.plain, question.values, prepare=True).fetchall()


def _milliseconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    answer = do()
    spent = (time.perf_counter() - began) * 1000
    if not answer:
        raise ValueError("nothing was found: there is nothing to measure")
    return spent
