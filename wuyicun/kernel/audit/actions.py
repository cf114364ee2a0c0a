"""Writing the audit: a row in the same transaction as what it tells of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from wuyicun.kernel.ids import uuid7

# Not the model's own insert: the role may not name `xid`, nor read back a row of no village.
_INSERT = """
INSERT INTO audit_auditrow (id, village_id, at, by, action, subject_kind, subject_id, data)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def audit(
    action: str,
    *,
    by: UUID | None,
    at: datetime,
    village_id: UUID | None = None,
    subject: tuple[str, UUID] | None = None,
    data: Mapping[str, object] | None = None,
) -> None:
    """Add a row.

    Args:
        action: ``room.verb``.
        by: the account that acts; None for the program itself.
        at: when, as the action was told.
        village_id: whose data was touched, None for the installation's own.
        subject: what was touched: its kind and id.
        data: codes, counts, ids; never a name, number or phone.
    """
    kind, subject_id = subject if subject is not None else ("", None)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT, [uuid7(), village_id, at, by, action, kind, subject_id, json.dumps(dict(data or {}), default=str)]
        )


_INSERT_EACH = """
INSERT INTO audit_auditrow (id, village_id, at, by, action, subject_kind, subject_id, data)
SELECT id, %s, %s, %s, %s, %s, subject, %s FROM unnest(%s::uuid[], %s::uuid[]) AS r (id, subject)
"""


def audit_each(
    action: str,
    kind: str,
    subjects: Sequence[UUID],
    *,
    by: UUID | None,
    at: datetime,
    village_id: UUID,
    data: Mapping[str, object],
) -> None:
    """Add a row for each of many subjects of a kind to which the same was done, with one statement."""
    ids = [uuid7() for _ in subjects]
    with connection.cursor() as cursor:
        told = json.dumps(dict(data), default=str)
        cursor.execute(_INSERT_EACH, [village_id, at, by, action, kind, told, ids, list(subjects)])


def digest(content: object) -> str:
    """The SHA-256 of a JSON value, to say in the audit what was asked without repeating it."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
