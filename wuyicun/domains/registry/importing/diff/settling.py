"""Gives rows that name no section the one they must mean, and says which areas a roster needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from wuyicun.domains.registry.importing.diff.facts import text
from wuyicun.domains.registry.importing.diff.problems import known_sections
from wuyicun.domains.registry.models import Household
from wuyicun.domains.registry.roster import Roster
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import GRID_DIGITS, MICRO_GRID_DIGITS

Area = tuple[str, str]
"""A section, and a micro-grid in it or ''."""


@dataclass(frozen=True)
class Known:
    """Where the village's micro-grids and households lie, by their names and numbers."""

    village: str
    micro_grids: Mapping[str, set[str]]
    houses: Mapping[str, set[str]]

    def section_of(self, number: str | None, micro_grid: str | None) -> str | None:
        """The one section that has this household or this micro-grid.

        A micro-grid that is nowhere yet comes into a section named like the village: it must lie in one.
        """
        sections = self.houses.get(number or "", set()) - {""}
        if len(sections) == 1:
            return next(iter(sections))
        if not micro_grid:
            return None
        sections = self.micro_grids.get(micro_grid, set())
        return next(iter(sections)) if len(sections) == 1 else self.village


def known(village_id: UUID, village_name: str) -> Known:
    """What is known of a village, for `settle`."""
    micro_grids: dict[str, set[str]] = {}
    for section, names in known_sections(village_id).items():
        for name in names:
            micro_grids.setdefault(name, set()).add(section)
    sections = territory.names(village_id)
    houses: dict[str, set[str]] = {}
    for path, number in Household.rows().filter(village_id=village_id).values_list("section_path", "number"):
        is_section = len(path) > len(village_path_of(path))
        houses.setdefault(number, set()).add(sections.get(path, "") if is_section else "")
    return Known(village_name, micro_grids, houses)


def village_path_of(path: str) -> str:
    """The village that an area lies in."""
    return path[:12]


def settle(roster: Roster, where: Known) -> Roster:
    """The same roster with a section wherever one can be told."""
    if all(person.section for person in roster.people if person.household_number or person.micro_grid):
        return roster
    of_house = {
        household.number: where.section_of(household.number, household.micro_grid)
        for household in roster.households
        if not household.section
    }
    households = tuple(
        household if household.section else msgspec.structs.replace(household, section=of_house[household.number])
        for household in roster.households
    )
    people = tuple(
        person
        if person.section
        else msgspec.structs.replace(
            person,
            section=of_house.get(person.household_number)
            if person.household_number
            else where.section_of(None, person.micro_grid),
        )
        for person in roster.people
    )
    return dataclasses.replace(roster, households=households, people=people)


def needed_areas(roster: Roster) -> Sequence[Area]:
    """The sections and micro-grids that the rows of a settled roster lie in, in the file's order."""
    return list(dict.fromkeys(_areas(roster)))


def _areas(roster: Roster) -> Iterator[Area]:
    rows = [
        *((household.section, household.micro_grid) for household in roster.households),
        *((person.section, person.micro_grid) for person in roster.people if not person.household_number),
        *((place.section, place.micro_grid) for place in roster.places),
    ]
    for section, micro_grid in rows:
        section_name, micro_grid_name = text(section, "area") or "", text(micro_grid, "area") or ""
        if section_name:
            yield section_name, ""
            if micro_grid_name:
                yield section_name, micro_grid_name


def new_areas(village_id: UUID, roster: Roster) -> Sequence[Area]:
    """Those of the needed areas that the village does not have yet."""
    there = known_sections(village_id)
    return [
        (section, micro_grid)
        for section, micro_grid in needed_areas(roster)
        if section not in there or (micro_grid and micro_grid not in there[section])
    ]


MOST_SECTIONS = 10**GRID_DIGITS - 1
MOST_MICRO_GRIDS = 10**MICRO_GRID_DIGITS - 1
