"""What testing says of an area on its page: how many are missing in each open round."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import queries
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web.area_cards import AreaCard


def open_rounds(scope: Scope, village_id: UUID, area_path: str) -> Iterator[AreaCard]:
    """A line for each open round that concerns the area."""
    rounds = queries.open_rounds(village_id)
    counts = rolls.counts_of(village_id, [each.roll_id for each in rounds], area_path)
    may_look = scope.permits(Permission.VIEW_PEOPLE, area_path)
    for each in rounds:
        here = counts[each.roll_id]
        if here.current:
            address = f"{reverse('missing', args=[each.pk])}?{urlencode({'area': area_path})}"
            yield AreaCard(
                each.title,
                _("未采 %(missing)s 人，已采 %(done)s 人") % {"missing": here.missing, "done": here.done},
                address if may_look and here.missing else "",
                _("未采名单"),
                "owed" if here.missing else "done",
            )
