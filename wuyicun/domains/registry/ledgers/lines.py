"""The lines of a ledger: a page at a time on the screen, some thousands at a time on the way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from wuyicun.domains.registry.ledgers.conditions import narrowing
from wuyicun.domains.registry.ledgers.definition import Column, Condition, Definition
from wuyicun.domains.registry.ledgers.fields import Cell, Field, Reading
from wuyicun.domains.registry.ledgers.subjects import Order, listed
from wuyicun.domains.registry.listing import Page
from wuyicun.domains.registry.queries import groups_of
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope, within

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A person, household or place as a ledger shows it: a cell for each column, and what names it."""

    id: UUID
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Wanted:
    """Which lines of a ledger, and whether id numbers and phones are wanted in clear.

    Attributes:
        on: the day for ages.
        area_path: only who belongs to this area; '' for all that the asker may see.
        further: conditions that somebody set above the columns.
    """

    definition: Definition
    on: date
    area_path: str = ""
    further: tuple[Condition, ...] = ()
    clear: bool = False

    @property
    def permission(self) -> Permission:
        """What must be held over the area of each line."""
        return Permission.EXPORT_LEDGER if self.clear else Permission.VIEW_PEOPLE

    def with_columns(self, columns: Sequence[Column]) -> Wanted:
        """The same lines with other columns."""
        return replace(self, definition=msgspec.structs.replace(self.definition, columns=tuple(columns)))


def page(scope: Scope, village_id: UUID, wanted: Wanted, *, after: UUID | None = None, limit: int = 50) -> Page[Line]:
    """Some lines in the ledger's order, behind the one with the id `after`.

    First which, on few columns and the indexes, then what stands in them.
    """
    rows = _rows(scope, village_id, wanted)
    last = _place_of(village_id, wanted, after) if after else None
    if last is not None and after is not None:
        rows = rows.filter(_behind(_order(wanted), last, after))
    ids = list(rows.values_list("pk", flat=True)[: limit + 1])
    shown = listed(wanted.definition).rows().filter(village_id__checked=village_id, pk__in=ids[:limit])
    by_id = {row[0]: row for row in shown.values_list("pk", *_needed(wanted))}
    found = [by_id[each] for each in ids[:limit] if each in by_id]
    return Page(list(_lines(village_id, wanted, found)), ids[limit - 1] if len(ids) > limit else None)


def lines(scope: Scope, village_id: UUID, wanted: Wanted) -> Iterator[Line]:
    """All lines in the ledger's order, read some thousands at a time."""
    rows = _rows(scope, village_id, wanted).values_list("pk", *_needed(wanted)).iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        yield from _lines(village_id, wanted, chunk)


def ids(scope: Scope, village_id: UUID, wanted: Wanted, permission: Permission) -> Sequence[UUID]:
    """The ids of all lines over whose area the asker holds a permission besides."""
    rows = _chosen(scope, village_id, wanted).filter(scope.covering(permission))
    return list(rows.values_list("pk", flat=True))


def count(scope: Scope, village_id: UUID, wanted: Wanted) -> int:
    """How many lines there are, as far as the asker may see."""
    return _chosen(scope, village_id, wanted).count()


def _chosen(scope: Scope, village_id: UUID, wanted: Wanted) -> QuerySet[Any]:
    known = listed(wanted.definition)
    conditions = (*wanted.definition.conditions, *wanted.further)
    asked = scope.covering(wanted.permission) & narrowing(village_id, known, conditions, wanted.on)
    if wanted.area_path:
        asked &= within(wanted.area_path)
    rows: QuerySet[Any] = known.rows().filter(asked)
    return rows


def _order(wanted: Wanted) -> Order:
    return listed(wanted.definition).order_by_code[wanted.definition.order]


def _keys(order: Order) -> list[str]:
    return [f"key{place}" for place in range(len(order.keys))]


def _rows(scope: Scope, village_id: UUID, wanted: Wanted) -> QuerySet[Any]:
    order = _order(wanted)
    names = [*_keys(order), "pk"]
    rows = _with_keys(order, _chosen(scope, village_id, wanted))
    return rows.order_by(*(f"-{name}" if order.descending else name for name in names))


def _with_keys(order: Order, rows: QuerySet[Any]) -> QuerySet[Any]:
    with_keys: QuerySet[Any] = rows.annotate(**dict(zip(_keys(order), order.keys, strict=True)))
    return with_keys


def _place_of(village_id: UUID, wanted: Wanted, line_id: UUID) -> tuple[Any, ...] | None:
    """Where a line stands in the order, even when a change has meanwhile put it out of the ledger."""
    order, known = _order(wanted), listed(wanted.definition)
    rows = _with_keys(order, known.rows().filter(village_id=village_id, pk=line_id))
    return rows.values_list(*_keys(order)).first()


def _behind(order: Order, last: Sequence[object], after: UUID) -> Q:
    """The lines behind one; the first key stands apart, as a range on the index."""
    names, values = [*_keys(order), "pk"], [*last, after]
    beyond, from_there = ("lt", "lte") if order.descending else ("gt", "gte")
    found, same = Q(), Q()
    for name, value in zip(names, values, strict=True):
        found |= same & Q(**{f"{name}__{beyond}": value})
        same &= Q(**{name: value})
    return Q(**{f"{names[0]}__{from_there}": values[0]}) & found


def _shown(wanted: Wanted) -> list[tuple[Column, Field]]:
    fields = listed(wanted.definition).field_by_code
    return [(column, fields[column.field]) for column in wanted.definition.columns]


def _needed(wanted: Wanted) -> list[str]:
    """Columns of the database, each once; the one that names a line first."""
    fields = listed(wanted.definition)
    needs = [*fields.field_by_code[fields.shown_first].needs]
    for _, field in _shown(wanted):
        needs += field.needs
    return [each for each in dict.fromkeys(needs) if each != "pk"]


def _lines(village_id: UUID, wanted: Wanted, chunk: Sequence[tuple[Any, ...]]) -> Iterator[Line]:
    place = {name: number for number, name in enumerate(["pk", *_needed(wanted)])}
    shown = [(column, field, [place[name] for name in field.needs]) for column, field in _shown(wanted)]
    reading = _reading(village_id, wanted, chunk)
    for row in chunk:
        cells = (_cell(column, field, tuple(row[at] for at in needed), reading) for column, field, needed in shown)
        yield Line(row[0], row[1], tuple(cells))


def _reading(village_id: UUID, wanted: Wanted, chunk: Sequence[tuple[Any, ...]]) -> Reading:
    fields = [field for _, field in _shown(wanted)]
    with_groups = any("pk" in field.needs for field in fields)
    groups = groups_of(village_id, [row[0] for row in chunk]) if with_groups and chunk else {}
    return Reading(wanted.on, wanted.clear, territory.names(village_id), groups)


def _cell(column: Column, field: Field, values: tuple[Any, ...], reading: Reading) -> Cell:
    cell = field.show(values, reading)
    hidden = field.secret and not reading.clear
    if column.masked and field.mask is not None and not hidden and cell not in (None, ""):
        return field.mask(cell.isoformat() if isinstance(cell, date) else str(cell))
    return cell
