"""How many stand in each of many ledgers: for the shelf, in few statements however many ledgers there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Q

from wuyicun.domains.registry.ledgers.conditions import narrowing
from wuyicun.domains.registry.ledgers.definition import Condition, Definition, Operator, Subject
from wuyicun.domains.registry.ledgers.fields import OF_WORK
from wuyicun.domains.registry.ledgers.lines import Wanted, count
from wuyicun.domains.registry.ledgers.subjects import LISTED
from wuyicun.domains.registry.models import PersonGroup
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope

Definitions = Mapping[str, Definition]


def counts(scope: Scope, village_id: UUID, on: date, definitions: Definitions) -> Mapping[str, int]:
    """How many lines each ledger has by its code, as far as the asker may see.

    One statement for each kind of subject, one for all that ask for groups; alone is counted what asks for them in
    more than one way.

    Args:
        on: the day for ages.
    """
    found: dict[str, int] = {}
    for subject in Subject:
        plain = {code: each for code, each in definitions.items() if each.subject is subject and not _of_groups(each)}
        found |= _of_columns(scope, village_id, on, subject, plain)
    grouped = {code: each for code, each in definitions.items() if _of_groups(each)}
    simple = {code: each for code, each in grouped.items() if _asks_once(each)}
    found |= _of_members(scope, village_id, on, simple)
    alone = {code: each for code, each in grouped.items() if code not in simple}
    return found | {code: count(scope, village_id, Wanted(each, on)) for code, each in alone.items()}


def _is_of_groups(condition: Condition) -> bool:
    return condition.field == "groups" or condition.field.startswith("group_")


def _of_groups(definition: Definition) -> list[Condition]:
    return [each for each in definition.conditions if _is_of_groups(each)]


def _asks_once(definition: Definition) -> bool:
    asked = _of_groups(definition)
    if any(each.field in OF_WORK for each in definition.conditions):
        return False
    return len(asked) == 1 and asked[0].field == "groups" and asked[0].operator is Operator.ANY_OF


def _of_columns(
    scope: Scope, village_id: UUID, on: date, subject: Subject, definitions: Definitions
) -> Mapping[str, int]:
    if not definitions:
        return {}
    known = LISTED[subject]
    rows = known.rows().filter(known.living, scope.covering(Permission.VIEW_PEOPLE), village_id=village_id)
    figures = {
        f"n{place}": Count("pk", filter=narrowing(village_id, known, each.conditions, on))
        for place, each in enumerate(definitions.values())
    }
    answer = rows.aggregate(**figures)
    return {code: answer[f"n{place}"] for place, code in enumerate(definitions)}


def _of_members(scope: Scope, village_id: UUID, on: date, definitions: Definitions) -> Mapping[str, int]:
    """Counted among the memberships, of which there are fewer than people; one who is in two of the groups asked for
    counts once."""
    if not definitions:
        return {}
    known = LISTED[Subject.PERSON]
    may_see = scope.covering(Permission.VIEW_PEOPLE, "person__area_path")
    rows = PersonGroup.rows().filter(
        may_see & of_person(known.living), village_id=village_id, person__village_id=village_id, ends_on__isnull=True
    )
    figures = {}
    for place, each in enumerate(definitions.values()):
        (asked,) = _of_groups(each)
        others = [other for other in each.conditions if other is not asked]
        wanted = Q(group__in=asked.values)
        if others:
            wanted &= of_person(narrowing(village_id, known, others, on))
        figures[f"n{place}"] = Count("person_id", filter=wanted, distinct=len(asked.values) > 1)
    answer = rows.aggregate(**figures)
    return {code: answer[f"n{place}"] for place, code in enumerate(definitions)}


def of_person(condition: Q) -> Q:
    """A condition on people's own columns, said of the person of a membership."""
    children: list[Any] = []
    for child in condition.children:
        column, value = (None, child) if isinstance(child, Q) else cast("tuple[str, Any]", child)
        children.append(of_person(child) if isinstance(child, Q) else (f"person__{column}", value))
    return Q(*children, _connector=condition.connector, _negated=condition.negated)
