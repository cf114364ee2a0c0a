"""An independent look at a proposal: plain Python, and none of the planner's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import dist

from wuyicun.planning.routes.problem import Outing, Problem, Proposal


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be: a code, and of what."""

    code: str
    of: str = ""


def verify(problem: Problem, proposal: Proposal) -> tuple[Fault, ...]:
    """All faults; none when everybody is visited once, each outing is worth going and its figures are right."""
    return (*_visited(problem, proposal), *_sizes(problem, proposal), *_figures(problem, proposal))


def _visited(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    times = Counter(home for outing in proposal.outings for home in outing.homes)
    yield from (Fault("not_once", str(home)) for home in range(len(problem.homes)) if times[home] != 1)
    yield from (Fault("unknown_home", str(home)) for home in times if not 0 <= home < len(problem.homes))


def _sizes(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    if len(proposal.outings) > problem.teams:
        yield Fault("too_many_outings")
    for number, outing in enumerate(proposal.outings):
        if not outing.homes:
            yield Fault("nobody_visited", str(number))
        if len(proposal.outings) > 1 and outing.people < problem.least:
            yield Fault("too_few_people", str(number))


def _figures(problem: Problem, proposal: Proposal) -> Iterator[Fault]:
    for number, outing in enumerate(proposal.outings):
        if any(not 0 <= home < len(problem.homes) for home in outing.homes):
            continue
        people = sum(problem.homes[home].people for home in outing.homes)
        walked = _walked(problem, outing)
        if outing.people != people:
            yield Fault("people_wrong", str(number))
        if outing.walked != walked:
            yield Fault("walked_wrong", str(number))
        if abs(outing.seconds - outing.walked - people * problem.seconds_a_person) > 1:
            yield Fault("seconds_wrong", str(number))


def _walked(problem: Problem, outing: Outing) -> int:
    here, walked = problem.start, 0
    for home in outing.homes:
        there = (problem.homes[home].x, problem.homes[home].y)
        walked += round(dist(here, there) * problem.seconds_a_unit)
        here = there
    return walked + round(dist(here, problem.start) * problem.seconds_a_unit)
