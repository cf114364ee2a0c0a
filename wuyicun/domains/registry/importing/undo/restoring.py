"""The statements of an undo. They work on a temporary table of what the batch did; what is put aside stays as it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from wuyicun.domains.registry.importing.diff.comparing import HOUSEHOLD_NOW, PERSON_NOW, PLACE_NOW
from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.kernel.scope import within

_NOW = f"{PERSON_NOW} UNION ALL {HOUSEHOLD_NOW} UNION ALL {PLACE_NOW}"
_TABLES = {"P": "registry_person", "L": "registry_place", "H": "registry_household"}

_UNDO = """
    DROP TABLE IF EXISTS pg_temp.roster_undo, pg_temp.roster_back;
    CREATE TEMP TABLE roster_undo ON COMMIT DROP AS
    SELECT c.*, false AS aside, false AS later FROM registry_importchange c
    WHERE c.village_id = %(village)s AND c.batch_id = %(batch)s;
    CREATE UNIQUE INDEX ON roster_undo (subject_id);
    UPDATE roster_undo u SET later = true FROM registry_importchange o
    WHERE o.village_id = %(village)s AND o.subject_id = u.subject_id AND o.batch_id <> %(batch)s AND o.id > u.id;
"""
# Who was made and has been changed since, by hand or by a later file; has a card; belongs to a group that the batch did
# not say; or is one of two whom another batch leaves to be decided.
_TOUCHED = """
    UPDATE roster_undo u SET aside = true
    WHERE u.change = 'made' AND (
        u.later
        OR EXISTS (SELECT FROM registry_person p WHERE p.village_id = %(village)s AND p.id = u.subject_id
                   AND (p.updated_at <> %(committed)s OR p.left_at IS NOT NULL))
        OR EXISTS (SELECT FROM registry_household h WHERE h.village_id = %(village)s AND h.id = u.subject_id
                   AND h.updated_at IS NOT NULL)
        OR EXISTS (SELECT FROM registry_place l WHERE l.village_id = %(village)s AND l.id = u.subject_id
                   AND l.updated_at IS NOT NULL)
        OR EXISTS (SELECT FROM registry_card k WHERE k.village_id = %(village)s AND k.subject_id = u.subject_id)
        OR EXISTS (SELECT FROM registry_persongroup g WHERE g.village_id = %(village)s AND g.person_id = u.subject_id
                   AND g.batch_id IS DISTINCT FROM %(batch)s)
        OR EXISTS (SELECT FROM registry_conflict d WHERE d.village_id = %(village)s
                   AND u.subject_id IN (d.first_id, d.second_id)
                   AND (d.batch_id IS DISTINCT FROM %(batch)s OR d.decided_at IS NOT NULL))
    ) AND EXISTS (
        SELECT FROM registry_person p WHERE p.village_id = %(village)s AND p.id = u.subject_id
        UNION ALL SELECT FROM registry_household h WHERE h.village_id = %(village)s AND h.id = u.subject_id
        UNION ALL SELECT FROM registry_place l WHERE l.village_id = %(village)s AND l.id = u.subject_id
    )
    RETURNING u.kind, u.subject_id
"""
# Cells that still are as the batch left them go back; the others have been changed since.
_BACK = f"""
    CREATE TEMP TABLE roster_back ON COMMIT DROP AS
    SELECT u.kind, u.subject_id, cell.key AS cell, u.before ->> cell.key AS before,
           there.now ->> cell.key IS NOT DISTINCT FROM cell.value AS untouched
    FROM roster_undo u
    JOIN ({_NOW}) there ON there.subject = u.subject_id AND there.kind = u.kind
    CROSS JOIN LATERAL jsonb_each_text(u.after) cell
    WHERE u.change = 'changed';
    UPDATE roster_back b SET untouched = true FROM registry_person p
    WHERE p.village_id = %(village)s AND p.id = b.subject_id AND p.updated_at = %(committed)s
      AND b.cell IN ('unread', 'problems');
"""
_BEFORE = """
    SELECT u.*, back.value FROM roster_undo u
    LEFT JOIN (
        SELECT subject_id, jsonb_object_agg(cell, before) AS value FROM roster_back WHERE untouched GROUP BY subject_id
    ) back ON back.subject_id = u.subject_id
    WHERE u.change <> 'made' AND u.kind = '{kind}'
"""


def _texts(row: str, *cells: str) -> str:
    """Assignments that give text cells back what was there."""
    return ", ".join(
        f"{cell} = CASE WHEN b.value ? '{cell}' THEN coalesce(b.value ->> '{cell}', '') ELSE {row}.{cell} END"
        for cell in cells
    )


_PERSON_TEXTS = _texts(
    "p", "name", "id_kind", "relation", "residence", "whereabouts", "whereabouts_text", "address", "registered_address",
    "workplace", "note",
)  # fmt: skip
_PEOPLE_BACK = f"""
    UPDATE registry_person p SET
        {_PERSON_TEXTS},
        sex = CASE WHEN b.value ? 'sex' THEN coalesce(b.value ->> 'sex', 'unknown') ELSE p.sex END,
        birth_date = CASE WHEN b.value ? 'birth_date' THEN (b.value ->> 'birth_date')::date ELSE p.birth_date END,
        id_sealed = CASE WHEN b.value ? 'id_number' THEN b.id_sealed ELSE p.id_sealed END,
        id_index = CASE WHEN b.value ? 'id_number' THEN decode(b.value ->> 'id_number', 'hex') ELSE p.id_index END,
        phone_sealed = CASE WHEN b.value ? 'phone' THEN b.phone_sealed ELSE p.phone_sealed END,
        phone_index = CASE WHEN b.value ? 'phone' THEN decode(b.value ->> 'phone', 'hex') ELSE p.phone_index END,
        unread_sealed = CASE WHEN b.value ?| ARRAY['unread', 'id_number', 'phone'] THEN b.unread_sealed
                             ELSE p.unread_sealed END,
        party_member = CASE WHEN b.value ? 'party_member' THEN (b.value ->> 'party_member')::boolean
                            ELSE p.party_member END,
        sampling_code = CASE WHEN b.value ? 'sampling_code' THEN (b.value ->> 'sampling_code')::boolean
                             ELSE p.sampling_code END,
        problems = CASE WHEN b.value ? 'problems' THEN to_jsonb(string_to_array(b.value ->> 'problems', ','))
                        ELSE p.problems END,
        household_id = CASE WHEN b.value ? 'household' AND home.ok THEN b.household_id ELSE p.household_id END,
        area_id = CASE WHEN home.moved AND home.ok THEN area.area_id ELSE p.area_id END,
        area_path = CASE WHEN home.moved AND home.ok THEN area.area_path ELSE p.area_path END,
        last_import = CASE WHEN b.later THEN p.last_import ELSE b.last_import END,
        updated_at = CASE WHEN b.change = 'noted' THEN p.updated_at WHEN p.updated_at = %(committed)s THEN b.changed_at
                          ELSE %(at)s END,
        updated_by = CASE WHEN b.change = 'noted' THEN p.updated_by WHEN p.updated_at = %(committed)s THEN b.changed_by
                          ELSE %(by)s END
    FROM ({_BEFORE.format(kind="P")}) b
    LEFT JOIN roster_area area ON area.area_path = b.area_path
    LEFT JOIN registry_household there ON there.village_id = %(village)s AND there.id = b.household_id
    CROSS JOIN LATERAL (
        SELECT area.area_path IS NOT NULL AND (b.household_id IS NULL OR there.id IS NOT NULL) AS ok,
               b.value ?| ARRAY['household', 'micro_grid'] AS moved
    ) home
    WHERE p.village_id = %(village)s AND p.id = b.subject_id
    RETURNING p.id, b.change
"""
_GROUPS_BACK = """
    DELETE FROM registry_persongroup g USING roster_back b
    WHERE g.village_id = %(village)s AND g.batch_id = %(batch)s AND g.person_id = b.subject_id AND b.untouched
      AND b.cell = CASE WHEN g."group" = 'home_visit' THEN 'home_visit' ELSE 'groups' END;
    UPDATE registry_persongroup g SET ends_on = NULL FROM roster_back b
    WHERE g.village_id = %(village)s AND g.person_id = b.subject_id AND b.untouched
      AND g.ends_on = greatest(g.starts_on, %(today)s) AND (
        (b.cell = 'groups' AND g."group" = ANY(string_to_array(b.before, ',')))
        OR (b.cell = 'home_visit' AND g."group" = 'home_visit' AND b.before = 'true')
      ) AND NOT EXISTS (
        SELECT FROM registry_persongroup o WHERE o.village_id = g.village_id AND o.person_id = g.person_id
          AND o."group" = g."group" AND (o.ends_on IS NULL OR (o.ends_on = g.ends_on AND o.id > g.id))
      );
"""
_HOUSEHOLDS_BACK = f"""
    UPDATE registry_household h SET
        {_texts("h", "address", "head_name")},
        area_id = CASE WHEN b.value ? 'micro_grid' THEN area.area_id ELSE h.area_id END,
        area_path = CASE WHEN b.value ? 'micro_grid' THEN area.area_path ELSE h.area_path END,
        last_import = CASE WHEN b.later THEN h.last_import ELSE b.last_import END
    FROM ({_BEFORE.format(kind="H")}) b JOIN roster_area area ON area.area_path = b.area_path
    WHERE h.village_id = %(village)s AND h.id = b.subject_id
    RETURNING h.id, b.change
"""
_MEMBERS_BACK = """
    UPDATE registry_person p SET area_id = h.area_id, area_path = h.area_path
    FROM registry_household h
    WHERE p.village_id = %(village)s AND h.village_id = p.village_id AND h.id = p.household_id
      AND h.id IN (SELECT subject_id FROM roster_undo WHERE kind = 'H') AND p.area_path <> h.area_path
    RETURNING p.id, 'changed'
"""
_PLACES_BACK = f"""
    UPDATE registry_place l SET
        {_texts("l", "kind", "contact_name", "location", "note")},
        phone_sealed = CASE WHEN b.value ? 'phone' THEN b.phone_sealed ELSE l.phone_sealed END,
        phone_index = CASE WHEN b.value ? 'phone' THEN decode(b.value ->> 'phone', 'hex') ELSE l.phone_index END,
        area_id = CASE WHEN b.value ? 'area' THEN area.area_id ELSE l.area_id END,
        area_path = CASE WHEN b.value ? 'area' THEN area.area_path ELSE l.area_path END,
        last_import = CASE WHEN b.later THEN l.last_import ELSE b.last_import END
    FROM ({_BEFORE.format(kind="L")}) b JOIN roster_area area ON area.area_path = b.area_path
    WHERE l.village_id = %(village)s AND l.id = b.subject_id
    RETURNING l.id, b.change
"""
_GROUPS_GONE = """
    DELETE FROM registry_persongroup g USING roster_undo u
    WHERE g.village_id = %(village)s AND g.person_id = u.subject_id AND u.change = 'made' AND NOT u.aside
"""
_GONE = """
    DELETE FROM {table} t USING roster_undo u
    WHERE t.village_id = %(village)s AND t.id = u.subject_id AND u.kind = '{kind}' AND u.change = 'made' AND NOT u.aside
      {unless} RETURNING t.id
"""
_UNLESS = {
    "P": "",
    "L": "",
    "H": """AND NOT EXISTS (
        SELECT FROM registry_person p WHERE p.village_id = t.village_id AND p.household_id = t.id
    )""",
}


def put_aside_touched(values: dict[str, Any]) -> list[tuple[str, UUID, str]]:
    """Take up what the batch did; put aside who was made by it and changed since. Return those, with why."""
    with connection.cursor() as cursor:
        cursor.execute(_UNDO, values)
        cursor.execute(_TOUCHED, values)
        return [(kind, subject, "later") for kind, subject in cursor.fetchall()]


def made(values: dict[str, Any]) -> dict[UUID, str]:
    """The people, households and places that the batch made and that are not put aside, with their kind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id, kind FROM roster_undo WHERE change = 'made' AND NOT aside")
        return dict(cursor.fetchall())


def put_aside(subjects: Collection[UUID]) -> None:
    """Leave these as they are."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE roster_undo SET aside = true WHERE subject_id = ANY(%s)", [list(subjects)])


def look_back(values: dict[str, Any]) -> None:
    """Say of every changed cell whether it still is as the batch left it."""
    with connection.cursor() as cursor:
        cursor.execute(_BACK, values)


def restore(values: dict[str, Any]) -> dict[str, list[UUID]]:
    """Give changed cells their values from before; return whom that changed, by kind."""
    look_back(values)
    back: dict[str, list[UUID]] = {}
    with connection.cursor() as cursor:
        for kind, statement in (("H", _HOUSEHOLDS_BACK), ("P", _PEOPLE_BACK), ("L", _PLACES_BACK)):
            cursor.execute(statement, values)
            back[kind] = [subject for subject, change in cursor.fetchall() if change == "changed"]
        cursor.execute(_MEMBERS_BACK, values)
        back["P"] += [subject for subject, _ in cursor.fetchall()]
        cursor.execute(_GROUPS_BACK, values)
    return back


def remove(values: dict[str, Any]) -> dict[str, list[UUID]]:
    """Remove what the batch made and nobody has touched, the people before their households; return what is gone."""
    gone: dict[str, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS_GONE, values)
        for kind, table in _TABLES.items():
            cursor.execute(_GONE.format(table=table, kind=kind, unless=_UNLESS[kind]), values)
            gone[kind] = [subject for (subject,) in cursor.fetchall()]
    return gone


def left_cells(values: dict[str, Any]) -> list[tuple[str, UUID, str]]:
    """Who keeps cells that were changed again since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT kind, subject_id FROM roster_back WHERE NOT untouched ORDER BY 1, 2")
        return [(kind, subject, "later") for kind, subject in cursor.fetchall()]


def removed_ids() -> set[UUID]:
    """Whom the batch made and the undo removed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id FROM roster_undo WHERE change = 'made' AND NOT aside")
        return {subject for (subject,) in cursor.fetchall()}


def is_inhabited(village_id: UUID, area_path: str) -> bool:
    """Whether anybody or anything lies in an area."""
    inside = within(area_path)
    return any(model.rows().filter(inside, village_id=village_id).exists() for model in (Person, Household, Place)) or (
        Household.rows().filter(within(area_path, "section_path"), village_id=village_id).exists()
    )
