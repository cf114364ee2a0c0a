"""Adding households, editing them, and placing people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import indexing
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.actions.people import ChangedMeanwhile, locked, refuse_both, refuse_changed
from wuyicun.domains.registry.actions.seeing import HOME, Marks, merge, values_of_household
from wuyicun.domains.registry.events import HouseholdMoved, HouseholdsChanged, PeopleChanged
from wuyicun.domains.registry.models import Household, Person
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.events import publish

EDITABLE = ("number", "address", "head_name")


class NumberTaken(Refusal):
    """Another household of the section has the number."""

    code = "household_number_taken"
    words = _("这个片区已经有 %(number)s 号户")


@transaction.atomic
def add_household(
    *, village_id: UUID, leaf: Leaf, number: str, address: str, head_name: str, by: UUID | None, at: datetime
) -> Household:
    """A new household.

    Raises:
        NumberTaken: another household of the section has the number.
    """
    household = Household(
        village_id=village_id,
        area_id=leaf.id,
        area_path=leaf.area_path,
        section_path=leaf.section_path,
        number=number,
        address=address,
        head_name=head_name,
        updated_at=at,
        updated_by=by,
    )
    _save(household)
    indexing.reindex(village_id, households=[household.pk])
    audit("registry.add_household", by=by, at=at, village_id=village_id, subject=("household", household.pk))
    publish(HouseholdsChanged(village_id, (household.pk,), by, at))
    return household


@transaction.atomic
def edit_household(
    *,
    household: Household,
    values: Mapping[str, str],
    leaf: Leaf | None = None,
    seen_at: datetime | None,
    seen: Marks | None = None,
    by: UUID | None,
    at: datetime,
) -> Household:
    """Change a household; its people move with it to another micro-grid.

    Args:
        values: new values of number, address, head_name.
        leaf: the micro-grid it shall belong to; None leaves it where it is.
        seen_at: `updated_at` of what the editor saw (None: never changed by hand).
        seen: the marks of what the editor saw: others' changes of other fields stay beside theirs.

    Raises:
        ChangedMeanwhile: somebody else changed the household since; with `seen`, one of the same fields.
        NumberTaken: another household of the section has the number.
    """
    current = Household.rows().select_for_update().get(village_id=household.village_id, pk=household.pk)
    changed = [name for name in EDITABLE if name in values and getattr(current, name) != values[name]]
    moves = leaf is not None and leaf.area_path != current.area_path
    if seen is not None:
        typed = {**values, **({"area_path": leaf.area_path} if leaf is not None else {})}
        merged = merge(values_of_household(current), typed, seen)
        refuse_both(merged)
        changed, moves = [name for name in changed if name in merged.mine], "area_path" in merged.mine
    elif (changed or moves) and current.updated_at != seen_at:
        fields = [*changed, *(["area_path"] if moves else [])]
        raise ChangedMeanwhile(fields=fields, mine=fields)
    if not changed and not moves:
        return current
    for name in changed:
        setattr(current, name, values[name])
    current.updated_at, current.updated_by = at, by
    start = current.area_path
    if leaf is not None and moves:
        current.area_id, current.area_path, current.section_path = leaf.id, leaf.area_path, leaf.section_path
    _save(current)
    if moves:
        _take_along(current, by, at)
    indexing.reindex(current.village_id, households=[current.pk])
    audit(
        "registry.edit_household",
        by=by,
        at=at,
        village_id=current.village_id,
        subject=("household", current.pk),
        data={"fields": [*changed, *(["area"] if moves else [])], **_from_and_to(start, current.area_path)},
    )
    publish(HouseholdsChanged(current.village_id, (current.pk,), by, at))
    if moves:
        publish(HouseholdMoved(current.village_id, current.pk, start, current.area_path, by, at))
    return current


@transaction.atomic
def place_person(
    *, person: Person, home: Household | Leaf, seen: Marks | None = None, by: UUID | None, at: datetime
) -> None:
    """Move a person into a household, or (without one) to a leaf.

    Args:
        seen: the marks of what the editor saw.

    Raises:
        ChangedMeanwhile: somebody else moved the person since, or said that they have left.
    """
    current = locked(person)
    refuse_changed(current, seen, HOME)
    start = {"from": current.area_path, "from_household": current.household_id}
    in_house = isinstance(home, Household)
    current.household = home if isinstance(home, Household) else None
    current.area_id = home.area_id if isinstance(home, Household) else home.id
    current.area_path = home.area_path
    current.updated_at, current.updated_by = at, by
    current.save()
    indexing.reindex(current.village_id, people=[current.pk])
    audit(
        "registry.place_person",
        by=by,
        at=at,
        village_id=current.village_id,
        subject=("person", current.pk),
        data={"household": str(current.household_id) if in_house else None, "area": current.area_path, **start},
    )
    publish(PeopleChanged(current.village_id, (current.pk,), by, at))


def _from_and_to(start: str, end: str) -> Mapping[str, str]:
    return {} if start == end else {"from": start, "to": end}


def _take_along(household: Household, by: UUID | None, at: datetime) -> None:
    members = Person.rows().select_for_update().filter(village_id=household.village_id, household=household)
    ids = tuple(members.order_by("pk").values_list("pk", flat=True))
    if ids:
        members.update(area_id=household.area_id, area_path=household.area_path, updated_at=at, updated_by=by)
        indexing.reindex(household.village_id, people=ids)
        publish(PeopleChanged(household.village_id, ids, by, at))


def _save(household: Household) -> None:
    try:
        with transaction.atomic():
            household.save()
    except IntegrityError as error:
        if "household_number_once" in str(error):
            raise NumberTaken(number=household.number) from error
        raise
