"""工作底册 (A1): each area, unit and place of the village with its name, detailed address, and who answers for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice, pairwise
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wuyicun.domains.registry import neighbourhood
from wuyicun.domains.registry.labels import PLACE_KIND
from wuyicun.domains.registry.models import PHONE, PLACE_PHONE, Person, Place
from wuyicun.domains.registry.neighbourhood import Tally
from wuyicun.domains.territory import chart
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.chart import Box, Branch
from wuyicun.domains.territory.queries import Holder
from wuyicun.domains.territory.rules import UnitKind
from wuyicun.domains.territory.words import LEVELS, UNIT_KINDS
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.crypto import unseal
from wuyicun.kernel.documents.cells import Cell
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope, within
from wuyicun.kernel.web.formatting import masked_phone

_CHUNK = 2_000


class Part(StrEnum):
    """A part of the book, in its order."""

    AREAS = "areas"
    UNITS = "units"
    PLACES = "places"


@dataclass(frozen=True)
class Wanted:
    """Which lines of the book.

    Attributes:
        area_path: of this area and all below it; '' for all that the asker may see.
        clear: phones in clear, and then only lines for which the asker exports.
    """

    area_path: str = ""
    clear: bool = False

    @property
    def permission(self) -> Permission:
        """What must be held over the area of each line."""
        return Permission.EXPORT_LEDGER if self.clear else Permission.VIEW_PEOPLE


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the book.

    Attributes:
        id: of the area, unit or place.
        path: of the area, or of the one that the unit or place is on.
        head: who answers for it; '' when nobody does.
        vacant: somebody should.
        households, people: of an area; None for what nobody lives in.
    """

    id: UUID
    part: Part
    path: str
    kind: str
    name: str
    address: str
    head: str
    phone: str
    households: int | None = None
    people: int | None = None
    vacant: bool = False

    @property
    def cells(self) -> tuple[Cell, ...]:
        """What stands in the columns of paper and Excel."""
        head = _("空缺") if self.vacant else self.head
        return (self.kind, self.name, self.address, head, self.phone, self.households, self.people)


def entries(scope: Scope, village: Village, wanted: Wanted, at: datetime) -> Iterator[Entry]:
    """All lines: areas from the village downward, units, places by kind and name."""
    yield from organisation(scope, village, wanted, at)
    yield from places(scope, village, wanted)


def organisation(scope: Scope, village: Village, wanted: Wanted, at: datetime) -> Iterator[Entry]:
    """The areas and units that may be seen.

    Raises:
        Area.DoesNotExist: the village has no tree.
    """
    drawn = chart.chart(village.pk, at)
    branches = [each for each in chart.branches(drawn.root) if _shown(scope, wanted, each.path)]
    lines = [box for each in branches for box in (each.command, each.party)]
    boxes = [*lines, *(box for box in drawn.support if _shown(scope, wanted, box.area_path))]
    heads = [box.head for box in (*boxes, *(each.command for each in branches)) if box.head is not None]
    telling = _Telling(village, _phones(village.pk, heads), wanted.clear)
    lives = _lives_where(village.pk, {each.path for each in branches})
    vacancies = drawn.missing("head")
    led_by_nobody = {each.area_path for each in vacancies if each.kind is UnitKind.COMMAND}
    without_head = {each.unit_id for each in vacancies}
    for branch in branches:
        yield replace(telling.area(branch, lives[branch.path]), vacant=branch.path in led_by_nobody)
    for box in boxes:
        if box.unit_id is not None:
            yield replace(telling.unit(box.unit_id, box), vacant=box.unit_id in without_head)


def places(scope: Scope, village: Village, wanted: Wanted) -> Iterator[Entry]:
    """The places that may be seen, read some thousands at a time."""
    telling = _Telling(village, {}, wanted.clear)
    columns = ("pk", "kind", "name", "location", "area_path", "contact_name", "phone_sealed")
    rows = _places(scope, village.pk, wanted).order_by("kind", "area_path", "name", "pk").values_list(*columns)
    found = rows.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(found, _CHUNK)):
        for pk, kind, name, location, path, contact, sealed in chunk:
            phone = telling.phone("" if sealed is None else unseal(sealed, PLACE_PHONE))
            word = str(PLACE_KIND.get(kind, kind))
            yield Entry(pk, Part.PLACES, path, word, name, telling.address(path, location), contact, phone)


def count_places(scope: Scope, village: Village, wanted: Wanted) -> int:
    """How many places may be seen."""
    return _places(scope, village.pk, wanted).count()


def _places(scope: Scope, village_id: UUID, wanted: Wanted) -> QuerySet[Place]:
    rows = Place.rows().filter(scope.covering(wanted.permission), village_id=village_id, closed_at__isnull=True)
    return rows.filter(within(wanted.area_path)) if wanted.area_path else rows


def _shown(scope: Scope, wanted: Wanted, path: str) -> bool:
    return path.startswith(wanted.area_path) and scope.permits(wanted.permission, path)


class _Telling:
    """What is said of areas, units and places: their addresses in full, their heads' phones."""

    def __init__(self, village: Village, phones: Mapping[UUID, str], clear: bool) -> None:
        self.names = territory.names(village.pk)
        self.village = village
        self.above = "".join(territory.ancestry(village.area_path))
        self.phones = phones
        self.clear = clear

    def address(self, path: str, location: str = "") -> str:
        """The divisions above, the village, and the place in it as it was written, else its areas."""
        start = self.above + self.village.name
        if location:
            return location if location.startswith(start) else start + location.removeprefix(self.village.name)
        lengths = range(len(self.village.area_path) + 1, len(path) + 1)
        inside = [name for length in lengths if (name := self.names.get(path[:length]))]
        said_below = [name for name, below in pairwise(inside) if below.startswith(name)]
        return start + "".join(name for name in inside if name not in said_below)

    def phone(self, number: str) -> str:
        """In clear when that was wanted."""
        return number if self.clear or not number else masked_phone(number)

    def area(self, branch: Branch, lives: Tally) -> Entry:
        head, phone = self._head(branch.command)
        kind, address = str(LEVELS[branch.level]), self.address(branch.path)
        lived_in = (lives.households, lives.people)
        return Entry(branch.id, Part.AREAS, branch.path, kind, branch.name, address, head, phone, *lived_in)

    def unit(self, unit_id: UUID, box: Box) -> Entry:
        head, own = self._head(box)
        kind, address, phone = str(UNIT_KINDS[box.kind]), self.address(box.area_path), own or self.phone(box.phone)
        return Entry(unit_id, Part.UNITS, box.area_path, kind, box.name, address, head, phone)

    def _head(self, box: Box) -> tuple[str, str]:
        if box.head is None:
            return "", ""
        return box.head.name, self.phone(self.phones.get(box.head.id, ""))


def _phones(village_id: UUID, heads: Collection[Holder]) -> Mapping[UUID, str]:
    """The phone of who holds each of the posts: of their account, else as the registry has it."""
    known = accounts.by_id({each.account_id for each in heads if each.account_id})
    people = {each.person_id for each in heads if each.person_id}
    rows = Person.named(village_id, people).values_list("pk", "phone_sealed") if people else ()
    registered = {pk: unseal(sealed, PHONE) for pk, sealed in rows if sealed is not None}
    found = {}
    for each in heads:
        account = known.get(each.account_id) if each.account_id else None
        number = (account.phone if account else None) or (registered.get(each.person_id) if each.person_id else None)
        found[each.id] = number or ""
    return found


def _lives_where(village_id: UUID, paths: Collection[str]) -> Mapping[str, Tally]:
    """How many households and people each of the areas has, those below it included."""
    found, lengths = dict.fromkeys(paths, Tally(0, 0)), {len(path) for path in paths}
    for leaf, tally in neighbourhood.tallies(village_id).items():
        for path in {leaf[:length] for length in lengths} & found.keys():
            found[path] += tally
    return found
