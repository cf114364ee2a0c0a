"""The four roles of the database and what each may do on it. What they may do on tables is said by the migrations."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

OWNER = "wuyi_owner"
APP = "wuyi_app"
PURGE = "wuyi_purge"
SEALER = "wuyi_sealer"
ROLES = (OWNER, APP, PURGE, SEALER)

RESTRICTIONS = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION INHERIT")
LOCK = 7_301_122  # any number: whoever makes roles or databases waits for the other


def ensure_roles(connection: psycopg.Connection[Any], passwords: Mapping[str, str]) -> None:
    """Make the four roles, or bring them back to what they should be, with these passwords. Needs a superuser in autocommit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
            there = {name for (name,) in cursor.fetchall()}
            for role in ROLES:
                # Only the verifier is sent, so that no log can hold a password.
                verifier = connection.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
                cursor.execute(
                    sql.SQL("{} ROLE {} WITH {} PASSWORD {}").format(
                        sql.SQL("ALTER" if role in there else "CREATE"), sql.Identifier(role), RESTRICTIONS, sql.Literal(verifier.decode())
                    )
                )
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def ensure_database(connection: psycopg.Connection[Any], name: str, template: str | None = None) -> None:
    """Make the database, owned by wuyi_owner, unless it is there; let the other roles connect. Needs a superuser in autocommit."""
    database = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                copied = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(OWNER)) + copied)
            cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            cursor.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.SQL(", ").join(map(sql.Identifier, (APP, PURGE, SEALER))))
            )
            cursor.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(APP)))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def ensure_schema(connection: psycopg.Connection[Any]) -> None:
    """Let the roles see the schema of the database that this connection is to. Needs its owner or a superuser."""
    roles = sql.SQL(", ").join(map(sql.Identifier, (APP, PURGE, SEALER)))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(roles))


def drop_database(connection: psycopg.Connection[Any], name: str) -> None:
    """Drop the database with whoever is connected to it; nothing happens when it is not there."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
