"""值班: the hours of a unit, who is on duty in it on which days of the week, and who is now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from wuyicun.domains.territory.models import Duty, Unit
from wuyicun.domains.territory.watches import EVERY_DAY, Gap, Watch, gaps
from wuyicun.kernel.audit.actions import audit

DutyRow = Duty
"""For pages, which may name what they are given but not query it."""


@dataclass(frozen=True)
class Hours:
    """How a unit is manned.

    Attributes:
        watch: its hours, None when none are said.
        duties: its weekly list.
        now: who of them is on duty.
        wanted_now: this moment lies in its hours.
        gaps: of its hours, those that nobody covers.
    """

    watch: Watch | None
    duties: tuple[Duty, ...]
    now: tuple[Duty, ...]
    wanted_now: bool
    gaps: tuple[Gap, ...]


def of_village(village_id: UUID, units: Sequence[Unit], at: datetime) -> Mapping[UUID, Hours]:
    """How each of the units is manned, at a moment."""
    rows = Duty.rows().filter(village_id=village_id, unit_id__in=[unit.pk for unit in units], ended_at__isnull=True)
    by_unit: dict[UUID, list[Duty]] = defaultdict(list)
    for duty in rows.order_by("days", "from_time", "id"):
        by_unit[duty.unit_id].append(duty)
    local = timezone.localtime(at)
    return {unit.pk: _hours(unit, by_unit[unit.pk], local) for unit in units}


def unmanned(village_id: UUID, at: datetime) -> int:
    """How many units nobody is on duty in at a moment that lies in their hours."""
    units = list(Unit.rows().filter(village_id=village_id, ended_at__isnull=True, opens_at__isnull=False))
    return sum(hours.wanted_now and not hours.now for hours in of_village(village_id, units, at).values())


def _hours(unit: Unit, duties: Sequence[Duty], local: datetime) -> Hours:
    opens, closes = unit.opens_at, unit.closes_at
    watch = None if opens is None or closes is None else Watch(EVERY_DAY, opens, closes)
    return Hours(
        watch,
        tuple(duties),
        tuple(each for each in duties if watch_of(each).covers(local)),
        watch is not None and watch.covers(local),
        tuple(gaps(watch, map(watch_of, duties))) if watch else (),
    )


def watch_of(duty: Duty) -> Watch:
    """When somebody is on duty."""
    return Watch(duty.days, duty.from_time, duty.until_time)


@transaction.atomic
def put(
    *,
    unit: Unit,
    days: str,
    from_time: time,
    until_time: time,
    name: str,
    phone: str,
    by: UUID | None,
    at: datetime,
) -> Duty:
    """Put somebody on a unit's weekly list."""
    duty: Duty = Duty.rows().create(
        village_id=unit.village_id,
        unit=unit,
        days=days,
        from_time=from_time,
        until_time=until_time,
        name=name,
        phone=phone,
    )
    audit("territory.put_on_duty", by=by, at=at, village_id=unit.village_id, subject=("duty", duty.pk))
    return duty


@transaction.atomic
def take_off(*, duty: Duty, by: UUID | None, at: datetime) -> None:
    """They are on the list no longer; that they were stays."""
    duty.ended_at = at
    duty.save(update_fields=["ended_at"])
    audit("territory.take_off_duty", by=by, at=at, village_id=duty.village_id, subject=("duty", duty.pk))


@transaction.atomic
def put_back(*, duty: Duty, by: UUID | None, at: datetime) -> None:
    """Undo that."""
    duty.ended_at = None
    duty.save(update_fields=["ended_at"])
    audit("territory.put_on_duty", by=by, at=at, village_id=duty.village_id, subject=("duty", duty.pk))
