"""Letting a roll follow the registry: who is new joins, who has moved moves, who has left is excused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wuyicun.domains.rolls import actions, queries
from wuyicun.domains.rolls.actions import Base, Subject

LEFT = "left"


@transaction.atomic
def follow(
    *,
    village_id: UUID,
    roll_id: UUID,
    asked: Collection[UUID],
    drawn: Sequence[Subject],
    gone: Mapping[UUID, str] | None = None,
    at: datetime,
) -> None:
    """Take in what the registry says anew of some subjects.

    Args:
        asked: the subjects that have changed, in the roll or not.
        drawn: those of them who belong to the roll now, drawn again as for its opening.
        gone: why somebody no longer does, where it is not that they have left.
    """
    here = {subject.subject_id for subject in drawn}
    known = queries.entries_of(village_id, roll_id, asked)
    left = [entry.subject_id for entry in known if entry.subject_id not in here]
    actions.join(village_id=village_id, roll_id=roll_id, subjects=drawn, at=at)
    actions.place(village_id=village_id, roll_id=roll_id, subjects=drawn)
    actions.rebase(
        [
            *(Base(village_id, roll_id, each.subject_id, each.excused_reason, each.excused_until) for each in drawn),
            *(Base(village_id, roll_id, subject, (gone or {}).get(subject, LEFT)) for subject in left),
        ],
        at,
    )
