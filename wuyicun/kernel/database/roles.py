"""Makes the four roles and says what each may do on a database; the migrations say what each may do on tables."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql

from wuyicun.kernel.database.layout import APP, OWNER, PURGE, ROLES, SEALER

RESTRICTIONS = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION INHERIT")
GUESTS = sql.SQL(", ").join(map(sql.Identifier, (APP, PURGE, SEALER)))
LOCK = 7_301_122  # any number of our own: whoever makes roles or databases waits for the other


def ensure_roles(connection: psycopg.Connection[Any], passwords: Mapping[str, str]) -> None:
    """Make the four roles, or bring them back to what they should be. Needs a superuser in autocommit."""
    with _alone(connection):
        rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
        there = {name for (name,) in rows}
        for role in ROLES:
            # Only the verifier is sent, so that no log can hold a password.
            verifier = connection.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
            statement = sql.SQL("{} ROLE {} WITH {} PASSWORD {}").format(
                sql.SQL("ALTER" if role in there else "CREATE"),
                sql.Identifier(role),
                RESTRICTIONS,
                sql.Literal(verifier.decode()),
            )
            connection.execute(statement)


def ensure_database(connection: psycopg.Connection[Any], name: str, template: str | None = None) -> None:
    """Make the database unless it is there, owned by wuyi_owner, and let the other roles connect.

    Needs a superuser in autocommit. template: the database to copy.
    """
    database = sql.Identifier(name)
    with _alone(connection):
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            create_database(connection, name, OWNER, template or "template1")
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, GUESTS))
        connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(APP)))


def ensure_schema(connection: psycopg.Connection[Any]) -> None:
    """Let the roles see the schema of the database that this connection is to. Needs its owner or a superuser."""
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(GUESTS))


def create_database(connection: psycopg.Connection[Any], name: str, owner: str, template: str = "template1") -> None:
    """Make the database. Needs CREATEDB and autocommit."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    connection.execute(statement.format(*map(sql.Identifier, (name, owner, template))))


def drop_database(connection: psycopg.Connection[Any], name: str) -> None:
    """Drop the database, whoever is connected to it; nothing happens when it is not there."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
