"""What a file would do to a village: everything but the writing. Needs a transaction, for its temporary tables."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wuyicun.domains.registry.importing.diff import settling
from wuyicun.domains.registry.importing.diff.comparing import compare
from wuyicun.domains.registry.importing.diff.facts import Facts
from wuyicun.domains.registry.importing.diff.matching import Meant, match
from wuyicun.domains.registry.importing.diff.problems import all_problems
from wuyicun.domains.registry.importing.diff.settling import MOST_MICRO_GRIDS, MOST_SECTIONS, Area
from wuyicun.domains.registry.importing.diff.staging import stage
from wuyicun.domains.registry.importing.reading import FileRefused
from wuyicun.domains.registry.roster import Problem, Roster, RosterRefused, Severity, SheetKind, SheetLayout
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.database import statements
from wuyicun.kernel.jobs import progress

# A line of a person somebody must decide about: a claimed number nobody has decided on, a cell that both have changed,
# several who may be meant.
_COUNTS = """
    SELECT f.kind, f.status, count(*), count(*) FILTER (
        WHERE f.status = 'undecided'
           OR EXISTS (SELECT FROM roster_cell c WHERE c.n = f.n AND c.outcome = 'disputed')
           OR (f.claimed AND NOT EXISTS (
               SELECT FROM registry_conflict d
               WHERE d.village_id = %(village)s AND d.code = 'duplicate_id' AND d.value_index = f.id_index
                 AND d.decided_at IS NOT NULL AND f.subject IN (d.first_id, d.second_id)
           ))
    )
    FROM roster_fact f GROUP BY f.kind, f.status
"""


FEW = 1_000
"""Lines that are better looked up one by one."""


@dataclass(frozen=True)
class Diff:
    """What a file would do.

    Attributes:
        digest: equal digests do the same.
        roster: as it was settled.
        areas: the sections and micro-grids that it needs and the village doesn't have.
        problems: all, by sheet and row.
        counts: by `people`, `households` and `places`: how many of which status; and `conflicts` and `refused`.
    """

    digest: str
    roster: Roster
    areas: Sequence[Area]
    problems: tuple[Problem, ...]
    counts: dict[str, Any]


def work_out(
    village: Village, roster: Roster, layouts: Sequence[SheetLayout], *, sealing: bool, meant: Meant | None = None
) -> Diff:
    """Stage and compare a roster; the temporary tables then hold every line and every changed cell.

    Args:
        village: whose people it lists.
        roster, layouts: what the file says.
        sealing: it will be written, not only compared.
        meant: who the only line is, where somebody has decided that.

    Raises:
        FileRefused: more sections or micro-grids than an area can have.
    """
    roster = settling.settle(roster, settling.known(village.pk, village.name))
    areas = settling.new_areas(village.pk, roster)
    _check_areas(roster)
    facts = Facts(roster, sealing=sealing)
    stage(village.pk, facts, len(facts))
    progress.say("match")
    with statements.whole_tables() if len(facts) > FEW else contextlib.nullcontext():
        match(village.pk, meant)
        digest = compare(village.pk)
        problems = all_problems(village.pk, roster, layouts)
    return Diff(digest, roster, areas, problems, _counts(village, problems, layouts))


def _check_areas(roster: Roster) -> None:
    needed = settling.needed_areas(roster)
    micro_grids = Counter(section for section, micro_grid in needed if micro_grid)
    sections = {section for section, _ in needed}
    if len(sections) > MOST_SECTIONS or any(many > MOST_MICRO_GRIDS for many in micro_grids.values()):
        raise FileRefused(RosterRefused("too_many_areas"))


def _counts(village: Village, problems: Sequence[Problem], layouts: Sequence[SheetLayout]) -> dict[str, Any]:
    counts: dict[str, Any] = {"people": {}, "households": {}, "places": {}, "conflicts": 0}
    names = {"P": "people", "H": "households", "L": "places"}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"village": village.pk})
        for kind, status, lines, undecided in cursor.fetchall():
            counts[names[kind]][status] = lines
            counts["conflicts"] += undecided if kind == "P" else 0
    of_people = {layout.sheet for layout in layouts if layout.kind in (SheetKind.PEOPLE, SheetKind.WORKERS)}
    counts["refused"] = sum(problem.severity is Severity.REFUSED and problem.sheet in of_people for problem in problems)
    counts["problems"] = dict(Counter(str(problem.severity) for problem in problems))
    return counts
