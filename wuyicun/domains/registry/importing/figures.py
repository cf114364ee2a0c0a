"""A roster and what it does in figures: what the command line prints and the page shows."""

from __future__ import annotations

from typing import Any

from wuyicun.domains.registry import roster as rosters
from wuyicun.domains.registry import words
from wuyicun.domains.registry.importing.diff.diffing import Diff
from wuyicun.domains.registry.roster import Problem
from wuyicun.domains.registry.rules import RowStatus


def figures(diff: Diff) -> dict[str, Any]:
    """The file's own figures, and how many people are new, changed, unchanged, to be decided or refused.

    `created`, `updated`, `unchanged` and `refused` part the file's people, workers included (and with them those
    whom several may be); `conflicts` counts those of them about whom somebody must decide.
    """
    people = diff.counts["people"]
    summary = rosters.summary(diff.roster)
    del summary["faults"]
    return {
        **summary,
        "created": people.get(RowStatus.NEW, 0),
        "updated": people.get(RowStatus.CHANGED, 0),
        "unchanged": people.get(RowStatus.UNCHANGED, 0),
        "conflicts": diff.counts["conflicts"],
        "refused": diff.counts["refused"],
    }


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """A problem for those who read JSON."""
    return {
        "code": str(problem.code),
        "severity": str(problem.severity),
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "name": problem.name,
        "message": words.problem(problem.code, problem.data),
    }
