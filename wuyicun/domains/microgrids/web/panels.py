"""What micro-grids show on a household's page: which one looks after it, and where it lies on the map."""

from __future__ import annotations

from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from wuyicun.domains.microgrids import queries
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission


def position(request: ScopedRequest, household_id: UUID) -> SafeString | None:
    """The panel 微网格和位置 of a household's page."""
    village_id = request.village.pk
    path = registry.areas_of_households([(village_id, household_id)]).get((village_id, household_id))
    if path is None:
        return None
    context = {
        "area": territory.area(village_id, path),
        "household_id": household_id,
        "has_point": household_id in queries.points_of(village_id, "H"),
        "may_place": request.scope.permits(Permission.EDIT_PEOPLE, path),
    }
    return render_to_string("microgrids/parts/panel.html", context, request=request)
