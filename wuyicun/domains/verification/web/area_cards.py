"""What checking says of an area on its page: how many households were checked lately."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from wuyicun.domains.verification import queries
from wuyicun.domains.verification.rules import fresh_since
from wuyicun.kernel import clock
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web.area_cards import AreaCard


def last_checked(scope: Scope, village_id: UUID, area_path: str) -> Iterator[AreaCard]:
    """A line for a micro-grid where households live."""
    every = queries.every_days(village_id)
    here = queries.freshness(village_id, fresh_since(every, clock.now()), area_path).get(area_path)
    if here is not None and here.households:
        may_check = scope.permits(Permission.EDIT_PEOPLE, area_path)
        values = {"days": every, "fresh": here.fresh, "households": here.households}
        yield AreaCard(
            _("入户核对"),
            _("%(days)s 天内核对过 %(fresh)s 户，共 %(households)s 户") % values,
            reverse("verification_area", args=[area_path]) if may_check else "",
            _("去核对"),
            "done" if here.fresh == here.households else "owed",
        )
