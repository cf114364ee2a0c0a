"""Writes what a compared file changes, kind by kind, each in a few statements over all lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wuyicun.domains.registry.importing.diff.staging import UUID7

# Where a line belongs: its section (the village where it names none), its micro-grid, else 未入网.
_PLACED = """
    CROSS JOIN (SELECT area_id, area_path FROM roster_area WHERE level = 'unplaced') unplaced
    LEFT JOIN roster_area section
        ON section.section = f.section AND section.micro_grid = '' AND section.level IN ('village', 'grid')
    LEFT JOIN roster_area micro
        ON micro.level = 'micro_grid' AND micro.section || '/' || micro.micro_grid = f.cells ->> 'micro_grid'
"""
_HOME = """
    LEFT JOIN roster_area home_section
        ON home_section.section = f.section AND home_section.micro_grid = ''
           AND home_section.level IN ('village', 'grid')
    LEFT JOIN registry_household home
        ON home.village_id = %(village)s AND home.section_path = home_section.area_path AND home.number = f.house
           AND f.house <> ''
"""
_NEW_HOUSEHOLDS = f"""
    INSERT INTO registry_household (
        id, village_id, area_id, area_path, section_path, number, address, head_name, last_import, batch_id
    )
    SELECT f.new_id, %(village)s, coalesce(micro.area_id, unplaced.area_id),
           coalesce(micro.area_path, unplaced.area_path), section.area_path, f.house,
           coalesce(f.cells ->> 'address', ''), coalesce(f.cells ->> 'head_name', ''), f.cells, %(batch)s
    FROM roster_fact f {_PLACED}
    WHERE f.kind = 'H' AND f.status = 'new'
"""
_CHANGED = """
    SELECT subject, n, jsonb_object_agg(cell, value) AS value FROM roster_cell
    WHERE kind = '{kind}' AND outcome = 'changed' GROUP BY subject, n
"""
_CHANGED_HOUSEHOLDS = f"""
    UPDATE registry_household h SET
        address = coalesce(c.value ->> 'address', h.address),
        head_name = coalesce(c.value ->> 'head_name', h.head_name),
        area_id = CASE WHEN c.value ? 'micro_grid' THEN micro.area_id ELSE h.area_id END,
        area_path = CASE WHEN c.value ? 'micro_grid' THEN micro.area_path ELSE h.area_path END
    FROM ({_CHANGED.format(kind="H")}) c
    JOIN roster_fact f ON f.n = c.n
    LEFT JOIN roster_area micro
        ON micro.level = 'micro_grid' AND micro.section || '/' || micro.micro_grid = f.cells ->> 'micro_grid'
    WHERE h.village_id = %(village)s AND h.id = c.subject
"""
_FOLLOW_HOUSEHOLDS = """
    UPDATE registry_person p SET area_id = h.area_id, area_path = h.area_path
    FROM registry_household h
    WHERE p.village_id = %(village)s AND h.village_id = p.village_id AND h.id = p.household_id
      AND p.area_path <> h.area_path
      AND h.id IN (SELECT subject FROM roster_cell WHERE kind = 'H' AND outcome = 'changed')
    RETURNING p.id
"""
_NEW_PEOPLE = f"""
    INSERT INTO registry_person (
        id, village_id, household_id, area_id, area_path, name, name_sort, sex, birth_date, id_kind, id_sealed,
        id_index, phone_sealed, phone_index, relation, residence, whereabouts, whereabouts_text, address,
        registered_address, workplace, party_member, sampling_code, note, unread_sealed, problems, last_import,
        batch_id, left_reason, updated_at, updated_by
    )
    SELECT f.new_id, %(village)s, home.id, coalesce(home.area_id, micro.area_id, unplaced.area_id),
           coalesce(home.area_path, micro.area_path, unplaced.area_path), f.name, f.name_sort,
           coalesce(f.cells ->> 'sex', 'unknown'), (f.cells ->> 'birth_date')::date,
           CASE WHEN f.claimed THEN '' ELSE coalesce(f.cells ->> 'id_kind', '') END,
           CASE WHEN NOT f.claimed THEN f.id_sealed END, CASE WHEN NOT f.claimed THEN f.id_index END,
           f.phone_sealed, f.phone_index, coalesce(f.cells ->> 'relation', ''),
           coalesce(f.cells ->> 'residence', 'resident'), coalesce(f.cells ->> 'whereabouts', 'in_village'),
           coalesce(f.cells ->> 'whereabouts_text', ''), coalesce(f.cells ->> 'address', ''),
           coalesce(f.cells ->> 'registered_address', ''), coalesce(f.cells ->> 'workplace', ''),
           coalesce((f.cells ->> 'party_member')::boolean, false),
           coalesce((f.cells ->> 'sampling_code')::boolean, false),
           coalesce(f.cells ->> 'note', ''), f.unread_sealed,
           to_jsonb(string_to_array(f.cells ->> 'problems', ',')), f.cells, %(batch)s, '', %(at)s, %(by)s
    FROM roster_fact f {_PLACED} {_HOME}
    WHERE f.kind = 'P' AND f.status = 'new'
"""
_CHANGED_PEOPLE = f"""
    UPDATE registry_person p SET
        name = coalesce(c.value ->> 'name', p.name),
        name_sort = CASE WHEN c.value ? 'name' THEN f.name_sort ELSE p.name_sort END,
        sex = coalesce(c.value ->> 'sex', p.sex),
        birth_date = coalesce((c.value ->> 'birth_date')::date, p.birth_date),
        id_kind = coalesce(c.value ->> 'id_kind', p.id_kind),
        id_sealed = CASE WHEN c.value ? 'id_number' THEN f.id_sealed ELSE p.id_sealed END,
        id_index = CASE WHEN c.value ? 'id_number' THEN f.id_index ELSE p.id_index END,
        phone_sealed = CASE WHEN c.value ? 'phone' THEN f.phone_sealed ELSE p.phone_sealed END,
        phone_index = CASE WHEN c.value ? 'phone' THEN f.phone_index ELSE p.phone_index END,
        unread_sealed = CASE WHEN c.value ?| ARRAY['unread', 'id_number', 'phone'] THEN f.unread_sealed
                             ELSE p.unread_sealed END,
        relation = coalesce(c.value ->> 'relation', p.relation),
        residence = coalesce(c.value ->> 'residence', p.residence),
        whereabouts = coalesce(c.value ->> 'whereabouts', p.whereabouts),
        whereabouts_text = coalesce(c.value ->> 'whereabouts_text', p.whereabouts_text),
        address = coalesce(c.value ->> 'address', p.address),
        registered_address = coalesce(c.value ->> 'registered_address', p.registered_address),
        workplace = coalesce(c.value ->> 'workplace', p.workplace),
        party_member = coalesce((c.value ->> 'party_member')::boolean, p.party_member),
        sampling_code = coalesce((c.value ->> 'sampling_code')::boolean, p.sampling_code),
        note = coalesce(c.value ->> 'note', p.note),
        problems = CASE WHEN c.value ? 'problems' THEN to_jsonb(string_to_array(c.value ->> 'problems', ','))
                        ELSE p.problems END,
        household_id = CASE WHEN c.value ? 'household' THEN home.id ELSE p.household_id END,
        area_id = CASE WHEN c.value ? 'household' THEN home.area_id WHEN c.value ? 'micro_grid' THEN micro.area_id
                       ELSE p.area_id END,
        area_path = CASE WHEN c.value ? 'household' THEN home.area_path WHEN c.value ? 'micro_grid' THEN micro.area_path
                         ELSE p.area_path END,
        updated_at = %(at)s, updated_by = %(by)s
    FROM ({_CHANGED.format(kind="P")}) c
    JOIN roster_fact f ON f.n = c.n {_PLACED} {_HOME}
    WHERE p.village_id = %(village)s AND p.id = c.subject
"""
_GROUPS_OF_NEW = """
    SELECT f.new_id AS person, unnest(string_to_array(f.cells ->> 'groups', ',')) AS "group"
    FROM roster_fact f WHERE f.kind = 'P' AND f.status = 'new'
    UNION ALL
    SELECT f.new_id, 'home_visit' FROM roster_fact f
    WHERE f.kind = 'P' AND f.status = 'new' AND f.cells ->> 'home_visit' = 'true'
"""
_GROUPS_ADDED = """
    SELECT c.subject, unnest(string_to_array(c.value, ',')) FROM roster_cell c
    WHERE c.cell = 'groups' AND c.outcome = 'changed'
    EXCEPT
    SELECT c.subject, unnest(string_to_array(c.current, ',')) FROM roster_cell c
    WHERE c.cell = 'groups' AND c.outcome = 'changed'
    UNION ALL
    SELECT c.subject, 'home_visit' FROM roster_cell c
    WHERE c.cell = 'home_visit' AND c.outcome = 'changed' AND c.value = 'true'
"""
_NEW_GROUPS = f"""
    INSERT INTO registry_persongroup (id, village_id, person_id, "group", starts_on, source, batch_id)
    SELECT {UUID7}, %(village)s, g.person, g."group", %(today)s, 'import', %(batch)s
    FROM ({_GROUPS_OF_NEW} UNION ALL ({_GROUPS_ADDED})) g
"""
_ENDED_GROUPS = """
    UPDATE registry_persongroup g SET ends_on = greatest(g.starts_on, %(today)s)
    FROM roster_cell c
    WHERE g.village_id = %(village)s AND g.ends_on IS NULL AND g.person_id = c.subject AND c.outcome = 'changed' AND (
        (c.cell = 'groups' AND g."group" <> 'home_visit' AND NOT g."group" = ANY(string_to_array(c.value, ',')))
        OR (c.cell = 'home_visit' AND g."group" = 'home_visit' AND c.value = 'false')
    )
"""
_PLACE_AREA = """
    JOIN roster_area village ON village.level = 'village'
    LEFT JOIN roster_area area
        ON area.level IN ('grid', 'micro_grid') AND area.section || '/' || area.micro_grid = f.cells ->> 'area'
"""
_NEW_PLACES = f"""
    INSERT INTO registry_place (
        id, village_id, area_id, area_path, name, kind, contact_name, phone_sealed, phone_index, location, note,
        last_import, batch_id
    )
    SELECT f.new_id, %(village)s, coalesce(area.area_id, village.area_id), coalesce(area.area_path, village.area_path),
           f.name, coalesce(f.cells ->> 'kind', 'other'), coalesce(f.cells ->> 'contact_name', ''), f.phone_sealed,
           f.phone_index, coalesce(f.cells ->> 'location', ''), coalesce(f.cells ->> 'note', ''), f.cells, %(batch)s
    FROM roster_fact f {_PLACE_AREA}
    WHERE f.kind = 'L' AND f.status = 'new'
"""
_CHANGED_PLACES = f"""
    UPDATE registry_place l SET
        kind = coalesce(c.value ->> 'kind', l.kind),
        contact_name = coalesce(c.value ->> 'contact_name', l.contact_name),
        phone_sealed = CASE WHEN c.value ? 'phone' THEN f.phone_sealed ELSE l.phone_sealed END,
        phone_index = CASE WHEN c.value ? 'phone' THEN f.phone_index ELSE l.phone_index END,
        location = coalesce(c.value ->> 'location', l.location),
        note = coalesce(c.value ->> 'note', l.note),
        area_id = CASE WHEN c.value ? 'area' THEN coalesce(area.area_id, l.area_id) ELSE l.area_id END,
        area_path = CASE WHEN c.value ? 'area' THEN coalesce(area.area_path, l.area_path) ELSE l.area_path END
    FROM ({_CHANGED.format(kind="L")}) c
    JOIN roster_fact f ON f.n = c.n {_PLACE_AREA}
    WHERE l.village_id = %(village)s AND l.id = c.subject
"""
_TABLES = {"P": "registry_person", "H": "registry_household", "L": "registry_place"}
_SAID = """
    UPDATE {table} t SET last_import = t.last_import || f.cells
    FROM roster_fact f
    WHERE t.village_id = %(village)s AND t.id = f.subject AND f.kind = '{kind}' AND NOT t.last_import @> f.cells
"""


def write(*, village_id: UUID, batch_id: UUID, today: date, by: UUID | None, at: datetime) -> list[UUID]:
    """Write all that the staged and compared lines change; return the people who moved with their household."""
    values: dict[str, Any] = {
        "village": village_id,
        "batch": batch_id,
        "today": today,
        "by": by,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEW_HOUSEHOLDS, values)
        cursor.execute(_CHANGED_HOUSEHOLDS, values)
        cursor.execute(_FOLLOW_HOUSEHOLDS, values)
        moved = [person for (person,) in cursor.fetchall()]
        for statement in (_NEW_PEOPLE, _CHANGED_PEOPLE, _ENDED_GROUPS, _NEW_GROUPS, _NEW_PLACES, _CHANGED_PLACES):
            cursor.execute(statement, values)
        for kind, table in _TABLES.items():
            cursor.execute(_SAID.format(table=table, kind=kind), values)
    return moved
