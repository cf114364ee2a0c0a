"""No division can cost less than this: a Lagrangian bound, valid for whatever prices are tried.

Each household pays a price to whoever takes it in. What the `wanted` best centres can gain at most, each by its
cheapest `largest` households and each name of today used once, and all prices together bound the cost from below
(Geoffrion 1974; for medians with capacities: Christofides and Beasley 1982). Prices are improved by the volume
algorithm (Barahona and Anbil 2000). A price never exceeds a household's `reach`: then centres that are not among its
nearest gain nothing by it, and looking at the nearest only leaves the bound valid.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wuyicun.planning.territory.section import Arcs, Division, Floats, Integers, Section, Shorts, Watch

SAFETY = 1e-5
"""Taken off the bound, as a part of it: the table holds short numbers."""
FIRST_PRICES = (0.7, 0.8, 0.9, 1.0, 1.1)
"""Tried first: parts of the distance to as many neighbours as a micro-grid has households."""
RAISE = 0.75
"""How much of a move's weight is added to the prices before moves are looked at."""
BOLD, CAREFUL = 1.0, 0.3
"""The first step, as a part of what is missing to the best cost: from guessed prices, and from good ones."""
PATIENCE, SHRINK = 3, 0.7
"""After so many rounds that hardly helped, steps get smaller by this."""
BLEND = 0.3
"""How much the newest look weighs in the direction of the next step."""
CLOSE_ENOUGH = 0.01
"""A gap that needs no better bound."""


def lower_bound(section: Section, arcs: Arcs, division: Division, rounds: int, watch: Watch) -> float:
    """A cost that no division of the section undercuts.

    Args:
        division: the best that is known.
        rounds: how often the prices are improved at most, first those of the distances alone, then those with moves.
    """
    plain = _Table(replace(section, move_cost=0.0), arcs)
    start = max((_Priced(plain, part * arcs.around) for part in FIRST_PRICES), key=lambda each: each.bound)
    best = _improved(start, division.distance, rounds, BOLD, watch.between(0.0, 0.5))
    table = _Table(section, arcs)
    # Whoever moves pays more: the prices of the distances alone, raised, are close to the right ones.
    start = _Priced(table, best.prices + RAISE * section.penalty) if table.names_matter else best
    with_moves = _improved(start, division.cost, rounds, CAREFUL, watch.between(0.5, 1.0))
    return _safe(max(best.bound, with_moves.bound))


def _improved(best: _Priced, cost: float, rounds: int, step: float, watch: Watch) -> _Priced:
    """The best prices found in so many rounds, or once the bound is close enough to a cost."""
    direction, waited = best.wrong, 0
    for number in range(rounds):
        length = float(np.square(direction).sum())
        if length == 0 or cost <= best.bound * (1 + CLOSE_ENOUGH):
            break
        watch.tell(number / rounds)
        here = _Priced(best.table, best.prices + step * (cost - best.bound) / length * direction)
        waited = 0 if here.bound > best.bound * (1 + 2e-4) else waited + 1
        direction = BLEND * here.wrong + (1 - BLEND) * direction
        if here.bound > best.bound:
            best = here
        if waited >= PATIENCE:
            step, waited = step * SHRINK, 0
    return best


def _safe(bound: float) -> float:
    return max(0.0, bound - SAFETY * bound)


class _Priced:
    """Prices, the bound at them, and for each household: 1 minus how many sites would take it."""

    def __init__(self, table: _Table, prices: Floats) -> None:
        self.table = table
        self.prices = np.minimum(prices, table.reach)
        self.bound, self.wrong = table.look(self.prices)


class _Table:
    """The arcs as a table with a row for each site, and which of today's names its households bear."""

    def __init__(self, section: Section, arcs: Arcs) -> None:
        self.section, self.reach = section, arcs.reach
        count = len(section.points)
        degree = np.diff(arcs.start)
        site = np.repeat(np.arange(count), degree)
        place = np.arange(len(site)) - arcs.start[site]
        self.home = np.zeros((count, int(degree.max())), np.int64)
        self.home[site, place] = arcs.home
        self.cost = np.full(self.home.shape, np.inf, np.float32)
        self.cost[site, place] = arcs.distance + section.penalty[arcs.home]
        self.names_matter = bool(section.move_cost) and bool((section.today >= 0).any())
        if self.names_matter:
            self._group_by_name(site, place)

    def _group_by_name(self, site: Integers, place: Integers) -> None:
        """Pairs of a name of today and a site around which some household bears it."""
        count, width = self.home.shape
        name = self.section.today[self.home[site, place]]
        named = name >= 0
        self.where = (site * width + place)[named]
        pairs, self.pair = np.unique(name[named] * count + site[named], return_inverse=True)
        self.pair_name, self.pair_site = np.divmod(pairs, count)
        begins = np.r_[True, self.pair_name[1:] != self.pair_name[:-1]]
        self.pair_start, self.pair_place = np.flatnonzero(begins), np.cumsum(begins) - 1

    def look(self, prices: Floats) -> tuple[float, Floats]:
        """The bound at these prices, and for each household: 1 minus how many sites would take it."""
        reduced = self.cost - prices.astype(np.float32)[self.home]
        gain, rent = self._gains(reduced)
        if not self.names_matter:
            sites = np.argpartition(gain, self.section.wanted - 1)[: self.section.wanted]
            gains, names = float(gain[sites].sum()), np.full(len(sites), -1, np.int64)
        else:
            gains, sites, names = self._named(reduced, gain, rent)
        return float(prices.sum()) + gains, 1.0 - self._taken(reduced, sites, names)

    def _gains(self, reduced: Shorts) -> tuple[Floats, Shorts]:
        """What each site gains by its best `largest` households, and the rent that keeps it from having more."""
        largest = self.section.largest
        rent = np.zeros(len(reduced), np.float32)
        crowded = np.flatnonzero((reduced < 0).sum(axis=1) > largest)
        if len(crowded):
            rent[crowded] = -np.partition(reduced[crowded], largest - 1, axis=1)[:, largest - 1]
        gains: Floats = np.minimum(reduced + rent[:, None], 0.0).sum(axis=1, dtype=np.float64) - largest * rent
        return gains, rent

    def _named(self, reduced: Shorts, gain: Floats, rent: Shorts) -> tuple[float, Integers, Integers]:
        """The best site of each name of today, and new ones as far as they are needed: gains, sites, names.

        That two names may choose one site takes nothing from the bound once the prices are right. A name's gain is
        first estimated from below, with the rent of the site, and worked out where it matters.
        """
        here = (reduced + rent[:, None]).ravel()[self.where]
        saved = np.minimum(here - self.section.move_cost, 0.0) - np.minimum(here, 0.0)
        worth = gain[self.pair_site] + np.bincount(self.pair, saved, len(self.pair_site))
        best = self._best_of_names(worth)
        worth[best] = self._worked_out(reduced, best)
        # Only pairs that promise more than the one that was worked out can be better.
        promise = np.flatnonzero(worth < worth[best][self.pair_place])
        worth[promise] = self._worked_out(reduced, promise)
        best = self._best_of_names(worth)
        # Where none of its households is near, a name is worth no more than a new one.
        least = int(gain.argmin())
        nowhere = gain[least] < worth[best]
        gains = np.where(nowhere, gain[least], worth[best])
        sites = np.where(nowhere, least, self.pair_site[best])
        gains, sites, names = self._as_many_as_wanted(gain, gains, sites, self.pair_name[best])
        return float(gains.sum()), sites, names

    def _worked_out(self, reduced: Shorts, pairs: Integers) -> Floats:
        rows, _ = self._rows(reduced, self.pair_site[pairs], self.pair_name[pairs])
        gains: Floats = np.minimum(rows, 0.0).sum(axis=1, dtype=np.float64)
        return gains

    def _as_many_as_wanted(
        self, gain: Floats, gains: Floats, sites: Integers, names: Integers
    ) -> tuple[Floats, Integers, Integers]:
        missing = self.section.wanted - len(names)
        if missing < 0:
            chosen = np.argpartition(gains, self.section.wanted - 1)[: self.section.wanted]
            return gains[chosen], sites[chosen], names[chosen]
        if missing == 0:
            return gains, sites, names
        new = np.argpartition(gain, missing - 1)[:missing]
        return np.r_[gains, gain[new]], np.r_[sites, new], np.r_[names, np.full(missing, -1, np.int64)]

    def _best_of_names(self, worth: Floats) -> Integers:
        """Of each name: the pair with the least worth."""
        least = np.minimum.reduceat(worth, self.pair_start)
        is_least = np.flatnonzero(worth <= least[self.pair_place])
        best = np.empty(len(self.pair_start), np.int64)
        best[self.pair_place[is_least]] = is_least
        return best

    def _rows(self, reduced: Shorts, sites: Integers, names: Integers) -> tuple[Shorts, Integers]:
        """The `largest` cheapest households of sites under names: what each costs, and who they are."""
        section, homes = self.section, self.home[sites]
        own = section.today[homes] == np.where(names < 0, -2, names)[:, None]
        rows = reduced[sites] - section.move_cost * own
        if rows.shape[1] > section.largest:
            best = np.argpartition(rows, section.largest - 1, axis=1)[:, : section.largest]
            rows, homes = np.take_along_axis(rows, best, axis=1), np.take_along_axis(homes, best, axis=1)
        return rows, homes

    def _taken(self, reduced: Shorts, chosen: Integers, names: Integers) -> Floats:
        """How many of the chosen sites take each household."""
        rows, homes = self._rows(reduced, chosen, names)
        return np.bincount(homes[rows < 0], minlength=len(reduced)).astype(np.float64)
