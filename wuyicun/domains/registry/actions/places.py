"""Adding places (点位), editing and closing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.access import Site
from wuyicun.domains.registry.actions.identity import PhoneNotRead
from wuyicun.domains.registry.actions.people import ChangedMeanwhile, refuse_both
from wuyicun.domains.registry.actions.seeing import Marks, merge, values_of_place
from wuyicun.domains.registry.models import Place, Worker
from wuyicun.domains.registry.rules import read_phone
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal

EDITABLE = ("name", "kind", "contact_name", "phone", "liaison_name", "liaison_phone", "location", "note")


class PlaceNameTaken(Refusal):
    """Another place of the area has the name, one that is closed perhaps (`data["place_id"]`)."""

    code = "place_name_taken"
    words = _("这里已经有叫“%(name)s”的点位（关闭了的也算）")


class StillAtWork(Refusal):
    """A worksite is not closed over the heads of its workers."""

    code = "still_at_work"
    words = _("花名册上还有 %(number)s 人，请先移出再关闭")


@transaction.atomic
def add_place(
    *,
    village_id: UUID,
    site: Site,
    values: Mapping[str, str],
    part_of: Place | None = None,
    by: UUID | None,
    at: datetime,
) -> Place:
    """A new place.

    Args:
        values: by the names in `EDITABLE`; the phone as it was typed.
        part_of: the worksite whose dormitory it is.

    Raises:
        PlaceNameTaken: another place of the area has the name.
        PhoneNotRead: a phone (`data["field"]`) is none.
    """
    place = Place(village_id=village_id, area_id=site.id, area_path=site.area_path, updated_at=at, updated_by=by)
    place.part_of = part_of
    for name in EDITABLE:
        _set(place, name, values.get(name, ""))
    _save(place)
    if part_of is not None:
        Place.rows().filter(village_id=village_id, pk=part_of.pk).update(updated_at=at, updated_by=by)
    _told("registry.add_place", place, by, at)
    return place


@transaction.atomic
def edit_place(
    *,
    place: Place,
    values: Mapping[str, str],
    site: Site | None = None,
    seen_at: datetime | None,
    seen: Marks | None = None,
    by: UUID | None,
    at: datetime,
) -> Place:
    """Change a place.

    Args:
        values: new values by the names in `EDITABLE`; the phone as it was typed.
        site: where it shall belong; None leaves it where it is.
        seen_at: `updated_at` of what the editor saw (None: never changed by hand).
        seen: the marks of what the editor saw: others' changes of other fields stay beside theirs.

    Raises:
        ChangedMeanwhile: somebody else changed the place since; with `seen`, one of the same fields.
        PlaceNameTaken: another place of the area has the name.
        PhoneNotRead: a phone (`data["field"]`) is none.
    """
    current = locked_place(place)
    typed: dict[str, object] = {**values, **({"area_path": site.area_path} if site is not None else {})}
    now = values_of_place(current)
    changed = [name for name, value in typed.items() if (now[name] or "") != value]
    if seen is not None:
        merged = merge(now, typed, seen)
        refuse_both(merged)
        changed = [name for name in changed if name in merged.mine]
    elif changed and current.updated_at != seen_at:
        raise ChangedMeanwhile(fields=changed, mine=changed)
    if not changed:
        return current
    for name in changed:
        if name != "area_path":
            _set(current, name, values[name])
        elif site is not None:
            current.area_id, current.area_path = site.id, site.area_path
    current.updated_at, current.updated_by = at, by
    _save(current)
    fields = ["area" if name == "area_path" else name for name in changed]
    _told("registry.edit_place", current, by, at, {"fields": fields})
    return current


@transaction.atomic
def close_place(*, place: Place, by: UUID | None, at: datetime) -> None:
    """The place is no more: it leaves the lists and stays findable. Said twice it is said once.

    Raises:
        StillAtWork: people are on its roster.
    """
    current = locked_place(place)
    workers = Worker.rows().filter(village_id=current.village_id, place=current, ends_on__isnull=True)
    if number := workers.filter(person__left_at__isnull=True).count():
        raise StillAtWork(number=number)
    if current.closed_at is None:
        current.closed_at, current.updated_at, current.updated_by = at, at, by
        current.save(update_fields=["closed_at", "updated_at", "updated_by"])
        _told("registry.close_place", current, by, at)


@transaction.atomic
def reopen_place(*, place: Place, by: UUID | None, at: datetime) -> None:
    """Take back that a place was closed."""
    current = locked_place(place)
    if current.closed_at is not None:
        current.closed_at, current.updated_at, current.updated_by = None, at, by
        current.save(update_fields=["closed_at", "updated_at", "updated_by"])
        _told("registry.reopen_place", current, by, at)


def locked_place(place: Place) -> Place:
    """The place as it is now, the caller's alone until the transaction ends."""
    return Place.rows().select_for_update().get(village_id=place.village_id, pk=place.pk)


def _set(place: Place, name: str, value: str) -> None:
    if name not in ("phone", "liaison_phone"):
        setattr(place, name, value)
        return
    number = read_phone(value).number
    if number is None and value.strip():
        raise PhoneNotRead(field=name)
    if name == "phone":
        place.set_phone(number)
    else:
        place.set_liaison_phone(number)


def _save(place: Place) -> None:
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError as error:
        if "place_name_once_in_an_area" not in str(error):
            raise
        same = Place.rows().filter(village_id=place.village_id, area_path=place.area_path, name=place.name)
        raise PlaceNameTaken(
            name=place.name, place_id=same.exclude(pk=place.pk).values_list("pk", flat=True).first()
        ) from error


def _told(action: str, place: Place, by: UUID | None, at: datetime, data: Mapping[str, object] | None = None) -> None:
    indexing.reindex(place.village_id, places=[place.pk])
    audit(action, by=by, at=at, village_id=place.village_id, subject=("place", place.pk), data=data or {})
