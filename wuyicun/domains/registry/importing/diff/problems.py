"""What is wrong with a file when it is compared with the registry: somebody else's number, several who may be meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection

from wuyicun.domains.registry.roster import Field, Problem, Roster, SheetLayout, unknown_areas
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level

_CLAIMS = """
    SELECT f.sheet, f.row, f.name, p.name FROM roster_fact f
    JOIN registry_person p ON p.village_id = %(village)s AND p.id = f.holder
    WHERE f.claimed AND NOT f.disputed ORDER BY f.n
"""
_SEVERAL = """
    SELECT sheet, row, name, coalesce(cardinality(candidates), 2) FROM roster_fact WHERE status = 'undecided' ORDER BY n
"""
_BOTH_CHANGED = """
    SELECT f.sheet, f.row, f.name, c.cell FROM roster_cell c JOIN roster_fact f ON f.n = c.n
    WHERE c.outcome = 'disputed' ORDER BY c.n, c.cell
"""
_LEFT = """
    SELECT f.sheet, f.row, f.name FROM roster_fact f
    JOIN registry_person p ON p.village_id = %(village)s AND p.id = f.subject
    WHERE f.kind = 'P' AND p.left_at IS NOT NULL AND p.merged_into_id IS NULL ORDER BY f.n
"""


def known_sections(village_id: UUID) -> dict[str, list[str]]:
    """The village's sections with their micro-grids, by name."""
    areas = territory.areas(village_id, levels=[Level.GRID, Level.MICRO_GRID])
    by_path = {area.area_path: area.name for area in areas if area.level == Level.GRID}
    found: dict[str, list[str]] = {name: [] for name in by_path.values()}
    for area in areas:
        if area.level == Level.MICRO_GRID and (section := by_path.get(area.area_path[:-2])):
            found[section].append(area.name)
    return found


def all_problems(village_id: UUID, roster: Roster, layouts: Sequence[SheetLayout]) -> tuple[Problem, ...]:
    """The file's own problems and those of the compared tables, by sheet and row."""
    known = known_sections(village_id)
    # In a village that has no sections yet every one is new, and none can be mistyped.
    areas = unknown_areas(roster, known) if known else ()
    compared = _compared(village_id, {layout.sheet: layout for layout in layouts})
    order = {layout.sheet: place for place, layout in enumerate(layouts)}
    found = [*roster.problems, *areas, *compared]
    return tuple(sorted(found, key=lambda problem: (order.get(problem.sheet, -1), problem.row or 0)))


def _compared(village_id: UUID, layouts: dict[str, SheetLayout]) -> Iterator[Problem]:
    def column(sheet: str, field: Field) -> str | None:
        layout = layouts.get(sheet)
        index = layout.index_of.get(field) if layout else None
        return layout.column_at[index].letters if layout and index is not None else None

    village = {"village": village_id}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMS, village)
        for sheet, row, name, holder in cursor.fetchall():
            yield Problem("duplicate_id", sheet, row, column(sheet, Field.ID_NUMBER), name, {"other": holder})
        cursor.execute(_SEVERAL)
        for sheet, row, name, people in cursor.fetchall():
            yield Problem("several_match", sheet, row, column(sheet, Field.NAME), name, {"count": str(people)})
        cursor.execute(_BOTH_CHANGED)
        for sheet, row, name, cell in cursor.fetchall():
            field = next((each for each in Field if each == cell), None)
            yield Problem("both_changed", sheet, row, column(sheet, field) if field else None, name, {"cell": cell})
        cursor.execute(_LEFT, village)
        for sheet, row, name in cursor.fetchall():
            yield Problem("has_left", sheet, row, column(sheet, Field.NAME), name, {})
