"""What checking shows on a household's page: its last checks, and the way to check it."""

from __future__ import annotations

from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.verification import queries
from wuyicun.domains.verification.words import RESULTS
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission

MOST = 5


def last_check(request: ScopedRequest, household_id: UUID) -> SafeString | None:
    """The panel 入户核对 of a household's page."""
    village_id = request.village.pk
    found = queries.checks(village_id, household_id, MOST)
    area = registry.areas_of_households([(village_id, household_id)]).get((village_id, household_id))
    names = accounts.names_of([each.by for each in found if each.by])
    context = {
        "checks": [
            {
                "at": each.at,
                "by": names.get(each.by, "") if each.by else "",
                "result": RESULTS.get(each.result, ""),
                "note": each.note,
                "taken_back": each.taken_back,
            }
            for each in found
        ],
        "household_id": household_id,
        "may_check": area is not None and request.scope.permits(Permission.EDIT_PEOPLE, area),
    }
    return render_to_string("verification/parts/panel.html", context, request=request)
