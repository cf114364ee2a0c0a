"""What micro-grids show on the page of a household or a place: which one looks after it, where it lies on the map."""

from __future__ import annotations

from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from wuyicun.domains.microgrids import queries
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import LEAVES
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission


def position(request: ScopedRequest, household_id: UUID) -> SafeString | None:
    """The panel 微网格和位置 of a household's page."""
    village_id = request.village.pk
    path = registry.areas_of_households([(village_id, household_id)]).get((village_id, household_id))
    if path is None:
        return None
    return _panel(request, "H", household_id, path)


def position_of_place(request: ScopedRequest, place_id: UUID) -> SafeString | None:
    """The panel 微网格和位置 of a place's page."""
    village_id = request.village.pk
    path = registry.areas_of_places([(village_id, place_id)]).get((village_id, place_id))
    return None if path is None else _panel(request, "L", place_id, path)


def _panel(request: ScopedRequest, layer: str, subject_id: UUID, path: str) -> SafeString:
    village_id = request.village.pk
    area = territory.area(village_id, path)
    context = {
        "area": area,
        "has_page": area.level in LEAVES,
        "layer": layer,
        "subject_id": subject_id,
        "has_point": subject_id in queries.points_of(village_id, layer),
        "may_place": request.scope.permits(Permission.EDIT_PEOPLE, path),
    }
    return render_to_string("microgrids/parts/panel.html", context, request=request)
