"""Units: those that the plan asks for set up at once, corrected, and ended with their history kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.territory import actions, queries
from wuyicun.domains.territory.models import Post, Unit
from wuyicun.domains.territory.naming import unit_name
from wuyicun.domains.territory.rules import EXPECTED, Level
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal


class UnitInUse(Refusal):
    """Who holds a post in it has to be let go first."""

    code = "unit_in_use"
    words = _("%(unit)s还有 %(people)s 人任职，请先结束或交接")


class UnitNameTaken(Refusal):
    """Two units of an area differ by name."""

    code = "unit_name_taken"
    words = _("这个区域已有“%(name)s”")


@transaction.atomic
def set_up_missing(*, village_id: UUID, by: UUID | None, at: datetime) -> Sequence[Unit]:
    """The units of both lines and of the village that are not there yet, under the plan's names."""
    known = {(unit.area_path, unit.kind) for unit in queries.units(village_id)}
    made = []
    for area in queries.areas(village_id):
        level = Level(area.level)
        for kind in EXPECTED.get(level, ()):
            if (area.area_path, kind) in known:
                continue
            unit = actions.add_unit(
                village_id=village_id,
                area_path=area.area_path,
                kind=kind,
                name=unit_name(kind, level, area.name),
                phone="",
                by=by,
                at=at,
            )
            made.append(unit)
    return made


@transaction.atomic
def change(
    *,
    unit: Unit,
    name: str,
    phone: str,
    opens_at: time | None,
    closes_at: time | None,
    help_with: str,
    by: UUID | None,
    at: datetime,
) -> None:
    """Correct a unit's name, phone and hours, and what it can be asked for.

    Args:
        opens_at, closes_at: both or neither; the same for around the clock.

    Raises:
        UnitNameTaken.
    """
    others = Unit.rows().filter(village_id=unit.village_id, area_path=unit.area_path, name=name, ended_at__isnull=True)
    if others.exclude(pk=unit.pk).exists():
        raise UnitNameTaken(name=name)
    unit.name, unit.phone, unit.help_with = name, phone, help_with
    unit.opens_at, unit.closes_at = opens_at, closes_at
    unit.save(update_fields=["name", "phone", "help_with", "opens_at", "closes_at"])
    audit("territory.change_unit", by=by, at=at, village_id=unit.village_id, subject=("unit", unit.pk))


@transaction.atomic
def end(*, unit: Unit, by: UUID | None, at: datetime) -> None:
    """End a unit; who served in it stays in the history.

    Raises:
        UnitInUse: somebody holds a post in it, now or later.
    """
    held = Post.rows().filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), village_id=unit.village_id, unit_id=unit.pk)
    people = held.count()
    if people:
        raise UnitInUse(unit=unit.name, people=people)
    unit.ended_at = at
    unit.save(update_fields=["ended_at"])
    audit("territory.end_unit", by=by, at=at, village_id=unit.village_id, subject=("unit", unit.pk))
