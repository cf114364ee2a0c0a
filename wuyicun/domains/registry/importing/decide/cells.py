"""Sets one cell to what a file says of it, by the actions that a page would use."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import actions, indexing
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.actions import Stay
from wuyicun.domains.registry.models import Household, Person, PersonGroup, Place
from wuyicun.domains.registry.rules import Group
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.queries import AreaRow
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.errors import Refusal

_YES = ("party_member", "sampling_code")


class NoSuchPlace(Refusal):
    """The household or micro-grid that the file names is not there any more."""

    code = "no_such_place"
    words = _("表里写的户或微网格已经没有了，请到这个人的页面上改。")


def set_of_person(person: Person, cell: str, said: str, *, by: UUID | None, at: datetime) -> None:
    """Give a person's cell the value that a file says."""
    if cell == "household":
        section, _slash, number = said.rpartition("/")
        actions.place_person(person=person, home=_household(person.village_id, section, number), by=by, at=at)
    elif cell == "micro_grid":
        actions.place_person(person=person, home=_leaf(person.village_id, said), by=by, at=at)
    elif cell in ("whereabouts", "whereabouts_text"):
        stay = Stay(
            said if cell == "whereabouts" else person.whereabouts,
            said if cell == "whereabouts_text" else person.whereabouts_text,
            person.whereabouts_since,
            person.expected_return,
        )
        actions.set_whereabouts(people=[person], stay=stay, by=by, at=at)
    elif cell == "home_visit":
        held = PersonGroup.rows().filter(village_id=person.village_id, person=person, ends_on__isnull=True)
        groups = {Group(each) for each in held.values_list("group", flat=True)} - {Group.HOME_VISIT}
        asked = {Group.HOME_VISIT} if said == "true" else set()
        actions.set_groups(person=person, groups=groups | asked, by=by, at=at)
    else:
        values: dict[str, object] = {cell: _typed(cell, said)}
        actions.edit_person(person=person, values=values, seen_at=person.updated_at, by=by, at=at)


def _typed(cell: str, said: str) -> object:
    if cell in _YES:
        return said == "true"
    return date.fromisoformat(said) if cell == "birth_date" else said


def set_of_household(household: Household, cell: str, said: str, *, by: UUID | None, at: datetime) -> None:
    """Give a household's cell the value that a file says."""
    leaf = _leaf(household.village_id, said) if cell == "micro_grid" else None
    values = {} if leaf else {cell: said}
    actions.edit_household(household=household, values=values, leaf=leaf, seen_at=household.updated_at, by=by, at=at)


def set_of_place(place: Place, cell: str, said: str, *, by: UUID | None, at: datetime) -> None:
    """Give a place's cell the value that a file says."""
    if cell == "phone":
        place.set_phone(said)
    elif cell == "area":
        area = _area(place.village_id, said)
        place.area_id, place.area_path = area.pk, area.area_path
    else:
        setattr(place, cell, said)
    place.updated_at, place.updated_by = at, by
    place.save()
    indexing.reindex(place.village_id, places=[place.pk])
    data = {"fields": [cell]}
    audit("registry.edit_place", by=by, at=at, village_id=place.village_id, subject=("place", place.pk), data=data)


def _area(village_id: UUID, said: str) -> AreaRow:
    section, _slash, micro_grid = said.partition("/")
    areas = territory.areas(village_id, levels=[Level.GRID, Level.MICRO_GRID])
    grid = next((area for area in areas if area.level == Level.GRID and area.name == section), None)
    if grid is None:
        raise NoSuchPlace
    if not micro_grid:
        return grid
    inside = (area for area in areas if area.parent_id == grid.pk and area.name == micro_grid)
    found = next(inside, None)
    if found is None:
        raise NoSuchPlace
    return found


def _leaf(village_id: UUID, said: str) -> Leaf:
    area = _area(village_id, said)
    section, *_rest = said.partition("/")
    return Leaf(area.pk, area.area_path, area.name, _area(village_id, f"{section}/").area_path, section)


def _household(village_id: UUID, section: str, number: str) -> Household:
    sections = [path for path, name in territory.names(village_id).items() if name == section]
    rows = Household.rows().filter(village_id=village_id, number=number)
    found = (rows.filter(section_path__in=sections) if section else rows).first()
    if found is None:
        raise NoSuchPlace
    return found
