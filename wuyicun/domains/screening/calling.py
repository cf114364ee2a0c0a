"""打电话: a number is shown because somebody is missing in a round, and who saw it stays on record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.screening.models import Round
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal


class NoPhone(Refusal):
    """The registry has no number of this person."""

    code = "no_phone"
    words = _("名册里没有登记电话")


@transaction.atomic
def reveal_phone(*, village_id: UUID, round_: Round, person_id: UUID, by: UUID | None, at: datetime) -> str:
    """The number in clear, with the round as the reason. Raises NoPhone."""
    number = registry.phone_of(village_id, person_id)
    if number is None:
        raise NoPhone
    audit(
        "registry.reveal",
        by=by,
        at=at,
        village_id=village_id,
        subject=("person", person_id),
        data={"what": "phone", "reason": "screening.round", "round": str(round_.pk)},
    )
    return number
