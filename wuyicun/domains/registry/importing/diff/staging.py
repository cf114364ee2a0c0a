"""What a file says, in temporary tables: COPY into a table under row-level security is refused.

The tables live until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from uuid import UUID

from django.db import connection

from wuyicun.domains.registry.importing.diff.facts import Fact
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import MICRO_GRID_DIGITS, UNPLACED_CODE, Level
from wuyicun.kernel.jobs import progress

_PORTION = 5_000

UUID7 = """
    encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6
    ), 52, 1), 53, 1), 'hex')::uuid
"""
"""A version 7 UUID as PostgreSQL 15 can make it, for rows that come into being in SQL alone."""

_TABLES = """
    DROP TABLE IF EXISTS pg_temp.roster_fact, pg_temp.roster_area, pg_temp.roster_pair, pg_temp.roster_cell,
        pg_temp.roster_alias, pg_temp.roster_other, pg_temp.roster_now;
    CREATE TEMP TABLE roster_fact (
        kind text NOT NULL, n integer PRIMARY KEY, sheet text NOT NULL, row integer NOT NULL, name text NOT NULL,
        about text NOT NULL, section text NOT NULL, house text NOT NULL, workplace text NOT NULL, cells jsonb NOT NULL,
        birth text, sex text, id_index bytea, id_sealed bytea, disputed boolean NOT NULL, phone_index bytea,
        phone_sealed bytea, unread_sealed bytea, name_sort text NOT NULL, new_id uuid NOT NULL,
        subject uuid, status text NOT NULL DEFAULT 'new', holder uuid, candidates uuid[],
        claimed boolean NOT NULL DEFAULT false
    ) WITH (fillfactor = 50) ON COMMIT DROP;
    CREATE TEMP TABLE roster_area (
        area_path text COLLATE "C" PRIMARY KEY, area_id uuid NOT NULL, level text NOT NULL, section text NOT NULL,
        section_path text COLLATE "C" NOT NULL, micro_grid text NOT NULL
    ) ON COMMIT DROP;
    CREATE TEMP TABLE roster_pair (n integer NOT NULL, person uuid NOT NULL, quality integer NOT NULL) ON COMMIT DROP;
    CREATE TEMP TABLE roster_cell (
        kind text NOT NULL, n integer NOT NULL, subject uuid NOT NULL, cell text NOT NULL, said text, last text,
        current text, value text, outcome text NOT NULL
    ) ON COMMIT DROP;
"""
_COPY = """
    COPY roster_fact (
        kind, n, sheet, row, name, about, section, house, workplace, cells, birth, sex, id_index, id_sealed, disputed,
        phone_index, phone_sealed, unread_sealed, name_sort, new_id
    ) FROM STDIN
"""
_COPY_AREAS = "COPY roster_area (area_path, area_id, level, section, section_path, micro_grid) FROM STDIN"
COUNT = "ANALYZE roster_fact (kind, n, name, section, house, birth, id_index, subject, status)"
"""Only what lines are found by: to count whole cells takes long, and tells nothing."""

_COUNTED = f"""
    {COUNT};
    ANALYZE roster_area;
"""


def stage(village_id: UUID, facts: Iterable[Fact], total: int = 0) -> None:
    """Fill the temporary tables with the facts, `total` of them, and with the names of the village's areas."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
    done, left = 0, iter(facts)
    while portion := list(islice(left, _PORTION)):
        progress.say("compare", done, total)
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for fact in portion:
                copy.write_row(fact)
        done += len(portion)
    stage_areas(village_id)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED)


def stage_areas(village_id: UUID) -> None:
    """Say again which areas the village has."""
    areas = territory.areas(village_id)
    names = {area.area_path: area.name for area in areas}
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE roster_area")
        with cursor.copy(_COPY_AREAS) as copy:
            for area in areas:
                section_path = _section_path(area.area_path, area.level)
                section = "" if area.level in (Level.VILLAGE, Level.UNPLACED) else names.get(section_path, "")
                micro_grid = area.name if area.level == Level.MICRO_GRID else ""
                copy.write_row((area.area_path, area.pk, area.level, section, section_path, micro_grid))


def _section_path(path: str, level: str) -> str:
    """The section that an area lies in, or the village for what lies in none."""
    if level == Level.MICRO_GRID:
        return path[:-MICRO_GRID_DIGITS]
    return path.removesuffix(UNPLACED_CODE) if level == Level.UNPLACED else path
