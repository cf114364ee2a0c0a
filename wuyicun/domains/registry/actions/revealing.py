"""Showing a number in clear: with a reason, and seen in the audit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from wuyicun.domains.registry.models import Person, Place
from wuyicun.kernel.audit.actions import audit

NUMBERS = ("id_number", "phone")


@transaction.atomic
def reveal(*, person: Person, number: str, reason: str, by: UUID | None, at: datetime) -> str:
    """A number of a person in clear; what the roster had in its place where that could not be read; '' without either.

    Args:
        number: one of `NUMBERS`.
        reason: a code of `labels.REVEAL_REASON`, or the round it is for.
    """
    clear = {"id_number": person.id_number, "phone": person.phone}[number]
    audit(
        "registry.reveal",
        by=by,
        at=at,
        village_id=person.village_id,
        subject=("person", person.pk),
        data={"number": number, "reason": reason},
    )
    return clear or person.unread.get(number, "")


@transaction.atomic
def reveal_contact(*, place: Place, number: str = "phone", reason: str, by: UUID | None, at: datetime) -> str:
    """The phone of a place's contact, or of its liaison, in clear; '' without one.

    Args:
        number: `phone` or `liaison_phone`.
    """
    audit(
        "registry.reveal",
        by=by,
        at=at,
        village_id=place.village_id,
        subject=("place", place.pk),
        data={"number": number, "reason": reason},
    )
    return {"phone": place.phone, "liaison_phone": place.liaison_phone}[number] or ""
