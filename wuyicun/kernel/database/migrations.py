"""What every migration says of its tables beyond Django's own: who may touch them, whose rows show, what they point to.

The policy's setting stands in a sub-select so that it is evaluated once and the index is used; unset, it shows no row.
"""

from collections.abc import Iterable
from pathlib import Path

from django.db.migrations.operations import RunSQL

VILLAGES = "(SELECT nullif(current_setting('wuyi.villages', true), '')::uuid[])::uuid[]"
WITHIN = f"village_id = ANY ({VILLAGES})"


def grant(table: str, privileges: str = "SELECT, INSERT, UPDATE, DELETE", role: str = "wuyi_app") -> RunSQL:
    """Let the application's role use a table that belongs to no village (a reference table, an account)."""
    return RunSQL(f'GRANT {privileges} ON "{table}" TO {role}', f'REVOKE ALL ON "{table}" FROM {role}')


def protect(table: str, privileges: str = "SELECT, INSERT, UPDATE, DELETE") -> RunSQL:
    """Row-level security by village, and the privileges of the application's role.

    Args:
        table: the table's name in the database; it has a column `village_id`.
        privileges: what `wuyi_app` may do; records and audit rows are only ever inserted and read.
    """
    return RunSQL(
        [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'CREATE POLICY village ON "{table}" USING ({WITHIN}) WITH CHECK ({WITHIN})',
            f'GRANT {privileges} ON "{table}" TO wuyi_app',
        ],
        [
            f'REVOKE ALL ON "{table}" FROM wuyi_app',
            f'DROP POLICY village ON "{table}"',
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        ],
    )


def append_only(table: str) -> RunSQL:
    """Like `protect`, for rows that are never edited nor deleted."""
    return protect(table, "SELECT, INSERT")


def foreign_keys(table: str, links: Iterable[tuple[str, str]]) -> RunSQL:
    """Immediate foreign keys within the village (Django's own are deferrable, which Citus refuses).

    Args:
        table: the table that points.
        links: pairs of its column and the table whose `id` it names.
    """
    pairs = list(links)
    return RunSQL(
        [
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_fk"'
            f' FOREIGN KEY ("{column}") REFERENCES "{to}" (id)'
            for column, to in pairs
        ],
        [f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}_fk"' for column, _ in pairs],
    )


def leave_room(table: str, percent: int) -> RunSQL:
    """Fill the table's pages to so many percent only: rows that change find room beside their old version.

    It pays where every row is changed soon after it was written, and no indexed column changes.
    """
    return RunSQL(
        [f'ALTER TABLE "{table}" SET (fillfactor = {percent})'],
        [f'ALTER TABLE "{table}" RESET (fillfactor)'],
    )


def functions(script: Path, drop: Iterable[str]) -> RunSQL:
    """Functions and types of the database, from a script beside the migrations.

    A script that has landed is never edited: a new one says CREATE OR REPLACE.

    Args:
        script: the file with the statements.
        drop: what takes them back, in order: `FUNCTION name`, `TYPE name`.
    """
    return RunSQL(script.read_text(encoding="utf-8"), [f"DROP {each}" for each in drop])
