"""Ids: version 7 UUIDs (RFC 9562), made in Python, sortable by the time they were made."""

import secrets
from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new id; later ids of one process sort after earlier ones."""
    return _uuid7()


def uuid7_text() -> str:
    """The same as text, several times faster: for those who write a million of them."""
    return str(uuid_utils.uuid7())


def uuid7_beginning() -> str:
    """How ids begin that a statement makes for its rows: with the twelve hexadecimal digits of a number behind it, each
    is a version 7 UUID, and they sort by those numbers. No two beginnings are alike.
    """
    chance = secrets.token_hex(3)
    return f"{uuid7_text()[:15]}{chance[:3]}-8{chance[3:]}-"
