"""微网格: how many households each looks after, who leads it, what is open."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from wuyicun.domains.microgrids import access
from wuyicun.domains.microgrids.rules import WARN_ABOVE
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.neighbourhood import Tally
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.queries import AreaRow
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission


@dataclass(frozen=True)
class Row:
    """A micro-grid in the list."""

    area: AreaRow
    section: str
    tally: Tally
    leader: str

    @property
    def is_unplaced(self) -> bool:
        """Whether it is 未入网."""
        return self.area.level == Level.UNPLACED

    @property
    def is_crowded(self) -> bool:
        """Whether it looks after more households than it should."""
        return not self.is_unplaced and self.tally.households > WARN_ABOVE


@require_GET
def overview(request: ScopedRequest) -> HttpResponse:
    """All micro-grids that the account may look into."""
    village_id = request.village.pk
    areas = access.leaves(request.scope, request.village, Permission.VIEW_PEOPLE)
    names, tallies = territory.names(village_id), neighbourhood.tallies(village_id)
    leaders = {
        holder.area_path: holder.name
        for holder in territory.holders(village_id, clock.now())
        if holder.role == "micro_grid_leader"
    }
    rows = [
        Row(
            area,
            names.get(area.area_path[:-2], "") if area.level == Level.MICRO_GRID else "",
            tallies.get(area.area_path, Tally(0, 0)),
            leaders.get(area.area_path, ""),
        )
        for area in areas
    ]
    context = {
        "rows": [row for row in rows if not row.is_unplaced],
        "unplaced": next((row for row in rows if row.is_unplaced), None),
        "answer": _answer(rows),
        "tone": "owed" if any(row.is_crowded or (row.is_unplaced and row.tally.people) for row in rows) else "done",
        "may_arrange": request.scope.permits(Permission.ARRANGE_GRIDS, request.village.area_path),
        "may_map": request.scope.permits(Permission.EDIT_PEOPLE),
    }
    return render(request, "microgrids/overview.html", context)


def _answer(rows: list[Row]) -> str:
    crowded = [row for row in rows if row.is_crowded]
    lost = next((row.tally for row in rows if row.is_unplaced), Tally(0, 0))
    said = []
    if crowded:
        said.append(
            ngettext("%(number)s 个微网格超过 60 户", "%(number)s 个微网格超过 60 户", len(crowded))
            % {"number": len(crowded)}
        )
    values = {"people": lost.people, "households": lost.households}
    if lost.people and lost.households:
        said.append(_("%(people)s 人、%(households)s 户未入网") % values)
    elif lost.people:
        said.append(ngettext("%(people)s 人未入网", "%(people)s 人未入网", lost.people) % values)
    elif lost.households:
        said.append(ngettext("%(households)s 户未入网", "%(households)s 户未入网", lost.households) % values)
    return _("，").join(said) if said else _("每户都有微网格，每个微网格都在 60 户以内")
