"""Who of the village a line of the file means: by id number; else by household, name and birth date (or sex).

Never a guess: an id number that is somebody else's is a conflict to decide, and so is a line that several may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

# A household is the one that an import called so, whatever number it has now; else the one that has the number.
_HOUSEHOLDS = """
    UPDATE roster_fact f SET subject = h.id, status = 'unchanged'
    FROM registry_household h
    WHERE h.village_id = %(village)s AND f.kind = 'H' AND h.last_import ->> 'house' = f.cells ->> 'house';
    UPDATE roster_fact f SET subject = h.id, status = 'unchanged'
    FROM registry_household h JOIN roster_area a ON a.area_path = h.section_path
    WHERE h.village_id = %(village)s AND f.kind = 'H' AND f.subject IS NULL
      AND f.section = a.section AND f.house = h.number
      AND NOT EXISTS (SELECT FROM roster_fact o WHERE o.kind = 'H' AND o.subject = h.id);
"""
# A place is the same by its name, now or in the last import, and by its section where both say one.
_PLACES = """
    WITH found AS (
        SELECT f.n, min(p.id::text)::uuid AS place, count(*) AS times
        FROM roster_fact f
        JOIN registry_place p ON p.village_id = %(village)s AND f.name IN (p.name, p.last_import ->> 'name')
        LEFT JOIN roster_area a ON a.area_path = p.area_path
        WHERE f.kind = 'L'
          AND (f.section = '' OR a.section IN (f.section, '') OR p.last_import ->> 'area' = f.cells ->> 'area')
        GROUP BY f.n
    )
    UPDATE roster_fact f SET
        subject = CASE WHEN found.times = 1 THEN found.place END,
        status = CASE WHEN found.times = 1 THEN 'unchanged' ELSE 'undecided' END
    FROM found WHERE f.n = found.n
"""

# By id number, under the name that its holder has or had.
_BY_ID = """
    UPDATE roster_fact f SET
        holder = p.id,
        subject = CASE WHEN p.name = f.name OR p.last_import ->> 'name' = f.name THEN p.id END,
        status = CASE WHEN p.name = f.name OR p.last_import ->> 'name' = f.name THEN 'unchanged' ELSE 'new' END
    FROM registry_person p
    WHERE p.village_id = %(village)s AND p.id_index = f.id_index AND f.kind = 'P'
"""
# What those go by whom the lines that are left may mean: what is known of them now, and what the last import said, so
# that a correction by hand does not make somebody else of them.
_ALIASES = """
    CREATE TEMP TABLE roster_alias ON COMMIT DROP AS
    WITH unknown AS MATERIALIZED (SELECT name, holder FROM roster_fact WHERE kind = 'P' AND subject IS NULL),
    people AS MATERIALIZED (
        SELECT p.id, p.household_id, p.name, p.birth_date, p.sex, p.workplace, p.last_import
        FROM registry_person p
        WHERE p.village_id = %(village)s AND (
            p.name IN (SELECT name FROM unknown) OR p.last_import ->> 'name' IN (SELECT name FROM unknown)
            OR p.id IN (SELECT holder FROM unknown WHERE holder IS NOT NULL)
        )
    )
    SELECT p.id AS person, p.name, coalesce(coalesce(a.section, h.section_path) || '/' || h.number, '') AS house,
           p.birth_date::text AS birth, p.sex::text AS sex, p.workplace::text AS workplace
    FROM people p
    LEFT JOIN registry_household h ON h.village_id = %(village)s AND h.id = p.household_id
    LEFT JOIN roster_area a ON a.area_path = h.section_path
    UNION
    SELECT p.id, p.last_import ->> 'name', coalesce(p.last_import ->> 'household', ''), p.last_import ->> 'birth_date',
           coalesce(p.last_import ->> 'sex', 'unknown'), coalesce(p.last_import ->> 'workplace', '')
    FROM people p WHERE p.last_import ? 'name';
    CREATE INDEX ON roster_alias (name, house);
    CREATE INDEX ON roster_alias (person);
    ANALYZE roster_alias;
"""
# It holds nothing that matching writes, and pages have room: then an update need not enter the line in it again.
_LOOKED_UP = """
    CREATE INDEX ON roster_fact (kind, section, house, name);
"""
# Another name on a known number is a corrected name only in the same household, and only when the file does not list
# the number's holder there as well.
_RENAMED = """
    WITH renamed AS MATERIALIZED (
        SELECT f.n, f.holder, f.section, f.house FROM roster_fact f
        WHERE f.holder IS NOT NULL AND f.subject IS NULL AND NOT f.disputed AND f.house <> ''
          AND EXISTS (SELECT FROM roster_alias a WHERE a.person = f.holder AND a.house = f.cells ->> 'household')
    ), listed AS MATERIALIZED (
        SELECT r.n FROM renamed r
        JOIN roster_alias a ON a.person = r.holder
        JOIN roster_fact o ON o.kind = 'P' AND o.section = r.section AND o.house = r.house AND o.name = a.name
    )
    UPDATE roster_fact f SET subject = f.holder, status = 'unchanged' FROM renamed r
    WHERE f.n = r.n AND r.n NOT IN (SELECT n FROM listed)
"""

# By household and name: those whom no id number has found yet. Equal birth dates count more than equal sex, which
# only counts where one of the two has no date.
_CANDIDATES = """
    INSERT INTO roster_pair (n, person, quality)
    SELECT f.n, a.person, min(CASE WHEN a.birth = f.birth THEN 1 ELSE 2 END)
    FROM roster_fact f
    JOIN roster_alias a ON a.name = f.name AND a.house = coalesce(f.cells ->> 'household', '')
    WHERE f.kind = 'P' AND f.subject IS NULL
      AND (f.house <> '' OR f.workplace = '' OR a.workplace IN ('', f.workplace))
      AND CASE WHEN f.birth IS NOT NULL AND a.birth IS NOT NULL THEN a.birth = f.birth
               ELSE f.sex IS NULL OR a.sex IN ('unknown', f.sex) END
      AND NOT EXISTS (SELECT FROM roster_fact o WHERE o.subject = a.person)
    GROUP BY f.n, a.person;
    DELETE FROM roster_pair r USING roster_pair better WHERE better.n = r.n AND better.quality < r.quality;
"""
# Lines that say again, cell by cell, what the last import said of somebody are those people, in the order they came in.
_SAME_AGAIN = """
    WITH same AS (
        SELECT r.n, r.person, f.cells,
               dense_rank() OVER (PARTITION BY f.cells ORDER BY r.n) AS nth_line,
               dense_rank() OVER (PARTITION BY f.cells ORDER BY r.person) AS nth_person
        FROM roster_pair r
        JOIN roster_fact f ON f.n = r.n
        JOIN registry_person p ON p.village_id = %(village)s AND p.id = r.person AND p.last_import = f.cells
    )
    UPDATE roster_fact f SET subject = same.person, status = 'unchanged' FROM same
    WHERE f.n = same.n AND same.nth_line = same.nth_person;
    DELETE FROM roster_pair
    WHERE person IN (SELECT subject FROM roster_fact WHERE subject IS NOT NULL)
       OR n IN (SELECT n FROM roster_fact WHERE subject IS NOT NULL);
"""
_ONLY_ONE = """
    WITH counted AS (
        SELECT n, person, count(*) OVER (PARTITION BY n) AS people, count(*) OVER (PARTITION BY person) AS lines
        FROM roster_pair
    )
    UPDATE roster_fact f SET subject = counted.person, status = 'unchanged' FROM counted
    WHERE f.n = counted.n AND counted.people = 1 AND counted.lines = 1;
    UPDATE roster_fact f SET status = 'undecided', candidates = found.people
    FROM (SELECT n, array_agg(person ORDER BY person) AS people FROM roster_pair GROUP BY n) found
    WHERE f.n = found.n AND f.subject IS NULL;
"""
# A number that is not this person's to take: two lines of the file have it, or somebody else holds it.
_CLAIMS = """
    UPDATE roster_fact f SET claimed = true
    WHERE f.kind = 'P' AND CASE WHEN f.holder IS NULL THEN f.disputed ELSE f.holder IS DISTINCT FROM f.subject END;
    UPDATE roster_fact SET status = 'unchanged' WHERE subject IS NOT NULL AND status = 'new';
    CREATE INDEX ON roster_fact (subject);
"""


_MEANT = """
    UPDATE roster_fact SET subject = %(person)s, candidates = NULL, status = 'new' WHERE kind = 'P'
"""


@dataclass(frozen=True)
class Meant:
    """Somebody has decided whom the only undecided line means; None is somebody new."""

    person_id: UUID | None


def match(village_id: UUID, meant: Meant | None = None) -> None:
    """Say of every staged line whom it means: its `subject` and a first `status`."""
    village = {"village": village_id}
    with connection.cursor() as cursor:
        for statement in (_HOUSEHOLDS, _PLACES, _BY_ID, _ALIASES):
            cursor.execute(statement, village)
        cursor.execute("SELECT EXISTS (SELECT FROM roster_alias)")
        if cursor.fetchone()[0]:  # else every line is known by its number, or means nobody who is known
            for statement in (_LOOKED_UP, _RENAMED, _CANDIDATES, _SAME_AGAIN, _ONLY_ONE):
                cursor.execute(statement, village)
        if meant is not None:
            cursor.execute(_MEANT, {"person": meant.person_id})
        cursor.execute(_CLAIMS, village)
