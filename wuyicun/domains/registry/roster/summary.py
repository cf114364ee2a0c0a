"""A roster in figures, in the words of the clerk's ledgers."""

from __future__ import annotations

from collections import Counter
from typing import Any

from wuyicun.domains.registry.roster.parsing.people import is_resident
from wuyicun.domains.registry.roster.rows import Roster
from wuyicun.domains.registry.roster.words.official import GROUP_WORD, RESIDENCE_WORD


def summary(roster: Roster) -> dict[str, Any]:
    """The roster in figures.

    Returns:
        `people`, `households`, `home_visit`, `party`, `workers`, `places`: counts; `categories`, `groups`: counts by
        their official words; `faults`: for each problem code the names in the file's order, for `duplicate_id` a list
        of those who share a number. People who only stand on a sheet of outside workers are in `workers` alone.
    """
    residents = [person for person in roster.people if is_resident(person)]
    categories = Counter(RESIDENCE_WORD[person.residence] for person in residents if person.residence)
    groups = Counter(GROUP_WORD[group] for person in residents for group in sorted(person.groups or ()))
    return {
        "people": len(residents),
        "households": len(roster.households),
        "categories": dict(categories),
        "groups": dict(groups),
        "home_visit": sum(person.home_visit is True for person in residents),
        "party": sum(person.party_member is True for person in residents),
        "workers": sum(person.is_worker for person in roster.people),
        "places": len(roster.places),
        "faults": _faults(roster),
    }


def _faults(roster: Roster) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for problem in roster.problems:
        if problem.code != "duplicate_id":
            found.setdefault(problem.code, []).append(problem.name)
    disputed = {(problem.sheet, problem.row) for problem in roster.problems if problem.code == "duplicate_id"}
    claims: dict[str | None, list[str]] = {}
    for person in roster.people:
        if (person.sheet, person.row) in disputed:
            claims.setdefault(person.id_number, []).append(person.name)
    if claims:
        found["duplicate_id"] = list(claims.values())
    return found
