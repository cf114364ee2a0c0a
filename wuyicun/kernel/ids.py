"""Ids: version 7 UUIDs (RFC 9562), made in Python, sortable by the time they were made."""

from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new id; later ids of one process sort after earlier ones."""
    return _uuid7()


def uuid7_text() -> str:
    """The same as text, several times faster: for those who write a million of them."""
    return str(uuid_utils.uuid7())
