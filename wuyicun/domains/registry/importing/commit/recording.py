"""Keeps what a batch means and what it did: the lines of the preview, the problems, and the values from before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from wuyicun.domains.registry.importing.diff.facts import storable
from wuyicun.domains.registry.importing.diff.staging import UUID7
from wuyicun.domains.registry.models import ImportChange, ImportProblem, ImportRow
from wuyicun.domains.registry.roster import Problem
from wuyicun.kernel.jobs import progress

_ROWS = """
    INSERT INTO registry_importrow (
        id, village_id, batch_id, kind, status, number, sheet, row, name, about, cells, subject_id
    )
    SELECT f.new_id, %(village)s, %(batch)s, f.kind, f.status, f.n, f.sheet, f.row, f.name, f.about,
           coalesce(c.cells, '{}'::jsonb), coalesce(f.subject, CASE WHEN f.status = 'new' THEN f.new_id END)
    FROM roster_fact f
    LEFT JOIN (
        SELECT n, jsonb_object_agg(cell, jsonb_build_array(current, value, outcome)) AS cells
        FROM roster_cell WHERE outcome IN ('changed', 'disputed') GROUP BY n
    ) c ON c.n = f.n
"""
# Absent are those who live where the file's people live, or, when it lists outside workers, the outside workers.
_ABSENT = f"""
    INSERT INTO registry_importrow (
        id, village_id, batch_id, kind, status, number, sheet, row, name, about, cells, subject_id
    )
    SELECT {UUID7}, %(village)s, %(batch)s, 'P', 'absent',
           row_number() OVER (ORDER BY p.area_path, p.name_sort, p.id), '', 0, p.name,
           p.residence || '|' || concat_ws(' ', a.section, h.number, p.workplace), '{{}}'::jsonb, p.id
    FROM registry_person p
    LEFT JOIN registry_household h ON h.village_id = p.village_id AND h.id = p.household_id
    LEFT JOIN roster_area a ON a.area_path = h.section_path
    WHERE p.village_id = %(village)s AND p.left_at IS NULL
      AND NOT EXISTS (SELECT FROM roster_fact f WHERE f.subject = p.id)
      AND p.id NOT IN (SELECT unnest(candidates) FROM roster_fact WHERE candidates IS NOT NULL)
      AND CASE WHEN h.id IS NOT NULL
               THEN a.section IN (SELECT section FROM roster_fact WHERE kind = 'P' AND house <> '')
               ELSE EXISTS (SELECT FROM roster_fact WHERE kind = 'P' AND house = '') END
"""
_PROBLEM_TABLE = """
    DROP TABLE IF EXISTS pg_temp.roster_problem;
    CREATE TEMP TABLE roster_problem (
        number integer, code text, severity text, sheet text, row integer, col text, name text, data jsonb, n integer
    ) ON COMMIT DROP
"""
_COPY_PROBLEMS = "COPY roster_problem (number, code, severity, sheet, row, col, name, data) FROM STDIN"
_PROBLEMS = f"""
    INSERT INTO registry_importproblem (
        id, village_id, batch_id, code, severity, number, sheet, row, "column", name, data, person_id
    )
    SELECT {UUID7}, %(village)s, %(batch)s, p.code, p.severity, p.number, p.sheet, p.row, p.col, p.name, p.data,
           coalesce(f.subject, CASE WHEN f.status = 'new' THEN f.new_id END)
    FROM roster_problem p
    LEFT JOIN roster_fact f ON f.kind = 'P' AND f.sheet = p.sheet AND f.row = p.row
"""
_MADE = """
    INSERT INTO registry_importchange (
        id, village_id, batch_id, kind, subject_id, change, before, after, last_import, area_path
    )
    SELECT f.new_id, %(village)s, %(batch)s, f.kind, f.new_id, 'made', '{}', '{}', '{}', ''
    FROM roster_fact f WHERE f.status = 'new'
"""
_CHANGED = """
    INSERT INTO registry_importchange (
        id, village_id, batch_id, kind, subject_id, change, before, after, last_import, area_path, changed_at,
        changed_by, household_id, id_sealed, phone_sealed, unread_sealed
    )
    SELECT f.new_id, %(village)s, %(batch)s, f.kind, t.id, CASE WHEN c.n IS NULL THEN 'noted' ELSE 'changed' END,
           coalesce(c.before, '{{}}'), coalesce(c.after, '{{}}'), t.last_import, t.area_path, t.updated_at,
           t.updated_by, {kept}
    FROM roster_fact f
    JOIN {table} t ON t.village_id = %(village)s AND t.id = f.subject
    LEFT JOIN (
        SELECT n, jsonb_object_agg(cell, current) AS before, jsonb_object_agg(cell, value) AS after
        FROM roster_cell WHERE outcome = 'changed' GROUP BY n
    ) c ON c.n = f.n
    WHERE f.kind = '{kind}' AND (c.n IS NOT NULL OR NOT t.last_import @> f.cells)
"""
_KEPT = {
    "P": ("registry_person", "t.household_id, t.id_sealed, t.phone_sealed, t.unread_sealed"),
    "H": ("registry_household", "NULL::uuid, NULL::bytea, NULL::bytea, NULL::bytea"),
    "L": ("registry_place", "NULL::uuid, NULL::bytea, t.phone_sealed, NULL::bytea"),
}


def record_lines(village_id: UUID, batch_id: UUID, problems: Sequence[Problem]) -> None:
    """Replace the lines and problems of a batch by those of the compared tables."""
    progress.say("lines")
    forget_lines(village_id, batch_id)
    values = {"village": village_id, "batch": batch_id}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, values)
        cursor.execute(_ABSENT, values)
        cursor.execute(_PROBLEM_TABLE)
        with cursor.copy(_COPY_PROBLEMS) as copy:
            for number, problem in enumerate(problems, 1):
                place = (problem.sheet[:64], problem.row, problem.column or "", storable(problem.name)[:64])
                data = storable(json.dumps(dict(problem.data), ensure_ascii=False))
                copy.write_row((number, problem.code, problem.severity, *place, data))
        cursor.execute(_PROBLEMS, values)


def forget_lines(village_id: UUID, batch_id: UUID) -> None:
    """Remove the lines and problems of a batch."""
    for model in (ImportRow, ImportProblem):
        model.rows().filter(village_id=village_id, batch_id=batch_id).delete()


def record_changes(village_id: UUID, batch_id: UUID) -> None:
    """Keep the values from before; called right before they are overwritten."""
    values = {"village": village_id, "batch": batch_id}
    with connection.cursor() as cursor:
        cursor.execute(_MADE, values)
        for kind, (table, kept) in _KEPT.items():
            cursor.execute(_CHANGED.format(table=table, kept=kept, kind=kind), values)


def forget_changes(village_id: UUID, batch_id: UUID) -> None:
    """Remove what was kept for an undo."""
    ImportChange.rows().filter(village_id=village_id, batch_id=batch_id).delete()
