"""Records that take others back, whatever room those belong to; they may come before what they name.

A room that lets its kinds be taken back is given the voids that name its records, and asks `named_before` of records
that come in: so either side finds the other, whichever comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.database.statements import execute, rows
from wuyicun.kernel.records.kinds import Applied, Kind, Outcome, Row, Told

VOID = "void"


class Void(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier record is taken back."""

    record: UUID
    reason: Literal["undo", "wrong_person", "wrong_tube", "entered_twice", "other"]


def _accept(given: Sequence[Row]) -> Applied:
    """One that names what has not arrived yet waits for it."""
    return {row.id: Outcome(row.id) for row in given}


# Whoever may make a record may take it back: that is asked of the kind of the one that is named.
KINDS = (
    Kind(
        VOID,
        Void,
        None,
        _accept,
        _("作废一条记录"),
        Told(codes={"not_voidable": _("这种记录不能撤销")}, fields={"reason": _("原因")}),
        alone=True,
    ),
)

_ADD = """
INSERT INTO records_void (id, village_id, record_id, reason, at, by)
SELECT * FROM json_to_recordset(%s)
  AS r (id uuid, village_id uuid, record_id uuid, reason text, at timestamptz, by uuid)
ON CONFLICT (id) DO NOTHING
"""


def add(given: Sequence[Row]) -> None:
    """Keep voids for the records that they name."""
    if given:
        execute(_ADD, rows([_columns(row) for row in given]))


def _columns(row: Row) -> dict[str, object]:
    named = {"record_id": row.data.record, "reason": row.data.reason}
    return {"id": row.id, "village_id": row.village_id, "at": row.at, "by": row.by, **named}


_NAMED = """
SELECT v.record_id FROM json_to_recordset(%s) AS g (village_id uuid, record_id uuid)
  JOIN records_void v ON v.village_id = g.village_id AND v.record_id = g.record_id
"""


def named_before(given: Sequence[Row]) -> set[UUID]:
    """Those of the records that a void named before they arrived."""
    named = [{"village_id": row.village_id, "record_id": row.id} for row in given]
    return {row[0] for row in execute(_NAMED, rows(named))} if named else set()
