"""Rolls that come round again: when a period is over, what is still owed was missed, and the roll closes."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from django.db import transaction

from wuyicun.domains.rolls import actions, queries
from wuyicun.domains.rolls.actions import Said
from wuyicun.domains.rolls.models import Entry, Roll
from wuyicun.domains.rolls.rules import State, Statement

MISSED = "missed"


@transaction.atomic
def lapse(*, roll: Roll, at: datetime, most: int) -> bool:
    """Go on with closing a roll whose time is over, whoever owes; whether it is closed now.

    Who still owes counts as unreachable (nobody reached them in time), with the reason `missed`; a record made before
    the closing that arrives later still settles its entry. The caller sees to it that no record is being taken in
    meanwhile.

    Args:
        most: so many are written down at once.
    """
    owed = queries.entries(roll.village_id, roll.pk, states=[State.OWED], limit=most)
    missed = [
        Said(
            id=uuid5(roll.pk, str(entry.subject_id)),
            village_id=roll.village_id,
            roll_id=roll.pk,
            subject_id=entry.subject_id,
            statement=Statement.UNREACHABLE,
            reason=MISSED,
            until=None,
            note="",
            at=at,
            by=None,
            voided=False,
        )
        for entry in owed
    ]
    actions.state(missed, at)
    if len(missed) == most:
        return False
    actions.close(roll=roll, at=at)
    return True


def missed_in(roll: Roll) -> int:
    """How many subjects of a roll nobody reached in time."""
    return Entry.rows().filter(village_id=roll.village_id, roll_id=roll.pk, reason=MISSED).count()


def due_by(*, roll: Roll, due_at: datetime) -> None:
    """Give an open roll another end."""
    roll.due_at = due_at
    roll.save(update_fields=["due_at"])
