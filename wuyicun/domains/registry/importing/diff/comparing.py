"""What a file changes: each cell said is compared with what the last import said of the subject and with what is there.

said = there: the same. said = last: an old value, which doesn't undo what was changed by hand since: kept. Nothing
there, or what is there is what the last import said: changed. Else both have changed and somebody decides: disputed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

ABOUT_NO_NUMBER = (
    "missing_id",
    "bad_check_digit",
    "id_wrong_length",
    "id_not_digits",
    "id_bad_birth_date",
    "id_stored_as_number",
    "duplicate_id",
)
"""Problems that somebody who holds a number doesn't have."""

# What is there, cell by cell, as the file would say it. A cell that is blank is left out.
PERSON_NOW = """
    SELECT 'P' AS kind, p.id AS subject, p.last_import AS last, jsonb_strip_nulls(jsonb_build_object(
        'name', p.name,
        'sex', nullif(p.sex, 'unknown'),
        'birth_date', p.birth_date::text,
        'id_kind', nullif(p.id_kind, ''),
        'id_number', encode(p.id_index, 'hex'),
        'phone', encode(p.phone_index, 'hex'),
        'relation', nullif(p.relation, ''),
        'household', coalesce(a.section, h.section_path) || '/' || h.number,
        'micro_grid', CASE WHEN own.micro_grid <> '' THEN own.section || '/' || own.micro_grid END,
        'address', nullif(p.address, ''),
        'registered_address', nullif(p.registered_address, ''),
        'party_member', p.party_member::text,
        'residence', p.residence,
        'whereabouts', p.whereabouts,
        'whereabouts_text', nullif(p.whereabouts_text, ''),
        'groups', coalesce(g.groups, ''),
        'home_visit', coalesce(g.home_visit, false)::text,
        'sampling_code', p.sampling_code::text,
        'note', nullif(p.note, ''),
        'workplace', nullif(p.workplace, ''),
        'problems', coalesce((
            SELECT string_agg(code, ',' ORDER BY code COLLATE "C") FROM jsonb_array_elements_text(p.problems) code
        ), '')
    )) AS now
    FROM registry_person p
    LEFT JOIN registry_household h ON h.village_id = p.village_id AND h.id = p.household_id
    LEFT JOIN roster_area a ON a.area_path = h.section_path
    LEFT JOIN roster_area own ON own.area_path = p.area_path
    LEFT JOIN (
        SELECT person_id, bool_or("group" = 'home_visit') AS home_visit,
               string_agg("group", ',' ORDER BY "group" COLLATE "C") FILTER (WHERE "group" <> 'home_visit') AS groups
        FROM registry_persongroup WHERE village_id = %(village)s AND ends_on IS NULL GROUP BY person_id
    ) g ON g.person_id = p.id
    WHERE p.village_id = %(village)s
"""
HOUSEHOLD_NOW = """
    SELECT 'H' AS kind, h.id AS subject, h.last_import AS last, jsonb_strip_nulls(jsonb_build_object(
        'house', coalesce(s.section, h.section_path) || '/' || h.number,
        'micro_grid', CASE WHEN a.micro_grid <> '' THEN a.section || '/' || a.micro_grid END,
        'address', nullif(h.address, ''),
        'head_name', nullif(h.head_name, '')
    )) AS now
    FROM registry_household h
    LEFT JOIN roster_area a ON a.area_path = h.area_path
    LEFT JOIN roster_area s ON s.area_path = h.section_path
    WHERE h.village_id = %(village)s
"""
PLACE_NOW = """
    SELECT 'L' AS kind, l.id AS subject, l.last_import AS last, jsonb_strip_nulls(jsonb_build_object(
        'name', l.name,
        'kind', nullif(l.kind, ''),
        'contact_name', nullif(l.contact_name, ''),
        'phone', encode(l.phone_index, 'hex'),
        'location', nullif(l.location, ''),
        'note', nullif(l.note, ''),
        'area', CASE WHEN a.section <> '' THEN a.section || '/' || a.micro_grid END
    )) AS now
    FROM registry_place l LEFT JOIN roster_area a ON a.area_path = l.area_path
    WHERE l.village_id = %(village)s
"""
# Lines that say something else than the last import did: in the others every cell is the same or kept. So are those
# of a number that two claim, for it is theirs when only one claims it now.
_OTHER = """
    CREATE TEMP TABLE roster_other ON COMMIT DROP AS
    SELECT f.n, f.subject FROM roster_fact f
    JOIN (
        SELECT id, last_import FROM registry_person WHERE village_id = %(village)s
        UNION ALL SELECT id, last_import FROM registry_household WHERE village_id = %(village)s
        UNION ALL SELECT id, last_import FROM registry_place WHERE village_id = %(village)s
    ) there ON there.id = f.subject
    WHERE NOT there.last_import @> f.cells OR f.subject IN (
        SELECT unnest(ARRAY[d.first_id, d.second_id]) FROM registry_conflict d
        WHERE d.village_id = %(village)s AND d.code = 'duplicate_id' AND d.decided_at IS NULL
    );
    ANALYZE roster_other;
"""
_NOW = f"""
    CREATE TEMP TABLE roster_now ON COMMIT DROP AS
    SELECT other.n, there.* FROM roster_other other
    JOIN (
        {PERSON_NOW} AND p.id IN (SELECT subject FROM roster_other)
        UNION ALL {HOUSEHOLD_NOW} AND h.id IN (SELECT subject FROM roster_other)
        UNION ALL {PLACE_NOW} AND l.id IN (SELECT subject FROM roster_other)
    ) there ON there.subject = other.subject;
    CREATE INDEX ON roster_now (n);
    ANALYZE roster_now (n, kind, subject);
"""
# `outcome`: changed or disputed; cells that are the same or kept are left out, and lines on which all are the same
# are not taken apart. Problems are nobody's to dispute: they follow the file, but who holds a number has none of those
# that are about having none. A number that two claimed and only one claims now is that one's.
_COMPARE = """
    INSERT INTO roster_cell (kind, n, subject, cell, said, last, current, value, outcome)
    SELECT c.kind, c.n, c.subject, c.cell, c.said, c.last, c.current, c.value, c.outcome
    FROM (
        SELECT f.kind, f.n, f.subject, said.key AS cell, said.value AS said, there.last ->> said.key AS last,
               there.now ->> said.key AS current, meant.value,
               CASE
                   WHEN meant.value = there.now ->> said.key THEN 'same'
                   WHEN said.value = there.last ->> said.key AND NOT (
                       said.key = 'id_number' AND there.now ->> said.key IS NULL AND EXISTS (
                           SELECT FROM registry_conflict d
                           WHERE d.village_id = %(village)s AND d.code = 'duplicate_id' AND d.decided_at IS NULL
                             AND d.value_index = f.id_index AND f.subject IN (d.first_id, d.second_id)
                       )
                   ) THEN 'kept'
                   WHEN said.key IN ('problems', 'unread') OR coalesce(there.now ->> said.key, 'false') = 'false'
                       OR there.now ->> said.key = there.last ->> said.key THEN 'changed'
                   ELSE 'disputed'
               END AS outcome
        FROM roster_fact f
        JOIN roster_now there ON there.n = f.n
        CROSS JOIN LATERAL jsonb_each_text(f.cells - 'groups') said
        CROSS JOIN LATERAL (
            SELECT CASE WHEN said.key = 'problems' AND there.now ? 'id_number' THEN array_to_string(ARRAY(
                SELECT code FROM unnest(string_to_array(said.value, ',')) code WHERE code <> ALL(%(about_no_number)s)
            ), ',') ELSE said.value END AS value
        ) meant
        WHERE NOT (
            there.now @> (f.cells - ARRAY['groups', 'problems', 'unread'])
            AND there.last @> jsonb_strip_nulls(jsonb_build_object(
                'problems', f.cells -> 'problems', 'unread', f.cells -> 'unread'
            ))
        )
          AND NOT (said.key IN ('id_number', 'id_kind') AND f.claimed)
          AND NOT (said.key = 'micro_grid' AND f.kind = 'P' AND there.now ? 'household')
    ) c
    WHERE c.outcome IN ('changed', 'disputed')
"""
# Groups are a set: what the file adds and takes away since the last import is added and taken away here.
_GROUPS = """
    INSERT INTO roster_cell (kind, n, subject, cell, said, last, current, value, outcome)
    SELECT 'P', g.n, g.subject, 'groups', array_to_string(g.said, ','), array_to_string(g.before, ','),
           array_to_string(g.current, ','), array_to_string(g.merged, ','), 'changed'
    FROM (
        SELECT s.*, ARRAY(
            SELECT x FROM (
                SELECT unnest(s.current) AS x UNION (SELECT unnest(s.said) EXCEPT SELECT unnest(s.before))
                EXCEPT (SELECT unnest(s.before) EXCEPT SELECT unnest(s.said))
            ) merged ORDER BY x COLLATE "C"
        ) AS merged
        FROM (
            SELECT f.n, f.subject,
                   string_to_array(f.cells ->> 'groups', ',') AS said,
                   string_to_array(coalesce(there.last ->> 'groups', ''), ',') AS before,
                   string_to_array(there.now ->> 'groups', ',') AS current
            FROM roster_fact f JOIN roster_now there ON there.n = f.n
            WHERE f.kind = 'P' AND f.cells ->> 'groups' IS DISTINCT FROM there.last ->> 'groups' AND f.cells ? 'groups'
        ) s
    ) g
    WHERE g.merged <> g.current
"""
_STATUS = """
    CREATE INDEX ON roster_cell (n);
    UPDATE roster_fact f SET status = 'changed'
    WHERE EXISTS (SELECT FROM roster_cell c WHERE c.n = f.n AND c.outcome = 'changed');
"""
_DIGEST = """
    SELECT coalesce(encode(sha256(string_agg(line, ''::bytea ORDER BY n)), 'hex'), '') FROM (
        SELECT f.n, sha256(convert_to(concat_ws(
            '|', f.kind, f.n, f.status, f.claimed, f.subject, f.candidates, f.name, jsonb_hash_extended(f.cells, 0),
            c.cells
        ), 'UTF8')) AS line
        FROM roster_fact f LEFT JOIN (
            SELECT n, string_agg(concat_ws('|', cell, outcome, current, value), ';' ORDER BY cell) AS cells
            FROM roster_cell WHERE outcome IN ('changed', 'disputed') GROUP BY n
        ) c ON c.n = f.n
    ) lines
"""


def compare(village_id: UUID) -> str:
    """Compare every matched line cell by cell; return a digest of all that the file would do."""
    values: dict[str, Any] = {"village": village_id, "about_no_number": list(ABOUT_NO_NUMBER)}
    with connection.cursor() as cursor:
        for statement in (_OTHER, _NOW, _COMPARE, _GROUPS):
            cursor.execute(statement, values)
        cursor.execute(_STATUS)
        cursor.execute(_DIGEST)
        return str(cursor.fetchone()[0])
