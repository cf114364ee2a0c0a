"""Placing, merging and retiring; the map; the chat group. What moves people is done by the registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.microgrids.models import ChatGroup, Happening, MapPoint, VillageMap
from wuyicun.domains.microgrids.rules import SHEET, Happened, Sheet, Source
from wuyicun.domains.registry import actions as registry
from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry import queries as registry_queries
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.actions import Moved
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.ids import uuid7


class StillInhabited(Refusal):
    """A micro-grid to which somebody or something belongs cannot be retired, only merged."""

    code = "still_inhabited"
    words = _("%(name)s还有人、户或点位，请先并入别的微网格")


class MapIsMeasured(Refusal):
    """Points by longitude and latitude don't lie on somebody's sketch."""

    code = "map_is_measured"
    words = _("现在的位置是按经纬度放的，和手绘的草图对不上。先清空位置，再上传草图。")


class MapIsDrawn(Refusal):
    """Points clicked on a sketch have no longitude and latitude."""

    code = "map_is_drawn"
    words = _("现在的位置是在草图上点的，和经纬度对不上。先清空位置，再导入。")


@dataclass(frozen=True, slots=True)
class _Event:
    """What befell a micro-grid, with which other one, and how many households moved."""

    area_path: str
    kind: Happened
    other: str = ""
    households: int = 0


@transaction.atomic
def place_households(*, village_id: UUID, to: Mapping[UUID, Leaf], by: UUID | None, at: datetime) -> tuple[Moved, ...]:
    """Move households to micro-grids; both sides keep it in their history.

    Raises:
        NumberTaken: of the registry; nobody is moved.
    """
    moved = registry.move_households(village_id=village_id, to=to, by=by, at=at)
    note_moves(village_id, moved, by, at)
    return moved


@transaction.atomic
def merge(*, village_id: UUID, area_path: str, into: Leaf, by: UUID | None, at: datetime) -> int:
    """Move all that belongs to a micro-grid into another and retire it; its posts end. Returns how many households.

    Raises:
        NumberTaken: of the registry; nothing is done.
    """
    moved = registry.empty_leaf(village_id=village_id, area_path=area_path, into=into, by=by, at=at)
    territory.retire_area(village_id=village_id, area_path=area_path, by=by, at=at)
    _note(village_id, _Event(area_path, Happened.MERGED, into.area_path, len(moved)), by, at)
    _note(village_id, _Event(into.area_path, Happened.TOOK_IN, area_path, len(moved)), by, at)
    audit(
        "microgrids.merge",
        by=by,
        at=at,
        village_id=village_id,
        subject=("area", into.id),
        data={"from": area_path, "households": len(moved)},
    )
    return len(moved)


@transaction.atomic
def retire(*, village_id: UUID, area_path: str, name: str, by: UUID | None, at: datetime) -> None:
    """Retire a micro-grid to which nobody and nothing belongs.

    Raises:
        StillInhabited: somebody or something does.
    """
    if not neighbourhood.is_empty(village_id, area_path):
        raise StillInhabited(name=name)
    territory.retire_area(village_id=village_id, area_path=area_path, by=by, at=at)
    _note(village_id, _Event(area_path, Happened.RETIRED), by, at)


@transaction.atomic
def restore(*, village_id: UUID, area_path: str, by: UUID | None, at: datetime) -> None:
    """Take back that a micro-grid was retired. Who was moved stays where they are."""
    territory.restore_area(village_id=village_id, area_path=area_path, by=by, at=at)
    _note(village_id, _Event(area_path, Happened.RESTORED), by, at)


@transaction.atomic
def found(*, village_id: UUID, section_path: str, name: str, by: UUID | None, at: datetime) -> Leaf:
    """A new micro-grid of a section."""
    area = territory.add_area(
        village_id=village_id, parent_path=section_path, level=Level.MICRO_GRID, name=name, by=by, at=at
    )
    _note(village_id, _Event(area.area_path, Happened.MADE), by, at)
    return Leaf(area.pk, area.area_path, area.name, section_path, "")


@transaction.atomic
def set_chat_group(*, village_id: UUID, area_id: UUID, name: str, link: str, by: UUID | None, at: datetime) -> None:
    """Say by which link people join a micro-grid's chat group; an empty link takes it away."""
    rows = ChatGroup.rows().filter(village_id=village_id, area_id=area_id)
    if link:
        values = {"name": name, "link": link, "updated_at": at, "updated_by": by}
        ChatGroup.rows().update_or_create(village_id=village_id, area_id=area_id, defaults=values)
    else:
        rows.delete()
    audit("microgrids.set_chat_group", by=by, at=at, village_id=village_id, subject=("area", area_id))


@transaction.atomic
def set_point(
    *, village_id: UUID, kind: str, subject_id: UUID, x: float, y: float, by: UUID | None, at: datetime
) -> None:
    """Say where a household (H), a place (L) or the middle of a section (A) lies on the sheet."""
    values = {"kind": kind, "x": x, "y": y, "source": Source.CLICK, "set_at": at, "set_by": by}
    MapPoint.rows().update_or_create(village_id=village_id, subject_id=subject_id, defaults=values)
    audit("microgrids.set_point", by=by, at=at, village_id=village_id, subject=(_SUBJECTS[kind], subject_id))


_SUBJECTS = {"H": "household", "L": "place", "A": "area"}


@transaction.atomic
def households_changed(*, village_id: UUID, households: Collection[UUID]) -> None:
    """Forget the points of households that are no longer there."""
    there = registry_queries.areas_of_households([(village_id, household) for household in households])
    gone = [household for household in households if (village_id, household) not in there]
    MapPoint.rows().filter(village_id=village_id, subject_id__in=gone).delete()


@transaction.atomic
def set_measured(
    *, village_id: UUID, points: Mapping[tuple[str, UUID], tuple[float, float]], by: UUID | None, at: datetime
) -> None:
    """Say by longitude and latitude where things lie; the first ones decide what the sheet shows.

    Raises:
        MapIsDrawn: there are points or a picture without longitude and latitude.
    """
    sheet_row = VillageMap.rows().select_for_update().filter(village_id=village_id).first()
    if sheet_row is None or sheet_row.metres is None:
        if MapPoint.rows().filter(village_id=village_id).exists() or (sheet_row and sheet_row.picture):
            raise MapIsDrawn
        sheet = Sheet.around(list(points.values()))
        values = {"west": sheet.west, "north": sheet.north, "metres": sheet.metres, "height": SHEET}
        _set_map(village_id, values, by, at)
    else:
        sheet = Sheet(sheet_row.west or 0.0, sheet_row.north or 0.0, sheet_row.metres)
    MapPoint.rows().filter(village_id=village_id, subject_id__in=[subject for _, subject in points]).delete()
    MapPoint.rows().bulk_create(
        MapPoint(
            id=uuid7(),
            village_id=village_id,
            kind=kind,
            subject_id=subject,
            x=x,
            y=y,
            source=Source.FILE,
            set_at=at,
            set_by=by,
        )
        for (kind, subject), (x, y) in ((key, sheet.place(*each)) for key, each in points.items())
    )
    audit("microgrids.import_points", by=by, at=at, village_id=village_id, data={"points": len(points)})


@transaction.atomic
def set_picture(
    *, village_id: UUID, picture: bytes, media_type: str, height: float, by: UUID | None, at: datetime
) -> None:
    """Lay a sketch under the map. Points stay where they are on the sheet.

    Raises:
        MapIsMeasured: the points came by longitude and latitude.
    """
    current = VillageMap.rows().select_for_update().filter(village_id=village_id).first()
    if current is not None and current.metres is not None:
        raise MapIsMeasured
    _set_map(village_id, {"picture": picture, "picture_type": media_type, "height": height}, by, at)
    audit("microgrids.set_picture", by=by, at=at, village_id=village_id, data={"bytes": len(picture)})


@transaction.atomic
def clear_map(*, village_id: UUID, by: UUID | None, at: datetime) -> int:
    """Forget the picture and all points; returns how many there were."""
    number, _kinds = MapPoint.rows().filter(village_id=village_id).delete()
    VillageMap.rows().filter(village_id=village_id).delete()
    audit("microgrids.clear_map", by=by, at=at, village_id=village_id, data={"points": number})
    return number


@transaction.atomic
def household_moved(
    *, village_id: UUID, household: UUID, from_path: str, to_path: str, by: UUID | None, at: datetime
) -> None:
    """A household was put into another micro-grid on its own page."""
    note_moves(village_id, [Moved(household, from_path, to_path)], by, at)


def note_moves(village_id: UUID, moved: Sequence[Moved], by: UUID | None, at: datetime) -> None:
    """Write moves into the history of both sides."""
    for (start, end), households in sorted(Counter((each.from_path, each.to_path) for each in moved).items()):
        _note(village_id, _Event(start, Happened.WENT, end, households), by, at)
        _note(village_id, _Event(end, Happened.CAME, start, households), by, at)


def _note(village_id: UUID, event: _Event, by: UUID | None, at: datetime) -> None:
    Happening.rows().create(
        village_id=village_id,
        area_path=event.area_path,
        kind=event.kind,
        other_path=event.other,
        households=event.households,
        at=at,
        by=by,
    )


def _set_map(village_id: UUID, values: Mapping[str, object], by: UUID | None, at: datetime) -> None:
    VillageMap.rows().update_or_create(village_id=village_id, defaults={**values, "updated_at": at, "updated_by": by})
