"""Two subjects turn out to be one: what was said of the one is said of the other, and can be given back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from wuyicun.domains.rolls import deciding
from wuyicun.domains.rolls.deciding import Debtor
from wuyicun.kernel.database.statements import array, execute

_CARRY = """
UPDATE rolls_statementrow SET subject_id = %s, came_as = subject_id
WHERE village_id = %s AND subject_id = %s AND roll_id = ANY (%s::uuid[]) RETURNING roll_id
"""
_CARRY_BACK = """
UPDATE rolls_statementrow SET subject_id = came_as, came_as = NULL
WHERE village_id = %s AND subject_id = %s AND came_as = %s RETURNING roll_id
"""


def carry(*, village_id: UUID, rolls: Collection[UUID], other: UUID, kept: UUID, at: datetime) -> None:
    """Let what was said of `other` in these rolls hold of `kept`."""
    _restate(village_id, execute(_CARRY, kept, village_id, other, array(rolls)), kept, other, at)


def carry_back(*, village_id: UUID, other: UUID, kept: UUID, at: datetime) -> None:
    """Let what was said of `other` hold of them again."""
    _restate(village_id, execute(_CARRY_BACK, village_id, kept, other), kept, other, at)


def _restate(village_id: UUID, rows: list[tuple[UUID]], kept: UUID, other: UUID, at: datetime) -> None:
    touched = {roll for (roll,) in rows}
    deciding.restate([Debtor(village_id, roll, subject) for roll in touched for subject in (kept, other)], at)
