"""Synthetic villages, written as the owner of the tables by SQL: nobody in them exists.

Every id follows from a kind and a number, so that whoever makes records can name people without asking. Columns that
a statement does not name are filled with what is neutral for their type, so that new columns need nothing here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

RESIDENTS = 135  # of a micro-grid
GRID_HOLDS = 40  # micro-grids; their code has two digits
START = datetime(2022, 11, 20, 8, 0, tzinfo=UTC)
NEUTRAL = {
    "text": "''",
    "character varying": "''",
    "boolean": "false",
    "jsonb": "'{}'",
    "integer": "0",
    "smallint": "0",
}


class Kind(IntEnum):
    """What an id names; part of the id."""

    VILLAGE = 1
    AREA = 2
    PERSON = 3
    ROLL = 4
    ENTRY = 5
    LEAF = 6
    ROUND = 7
    STATION = 8
    ACCOUNT = 9
    DEVICE = 10
    HOUSEHOLD = 11
    GRANT = 12
    GRID = 13
    ROOT = 14
    SAMPLE = 15
    TUBE = 16
    GROUP = 17
    PLACE = 18
    CARD = 19


def id_of(kind: Kind, number: int) -> UUID:
    """The id of the thing with this number; ascending, as those of real life are."""
    return UUID(f"0184{number:08x}7{kind:03x}8000{number:012x}")


def id_in_sql(kind: Kind, number: str) -> str:
    """The same in SQL. number: an expression."""
    digits = f"'0184' || lpad(to_hex({number}), 8, '0') || '7{kind:03x}8000' || lpad(to_hex({number}), 12, '0')"
    return f"({digits})::uuid"


@dataclass(frozen=True)
class Size:
    """How many villages there are, how many micro-grids each has, how many people live in one of those.

    first: how many micro-grids the first village has, when not as many as the others.
    """

    villages: int
    micro_grids: int
    residents: int = RESIDENTS
    first: int = 0

    @property
    def in_first(self) -> int:
        return self.first or self.micro_grids

    @property
    def leaves(self) -> int:
        return self.in_first + (self.villages - 1) * self.micro_grids

    @property
    def people(self) -> int:
        return self.leaves * self.residents


@dataclass(frozen=True)
class Phone:
    """A device with its token: it works in one village, through micro-grids of its own."""

    device: UUID
    token: str
    village: int


def village_path(number: int) -> str:
    """The area path of a village."""
    return f"9901{number:08d}"


class Loader:
    """Writes the rows.

    Args:
        connection: as `wuyi_owner`, in autocommit.
        of_people: SQL expressions for columns of people, the person's number being `n`.
    """

    def __init__(self, connection: psycopg.Connection[Any], size: Size, **of_people: str) -> None:
        self.connection = connection
        self.size = size
        self.of_people = of_people

    def registry(self) -> None:
        """Villages, their areas, households of three and people."""
        village, villages = id_in_sql(Kind.VILLAGE, "v"), self.villages()
        place = {"area_path": "path", "name": "'村' || v", "time_zone": "'Asia/Shanghai'"}
        self.fill("accounts_village", villages, id=village, created_at=moment(START), **place)
        area = {"village_id": village, "area_path": "path"}
        root, grid = id_in_sql(Kind.ROOT, "v"), id_in_sql(Kind.GRID, f"(leaf - place % {GRID_HOLDS})")
        self.fill("territory_area", villages, id=root, level="'village'", name="'村'", **area)
        first = f"{self.micro_grids()} WHERE place % {GRID_HOLDS} = 0"
        above = {"id": grid, "parent_id": root, "level": "'grid'", "name": "'网格' || leaf"}
        self.fill("territory_area", first, **area | above | {"area_path": "left(path, -2)"})
        leaf = {"id": id_in_sql(Kind.AREA, "leaf"), "parent_id": grid, "level": "'micro_grid'"}
        self.fill("territory_area", self.micro_grids(), name="'微网格' || leaf", **area | leaf)
        self._people()

    def _people(self) -> None:
        person = self.everybody()
        where = {"village_id": id_in_sql(Kind.VILLAGE, "v"), "area_id": id_in_sql(Kind.AREA, "leaf")}
        where["area_path"] = "path"
        self.fill(  # a household has the number of its first person
            "registry_household",
            f"{self.micro_grids()} JOIN {person} USING (leaf) WHERE n % 3 = 0 ORDER BY n",
            id=id_in_sql(Kind.HOUSEHOLD, "n"),
            section_path="left(path, -2)",
            number="n::text",
            head_name="'户主' || n",
            **where,
        )
        columns = {
            "id": id_in_sql(Kind.PERSON, "n"),
            "household_id": id_in_sql(Kind.HOUSEHOLD, "(n - n % 3)"),
            "name": "'村民' || n",
            "name_sort": "'cun min ' || n",
            "sex": "'female'",
            "birth_date": "date '1950-01-01' + n % 20000",
            "residence": "'resident'",
            "whereabouts": "'in_village'",
            "updated_at": moment(START),
        }
        everybody = f"{self.micro_grids()} JOIN {person} USING (leaf) ORDER BY n"
        self.fill("registry_person", everybody, **where | columns | self.of_people)

    def open_round(self, number: int, *, at: datetime) -> None:
        """A round in every village, in which everybody is owed."""
        self.rounds(number, at=at)
        self.entries(number, at)

    def rounds(self, number: int, *, at: datetime) -> None:
        """An open round in every village, with its roll and a station, but nobody in it.

        number: 0, 1, 2 …; a village's round, its roll and its station have the number `number * villages + village`.
        """
        roll, round_ = id_in_sql(Kind.ROLL, "r"), id_in_sql(Kind.ROUND, "r")
        villages = self.villages(number * self.size.villages)
        common = {"village_id": id_in_sql(Kind.VILLAGE, "v"), "area_path": "path", "state": "'open'"}
        common |= {"opened_at": moment(at), "due_at": moment(at + timedelta(hours=24))}
        self.fill("rolls_roll", villages, id=roll, kind="'screening.round'", subject_kind="'P'", **common)
        self.fill(
            "screening_round",
            villages,
            id=round_,
            roll_id=roll,
            number=str(number + 1),
            title="'核酸检测'",
            profile="'covid-2022-11-11'",
            pool_size="10",
            tube_minutes="60",
            result_hours="8",
            hold_hours="24",
            **common,
        )
        station = {"id": id_in_sql(Kind.STATION, "r"), "village_id": id_in_sql(Kind.VILLAGE, "v"), "round_id": round_}
        self.fill("screening_station", villages, name="'广场'", kind="'fixed'", windows="1", **station)

    def entries(self, number: int, at: datetime) -> None:
        """Everybody stands in the roll of their village's round, and is owed."""
        size = self.size
        person = self.everybody()
        roll = id_in_sql(Kind.ROLL, f"(v + {number * size.villages})")
        where = {"village_id": id_in_sql(Kind.VILLAGE, "v"), "area_id": id_in_sql(Kind.AREA, "leaf"), "roll_id": roll}
        self.fill(
            "rolls_entry",
            f"{self.micro_grids()} JOIN {person} USING (leaf) ORDER BY n",
            id=id_in_sql(Kind.ENTRY, f"(n + {number}::bigint * {size.people})"),
            subject_id=id_in_sql(Kind.PERSON, "n"),
            opening="true",
            changed_at=moment(at),
            **where,
        )
        leaf, residents = id_in_sql(Kind.LEAF, f"(leaf + {number * size.leaves})"), str(size.residents)
        figures = {"opening": residents, "owed": residents}
        self.fill("rolls_leafcount", self.micro_grids(), id=leaf, area_path="path", **figures, **where)

    def villages(self, first: int = 0) -> str:
        """Every village's number, its path, and its number in a row of rounds that begins with `first`."""
        return (
            f"(SELECT v, {first} + v AS r, '9901' || lpad(v::text, 8, '0') AS path"
            f" FROM generate_series(0, {self.size.villages - 1}) AS v) AS villages"
        )

    def micro_grids(self) -> str:
        """Every micro-grid: its number, its village's, its place in that and its path."""
        first, grids = self.size.in_first, self.size.micro_grids
        return (
            f"(SELECT leaf, v, place, '9901' || lpad(v::text, 8, '0') || lpad((place / {GRID_HOLDS} + 1)::text, 3, '0')"
            f" || lpad((place % {GRID_HOLDS} + 1)::text, 2, '0') AS path"
            f" FROM (SELECT leaf, CASE WHEN leaf < {first} THEN 0 ELSE (leaf - {first}) / {grids} + 1 END AS v,"
            f" CASE WHEN leaf < {first} THEN leaf ELSE (leaf - {first}) % {grids} END AS place"
            f" FROM generate_series(0, {self.size.leaves - 1}) AS leaf) AS numbered) AS leaves"
        )

    def everybody(self) -> str:
        """Every person's number, with that of their micro-grid."""
        size = self.size
        return f"(SELECT n, n / {size.residents} AS leaf FROM generate_series(0, {size.people - 1}) AS n) AS people"

    def phones(self, count: int, *, at: datetime) -> list[Phone]:
        """Devices, each with an account that may sample and a token that holds for two weeks."""
        return [self._phone(number, at) for number in range(count)]

    def _phone(self, number: int, at: datetime) -> Phone:
        village, token = number % self.size.villages, f"token-of-a-synthetic-phone-{number}"
        account, device = id_of(Kind.ACCOUNT, number), id_of(Kind.DEVICE, number)
        village_id = id_of(Kind.VILLAGE, village)
        self.fill(
            "accounts_account",
            id=f"'{account}'",
            username=f"'采样员{number}'",
            name=f"'采样员{number}'",
            is_active="true",
            language="'zh-hans'",
            created_at=moment(at),
        )
        ids = {"id": f"'{id_of(Kind.GRANT, number)}'", "account_id": f"'{account}'"}
        self.fill(
            "accounts_grant",
            role="'sampler'",
            area_path=f"'{village_path(village)}'",
            village_id=f"'{village_id}'",
            starts_at=moment(START),
            **ids,
        )
        self.fill(
            "fieldsync_devicetoken",
            device=f"'{device}'",
            digest=f"'\\x{hashlib.sha256(token.encode()).hexdigest()}'",
            villages=f"""'["{village_id}"]'""",
            made_at=moment(at),
            ends_at=moment(at + timedelta(days=14)),
            **ids,
        )
        return Phone(device, token, village)

    def settle_down(self) -> None:
        """What autovacuum does in the course of a minute."""
        self.connection.execute("VACUUM ANALYZE")

    def fill(self, table: str, source: str = "(SELECT 1) AS one", /, **columns: str) -> None:
        """INSERT … SELECT from a source. columns: SQL expressions by column."""
        missing = self.connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
            " AND column_default IS NULL AND is_generated = 'NEVER' AND is_identity = 'NO'",
            [table],
        )
        given = {name: NEUTRAL[kind] for name, kind in missing if name not in columns} | columns
        names = sql.SQL(", ").join(map(sql.Identifier, given))
        values = sql.SQL(", ").join(map(_raw, given.values()))
        statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}")
        self.connection.execute(statement.format(sql.Identifier(table), names, values, _raw(source)))


def moment(at: datetime) -> str:
    return f"timestamptz '{at.isoformat()}'"


def _raw(text: str) -> sql.SQL:
    """Our own expressions, no user's text."""
    return sql.SQL(text)
