"""Choosing centres: start somewhere, then swap one centre for another household as long as the whole gets shorter.

Fast interchange of Resende and Werneck (2007) as FasterPAM arranges it (Schubert and Rousseeuw, 2021), over the nearest
households only. The sizes are not looked at here: `assigning` keeps to them.
"""

from __future__ import annotations

import numpy as np

from wuyicun.planning.territory.assigning import carry_on, costs
from wuyicun.planning.territory.section import Arcs, Choice, Floats, Integers, Section, Watch, distances


def todays(section: Section, chance: np.random.Generator) -> Choice:
    """The middles of today's micro-grids, the largest of them first; spread centres for those that are missing."""
    sizes = np.bincount(section.today[section.today >= 0], minlength=section.grids)
    labels = [int(each) for each in np.argsort(-sizes, kind="stable") if sizes[each]][: section.wanted]
    sites = []
    for label in labels:
        homes = np.flatnonzero(section.today == label)
        middle = np.median(section.points[homes], axis=0)
        sites.append(int(homes[distances(section.points[homes], middle[None, :])[:, 0].argmin()]))
    sites = _spread(section, sites, chance)
    return Choice(np.array(sites), np.array(labels + [-1] * (len(sites) - len(labels))))


def anywhere(section: Section, chance: np.random.Generator) -> Choice:
    """Spread centres, named after the micro-grids of today that they would mostly consist of."""
    sites = np.array(_spread(section, [], chance))
    of = distances(section.points, section.points[sites]).argmin(axis=1)
    return Choice(sites, carry_on(section, of, len(sites)))


def swapped(
    section: Section, arcs: Arcs, choice: Choice, chance: np.random.Generator, watch: Watch, *, passes: int
) -> Choice:
    """The choice after all swaps that help; each household is tried as a centre up to `passes` times."""
    if section.wanted in {1, len(section.points)}:
        return choice  # nothing to choose, or the middle that `assigning` finds
    state = _State(section, arcs, choice)
    for number in range(passes):
        before = state.swaps
        for place, site in enumerate(chance.permutation(len(section.points))):
            if place % 256 == 0:
                watch.tell((number + place / len(section.points)) / passes)
            state.consider(int(site))
        if state.swaps == before:
            break
    return Choice(state.sites, choice.labels)


class _State:
    """Centres with, for each household, its cheapest and second cheapest."""

    def __init__(self, section: Section, arcs: Arcs, choice: Choice) -> None:
        self.section, self.arcs, self.labels = section, arcs, choice.labels
        self.sites = choice.sites.copy()
        self.swaps = 0
        self.count = len(self.sites)
        of_label = np.full(section.grids + 1, self.count, np.int64)  # the last one, and unused ones: none
        named = self.labels >= 0
        of_label[self.labels[named]] = np.flatnonzero(named)
        self.own = of_label[section.today]
        self.penalty = section.penalty
        size = len(section.points)
        self.first, self.second = np.empty(size, np.int64), np.empty(size, np.int64)
        self.least, self.next = np.empty(size), np.empty(size)
        self._look(np.arange(size))

    def consider(self, site: int) -> None:
        """Swap a centre for this household if that makes the whole cheaper."""
        begin, end = self.arcs.start[site], self.arcs.start[site + 1]
        home, far = self.arcs.home[begin:end], self.arcs.distance[begin:end]
        near = far < self.next[home]
        home, far = home[near], far[near]
        first, least, following = self.first[home], self.least[home], self.next[home]
        dear = far + self.penalty[home]
        gain: Floats = np.minimum(dear - least, 0.0)
        change: Floats = np.add(self.loss, gain.sum())
        # Where the centre that goes was the household's own, it turns to the new one or to its second.
        change += np.bincount(first, np.minimum(dear, following) - following - gain, self.count)
        if self.section.move_cost:
            self._discount(change, home, far, dear)
        best = int(change.argmin())
        if change[best] < self.enough and site not in self.sites:
            self._swap(best, site, home)

    def _discount(self, change: Floats, home: Integers, far: Floats, dear: Floats) -> None:
        """The new centre takes the name of the one that goes: no household of that name moves."""
        own = self.own[home]
        named = own < self.count
        home, far, dear, own = home[named], far[named], dear[named], own[named]
        ceiling = np.where(self.first[home] == own, self.next[home], self.least[home])
        change += np.bincount(own, np.minimum(far, ceiling) - np.minimum(dear, ceiling), self.count)

    def _swap(self, place: int, site: int, near: Integers) -> None:
        self.sites[place] = site
        self.swaps += 1
        affected = (self.first == place) | (self.second == place)
        affected[near] = True
        self._look(np.flatnonzero(affected))

    def _look(self, homes: Integers) -> None:
        cost = costs(self.section, Choice(self.sites, self.labels), homes)
        rows = np.arange(len(homes))
        first = cost.argmin(axis=1)
        self.first[homes], self.least[homes] = first, cost[rows, first]
        cost[rows, first] = np.inf
        second = cost.argmin(axis=1)
        self.second[homes], self.next[homes] = second, cost[rows, second]
        self.loss = np.bincount(self.first, self.next - self.least, self.count)
        self.enough = -1e-9 * float(self.least.sum()) - 1e-12


def _spread(section: Section, sites: list[int], chance: np.random.Generator) -> list[int]:
    """Add centres until there are as many as wanted: far ones are likelier (k-means++)."""
    points = section.points
    sites = sites or [int(chance.integers(len(points)))]
    far = np.square(distances(points, points[sites])).min(axis=1)
    while len(sites) < section.wanted:
        free = np.ones(len(points))
        free[sites] = 0
        weight = far * free if (far * free).sum() > 0 else free
        site = int(chance.choice(len(points), p=weight / weight.sum()))
        sites.append(site)
        far = np.minimum(far, np.square(distances(points, points[[site]]))[:, 0])
    return sites
