"""Lists of a round's people as they are walked: by micro-grid, household and age; paged by household."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from wuyicun.domains.rolls.rules import State


@dataclass(frozen=True)
class Listed:
    """An entry's subject, household and micro-grid, in the order in which lists of people stand."""

    person_id: UUID
    household_id: UUID | None
    area_id: UUID
    cursor: str


# 未入网 last; a person without household stands alone, after the households of the leaf.
_PLACE = """
  (a.level = 'unplaced'), coalesce(h.area_path, p.area_path), coalesce(h."order", '~'), coalesce(h.id, p.id)"""

_LISTED = f"""
SELECT p.id, h.id, e.area_id, {_PLACE}
FROM rolls_entry e JOIN registry_person p ON p.village_id = e.village_id AND p.id = e.subject_id
  JOIN territory_area a ON a.village_id = e.village_id AND a.id = e.area_id
  LEFT JOIN registry_household h ON h.village_id = p.village_id AND h.id = p.household_id
WHERE e.village_id = %(village)s AND e.roll_id = %(roll)s
  AND e.area_id = ANY (%(areas)s) AND e.state = ANY (%(states)s)
  AND (%(group)s = '' OR EXISTS (SELECT 1 FROM registry_persongroup g WHERE g.village_id = p.village_id
    AND g.person_id = p.id AND g."group" = %(group)s AND g.ends_on IS NULL))
  AND (%(household)s::uuid IS NULL OR h.id = %(household)s)
  AND ({_PLACE}) > (%(unplaced)s, %(path)s, %(order)s, %(house)s)
ORDER BY {_PLACE}, p.birth_date NULLS LAST, p.name_sort, p.id
LIMIT %(limit)s
"""

_START = (False, "", "", UUID(int=0))


def listed(
    village_id: UUID,
    roll_id: UUID,
    *,
    area_ids: Collection[UUID],
    states: Collection[State],
    group: str = "",
    household: UUID | None = None,
    after: str = "",
    limit: int | None = 120,
) -> tuple[Sequence[Listed], str | None]:
    """A page of entries by micro-grid and household, households whole, and the cursor of the next page.

    Args:
        group: only members of this group of the registry.
        household: only the people of this one.
        after: the cursor of the page before.
        limit: about how many people; one household more or less; all of them when None.
    """
    unplaced, path, order, house = read_cursor(after)
    values: dict[str, Any] = {
        "village": village_id,
        "roll": roll_id,
        "areas": list(area_ids),
        "states": [state.value for state in states],
        "group": group,
        "household": household,
        "unplaced": unplaced,
        "path": path,
        "order": order,
        "house": house,
        "limit": None if limit is None else limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, values)
        rows = [Listed(person, home, area, _cursor(*place)) for person, home, area, *place in cursor.fetchall()]
    if limit is None or len(rows) <= limit:
        return rows, None
    whole = [row for row in rows if row.cursor != rows[-1].cursor] or rows
    return whole, whole[-1].cursor


def _cursor(unplaced: bool, path: str, order: str, house: UUID) -> str:
    return f"{unplaced:d}.{path}.{house}.{order}"


def read_cursor(text: str) -> tuple[bool, str, str, UUID]:
    """The place in the order of lists that a cursor means; what is none means the beginning."""
    try:
        unplaced, path, house, order = text.split(".", 3)
        return unplaced == "1", path, order, UUID(house)
    except ValueError:
        return _START


_BY_GROUP = """
SELECT g."group", count(*) FROM rolls_entry e
  JOIN registry_persongroup g ON g.village_id = e.village_id AND g.person_id = e.subject_id AND g.ends_on IS NULL
WHERE e.village_id = %s AND e.roll_id = %s AND e.area_id = ANY (%s) AND e.state = ANY (%s) GROUP BY 1
"""


def by_group(
    village_id: UUID, roll_id: UUID, *, area_ids: Collection[UUID], states: Collection[State]
) -> Mapping[str, int]:
    """How many of the entries belong to each group of the registry."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_GROUP, [village_id, roll_id, list(area_ids), [state.value for state in states]])
        return dict(cursor.fetchall())
