"""Which household goes where once the centres are chosen: a flow of least cost that keeps to the sizes."""

from __future__ import annotations

import numpy as np
from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from wuyicun.planning.territory.section import Choice, Division, Floats, Integers, Section, distances

NEAR = 8
"""A household is offered its cheapest sites only, until the sizes ask for more."""
STEPS = 100_000
"""Distances are counted in whole steps of the largest of them divided by this."""
ROUNDS = 4


def divide(section: Section, choice: Choice, rounds: int = ROUNDS) -> Division:
    """Assign, move each centre to the middle of its households, name them anew, and again while it gets better."""
    best: Division | None = None
    for _ in range(rounds):
        of = _assign(section, choice)
        choice = Choice(centres(section, of, len(choice.sites)), carry_on(section, of, len(choice.sites)))
        division = weigh(section, choice, of)
        if best is not None and division.cost >= best.cost - 1e-9:
            break
        best = division
    assert best is not None  # noqa: S101  rounds is never 0
    return best


def weigh(section: Section, choice: Choice, of: Integers) -> Division:
    """What a division costs."""
    far = section.points - section.points[choice.sites[of]]
    distance = float(np.hypot(far[:, 0], far[:, 1]).sum())
    moves = int(((section.today >= 0) & (section.today != choice.labels[of])).sum())
    return Division(choice, of, distance, moves, distance + section.move_cost * moves)


def carry_on(section: Section, of: Integers, count: int) -> Integers:
    """Which of today's micro-grids each new one carries on, so that the fewest households move; -1 for new ones."""
    size = max(count, section.grids)
    shared = np.zeros((size, size), np.int64)
    placed = section.today >= 0
    np.add.at(shared, (of[placed], section.today[placed]), 1)
    left, right = np.divmod(np.arange(size * size), size)
    matching = SimpleLinearSumAssignment()
    matching.add_arcs_with_cost(left, right, shared.max() - shared.ravel())
    matching.solve()
    mates = np.array([matching.right_mate(each) for each in range(count)], np.int64)
    return np.where(mates < section.grids, mates, -1)


def costs(section: Section, choice: Choice, homes: Integers | slice = slice(None)) -> Floats:
    """Of each household at each site: how far, and the weight of a move."""
    cost = distances(section.points[homes], section.points[choice.sites])
    if section.move_cost:
        today = section.today[homes, None]
        cost += section.move_cost * ((today >= 0) & (today != choice.labels))
    return cost


def centres(section: Section, of: Integers, count: int) -> Integers:
    """The household of each micro-grid to which the others have the shortest ways."""
    centres = np.empty(count, np.int64)
    for each in range(count):
        homes = np.flatnonzero(of == each)
        points = section.points[homes]
        centres[each] = homes[distances(points, points).sum(axis=0).argmin()]
    return centres


def _assign(section: Section, choice: Choice) -> Integers:
    cost = costs(section, choice)
    near = NEAR
    while True:
        of = _flow(section, cost, min(near, cost.shape[1]))
        if of is not None:
            return of
        near *= 4


def _flow(section: Section, cost: Floats, near: int) -> Integers | None:
    """The cheapest assignment over the `near` cheapest sites of each household; None when the sizes can't be kept."""
    count, sites = cost.shape
    cheapest = np.argpartition(cost, near - 1, axis=1)[:, :near]
    tail, head = np.repeat(np.arange(count), near), cheapest.ravel()
    step = max(float(cost.max()), 1e-9) / STEPS
    price = np.rint(cost[tail, head] / step).astype(np.int64)
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tail, count + head, np.ones_like(tail), price)
    own, drain = np.arange(count, count + sites), np.full(sites, count + sites)
    # The first `smallest` places of a micro-grid are worth more than any distance, so that they are taken.
    reward = np.full(sites, -4 * (STEPS + 1), np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(own, drain, np.full(sites, section.smallest), reward)
    rest = np.full(sites, section.largest - section.smallest)
    flow.add_arcs_with_capacity_and_unit_cost(own, drain, rest, np.zeros(sites, np.int64))
    flow.set_nodes_supplies(np.arange(count), np.ones(count, np.int64))
    flow.set_node_supply(count + sites, -count)
    if flow.solve() != flow.OPTIMAL:
        return None
    taken = flow.flows(arcs).astype(bool)
    of = np.empty(count, np.int64)
    of[tail[taken]] = head[taken]
    if near < sites and np.bincount(of, minlength=sites).min() < section.smallest:
        return None
    return of
