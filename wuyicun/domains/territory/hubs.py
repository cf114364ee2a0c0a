"""党员中心户: households around which their micro-grid gathers. The households themselves lie in the registry above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from wuyicun.domains.territory.models import Hub
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import NotYours


@dataclass(frozen=True)
class HouseholdPlace:
    """Where a household stands, as the registry tells it."""

    area_path: str
    house: str
    head_name: str


@dataclass(frozen=True)
class HubHouse:
    """A hub household of today."""

    id: UUID
    household_id: UUID
    area_path: str
    house: str
    contact_name: str
    starts_at: datetime


def places(village_id: UUID, households: Collection[UUID]) -> Mapping[UUID, HouseholdPlace]:
    """Where the households stand; the configuration names who knows (`WUYI_HOUSEHOLD_PLACES`)."""
    ask: Callable[[UUID, Collection[UUID]], Mapping[UUID, HouseholdPlace]] = import_string(
        settings.WUYI_HOUSEHOLD_PLACES
    )
    return ask(village_id, households)


def of_village(village_id: UUID) -> Sequence[HubHouse]:
    """The village's hub households by micro-grid; one whose household was merged away is left out."""
    rows = list(Hub.rows().filter(village_id=village_id, ends_at__isnull=True).order_by("starts_at", "id"))
    known = places(village_id, [row.household_id for row in rows])
    found = [
        HubHouse(
            row.pk,
            row.household_id,
            known[row.household_id].area_path,
            known[row.household_id].house,
            row.contact_name,
            row.starts_at,
        )
        for row in rows
        if row.household_id in known
    ]
    return sorted(found, key=lambda hub: hub.area_path)


def of_household(village_id: UUID, household_id: UUID) -> Hub | None:
    """The household as a hub, if it is one today."""
    found: Hub | None = Hub.rows().filter(
        village_id=village_id, household_id=household_id, ends_at__isnull=True
    ).first()  # fmt: skip
    return found


@transaction.atomic
def name(*, village_id: UUID, household_id: UUID, contact_name: str, by: UUID | None, at: datetime) -> Hub:
    """Make a household a hub; one that is a hub already stays as it is.

    Raises:
        NotYours: the village has no such household.
    """
    place = places(village_id, [household_id]).get(household_id)
    if place is None:
        raise NotYours
    hub, made = Hub.rows().get_or_create(
        village_id=village_id,
        household_id=household_id,
        ends_at=None,
        defaults={"contact_name": contact_name or place.head_name, "starts_at": at},
    )
    if made:
        audit("territory.name_hub", by=by, at=at, village_id=village_id, subject=("household", household_id))
    result: Hub = hub
    return result


@transaction.atomic
def end(*, hub: Hub, by: UUID | None, at: datetime) -> None:
    """It is a household like others again; that it was a hub stays in the history."""
    hub.ends_at = max(at, hub.starts_at)
    hub.save(update_fields=["ends_at"])
    audit("territory.end_hub", by=by, at=at, village_id=hub.village_id, subject=("household", hub.household_id))
