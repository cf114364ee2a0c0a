"""What rooms ask of rooms above them, by name: who has records, what stands beside a person or a household, where a
household stands, what is open in an area.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from wuyicun.domains.microgrids.web.panels import position, position_of_place
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import queries as screening
from wuyicun.domains.screening.rules import RETEST_KIND
from wuyicun.domains.screening.web import panels
from wuyicun.domains.territory.handing import OpenWork
from wuyicun.domains.territory.hubs import HouseholdPlace
from wuyicun.domains.verification import queries as verification
from wuyicun.domains.verification.web import panels as verification_panels

PERSON_PANELS = (panels.tests,)
HOUSEHOLD_PANELS = (verification_panels.last_check, position)
PLACE_PANELS = (position_of_place,)


def people_in_use(village_id: UUID, subjects: Collection[UUID]) -> set[UUID]:
    """The people who stand in some roll and the households that were checked: an import's undo leaves them alone."""
    return rolls.has_entries(village_id, subjects) | verification.have_checks(village_id, subjects)


def household_places(village_id: UUID, households: Collection[UUID]) -> Mapping[UUID, HouseholdPlace]:
    """Where hub households stand."""
    return {pk: HouseholdPlace(*place) for pk, place in registry.household_places(village_id, households).items()}


def open_rounds(village_id: UUID, area_path: str) -> Sequence[OpenWork]:
    """Who of an area is missing in an open round, or owes it a re-test."""
    found = []
    for round_ in screening.open_rounds(village_id):
        missing = rolls.counts(village_id, round_.roll_id, area_path).missing
        if missing:
            url = f"{reverse('missing', args=[round_.pk])}?area={area_path}"
            found.append(OpenWork("missing", round_.title, missing, url))
        child = rolls.child(village_id, round_.roll_id, RETEST_KIND)
        owed = rolls.counts(village_id, child.pk, area_path).owed if child else 0
        if owed:
            found.append(OpenWork("retests", round_.title, owed, reverse("retests", args=[round_.pk])))
    return found


def open_checks(village_id: UUID, area_path: str) -> Sequence[OpenWork]:
    """The households of an area that are still owed a check."""
    period = verification.current(village_id)
    owed = rolls.counts(village_id, period.roll_id, area_path).owed if period else 0
    return [OpenWork("checks", "", owed, reverse("verification"))] if owed else []


OPEN_WORK = (open_rounds, open_checks)
