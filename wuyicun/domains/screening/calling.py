"""打电话: a number is shown because somebody is missing in a round, and who saw it stays on record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import actions as registry
from wuyicun.domains.registry.queries import PersonRow
from wuyicun.domains.screening.models import Round
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal


class NoPhone(Refusal):
    """The registry has no number of this person."""

    code = "no_phone"
    words = _("名册里没有登记电话")


@transaction.atomic
def reveal_phone(*, round_: Round, person: PersonRow, by: UUID | None, at: datetime) -> str:
    """The number in clear, with the round as the reason. Raises NoPhone."""
    number = registry.reveal(person=person, number="phone", reason="testing", by=by, at=at)
    if not number:
        raise NoPhone
    audit(
        "screening.call",
        by=by,
        at=at,
        village_id=person.village_id,
        subject=("round", round_.pk),
        data={"person": str(person.pk)},
    )
    return number
