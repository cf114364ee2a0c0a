"""From the conditions of a ledger to a filter of the database: set-based, one statement, on the indexes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from wuyicun.domains.registry.ledgers.definition import Condition, Kind, Operator
from wuyicun.domains.registry.ledgers.fields import OF_WORK, Field
from wuyicun.domains.registry.ledgers.subjects import Listed
from wuyicun.domains.registry.models import PersonGroup, Worker
from wuyicun.kernel.scope import within

OLDEST = 200
"""Years that nobody lives."""


def narrowing(village_id: UUID, listed: Listed, conditions: Iterable[Condition], on: date) -> Q:
    """A filter of `listed.rows()` for all conditions at once, of the living ones of a village.

    Args:
        on: the day for ages.
    """
    found = Q(village_id=village_id) & listed.living
    for condition in conditions:
        found &= _of(village_id, listed.field_by_code[condition.field], condition, on)
    return found


def _of(village_id: UUID, field: Field, condition: Condition, on: date) -> Q:
    match field.code:
        case "age":
            return _of_age(condition, on)
        case "groups":
            of_groups = _in_groups(village_id, condition.values)
            return ~of_groups if condition.operator is Operator.NONE_OF else of_groups
        case "problems":
            return ~Q(problems=[]) if condition.operator is Operator.YES else Q(problems=[])
        case code if code in OF_WORK:
            return _of_work(village_id, code, condition)
        case code if code.startswith("group_"):
            in_group = _in_groups(village_id, (code.removeprefix("group_"),))
            return in_group if condition.operator is Operator.YES else ~in_group
    return _of_column(field, condition)


def _of_work(village_id: UUID, what: str, condition: Condition) -> Q:
    """Found from the rosters of worksites, which name few of a town's people."""
    column = OF_WORK[what]
    standing = Worker.rows().filter(village_id=village_id, ends_on__isnull=True)
    match condition.operator:
        case Operator.CONTAINS:
            standing = standing.filter(**{f"{column}__icontains": condition.values[0]})
        case Operator.EQUALS:
            standing = standing.filter(**{column: condition.values[0]})
        case _:
            standing = standing.filter(**{f"{column}__gt": ""})
    found = Q(pk__in=standing.values("person_id"))
    return ~found if condition.operator is Operator.BLANK else found


def _of_column(field: Field, condition: Condition) -> Q:
    column, values = field.lookup, condition.values
    match condition.operator:
        case Operator.YES | Operator.NO:
            return Q(**{column: condition.operator is Operator.YES})
        case Operator.FILLED | Operator.BLANK:
            blank = _blank(field)
            return blank if condition.operator is Operator.BLANK else ~blank
        case Operator.CONTAINS:
            return Q(**{f"{column}__icontains": values[0]})
        case Operator.EQUALS:
            return Q(**{column: values[0]})
        case Operator.BETWEEN:
            return _between(field, values)
    if field.kind is Kind.AREA:
        return _any(within(path) for path in values)
    chosen = Q(**{f"{column}__in": values})
    return ~chosen if condition.operator is Operator.NONE_OF else chosen


def _blank(field: Field) -> Q:
    if field.kind is Kind.TEXT:
        return Q(**dict.fromkeys(field.needs[:1], "")) | Q(**{f"{field.lookup}__isnull": True})
    return Q(**{f"{field.lookup}__isnull": True})


def _between(field: Field, values: tuple[str, ...]) -> Q:
    bounds = [_bound(field, value) for value in values]
    found = Q()
    for name, bound in zip(("gte", "lte"), bounds, strict=True):
        if bound is not None:
            found &= Q(**{f"{field.lookup}__{name}": bound})
    return found


def _bound(field: Field, value: str) -> date | int | None:
    if value == "":
        return None
    return date.fromisoformat(value) if field.kind is Kind.DATE else int(value)


def _of_age(condition: Condition, on: date) -> Q:
    """Ages as a range of birth dates, so that an index can answer."""
    if condition.operator is Operator.BLANK:
        return Q(birth_date__isnull=True)
    least, most = (int(value) if value else None for value in condition.values)
    found = Q(birth_date__isnull=False)
    if least is not None:
        found &= Q(birth_date__lte=years_before(on, least))
    if most is not None:
        found &= Q(birth_date__gt=years_before(on, most + 1))
    return found


def years_before(day: date, years: int) -> date:
    """The last birth date of those who are so old on a day; who was born on 29 February waits until 1 March."""
    year = max(day.year - min(years, OLDEST), 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _in_groups(village_id: UUID, groups: tuple[str, ...]) -> Q:
    rows = PersonGroup.rows().filter(village_id=village_id, group__in=groups, ends_on__isnull=True)
    return Q(Exists(rows.filter(person=OuterRef("pk"))))


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found
