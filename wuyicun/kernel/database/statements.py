"""Statements of the hot paths: prepared once per connection, their rows as one JSON parameter.

They run on Django's own connection, within its transaction, but not through its cursors: those send every statement as
text, to be parsed and planned each time. A plan outlives the moment it was made in, perhaps when the tables were still
nearly empty and reading them whole was cheap; who takes records in therefore has each row looked up by index
(`look_up`), and his statements join what they were given to tables only, never to each other's results.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import connection
from psycopg.types.json import Json

PREPARE_AFTER = 2  # executions; what runs once on a page is not worth a plan that is kept
_LOOK_UP = """
SELECT set_config(name, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) AS name
"""

encode = msgspec.json.Encoder().encode


def execute(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows, none when it returns nothing.

    Raises:
        django.db.Error: as Django's cursors do.
    """
    with _sent(sql, parameters) as cursor:
        return cursor.fetchall() if cursor.description else []


def send(sql: str, *parameters: object) -> None:
    """Run a statement that returns nothing; within `at_once` it is only sent."""
    with _sent(sql, parameters):
        pass


@contextmanager
def at_once() -> Iterator[None]:
    """Send what is run inside in one go: one journey to the database in place of several.

    Raises:
        django.db.Error: at its end, for whichever statement failed.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


@contextmanager
def _sent(sql: str, parameters: Sequence[object]) -> Iterator[psycopg.Cursor[Any]]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    raw.prepare_threshold = PREPARE_AFTER
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.execute(sql, parameters)
        yield cursor


@contextmanager
def whole_tables() -> Iterator[None]:
    """Have no row looked up one by one inside: for statements that go through most of a large table.

    What has just been written PostgreSQL takes for little until it has counted anew, and it would look up each of a
    hundred thousand rows in an index of them all. One side of a join has room in memory, and the other is gone through
    in its order: rows that are written in another wander through the table.
    """
    execute("SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true)")
    yield
    execute("SELECT set_config(name, reset_val, true) FROM pg_settings WHERE name IN ('enable_nestloop', 'work_mem')")


def look_up() -> None:
    """Have every row looked up by index until the end of the transaction."""
    execute(_LOOK_UP)


def rows(given: Iterable[object]) -> Json:
    """Rows (mappings, dataclasses or structs with the columns as fields) as a parameter for `json_to_recordset`."""
    return Json(given if isinstance(given, list) else list(given), dumps=encode)


def array(values: Iterable[UUID | datetime | int | str | None]) -> str:
    """Values as a parameter that is cast to an array: ids, moments, numbers, codes; no text that a user has written."""
    return "{" + encode(values if isinstance(values, list) else list(values))[1:-1].decode() + "}"
