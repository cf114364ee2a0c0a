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
GRID_HOLDS = 99  # micro-grids, for their code has two digits
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


def id_of(kind: Kind, number: int) -> UUID:
    """The id of the thing with this number; ascending, as those of real life are."""
    return UUID(f"0184{number:08x}7{kind:03x}8000{number:012x}")


def _id(kind: Kind, number: str) -> str:
    """The same in SQL. number: an expression."""
    digits = f"'0184' || lpad(to_hex({number}), 8, '0') || '7{kind:03x}8000' || lpad(to_hex({number}), 12, '0')"
    return f"({digits})::uuid"


@dataclass(frozen=True)
class Size:
    """How many villages there are, how many micro-grids each has, how many people live in one of those."""

    villages: int
    micro_grids: int
    residents: int = RESIDENTS

    @property
    def leaves(self) -> int:
        return self.villages * self.micro_grids

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
    """Writes the rows. connection: as `wuyi_owner`, in autocommit."""

    def __init__(self, connection: psycopg.Connection[Any], size: Size) -> None:
        self.connection = connection
        self.size = size

    def registry(self) -> None:
        """Villages, their areas, households of three and people."""
        size, village = self.size, _id(Kind.VILLAGE, "v")
        villages = (
            "(SELECT v, '9901' || lpad(v::text, 8, '0') AS path"
            f" FROM generate_series(0, {size.villages - 1}) AS v) AS each"
        )
        self._fill(
            "accounts_village",
            villages,
            id=village,
            area_path="path",
            name="'村' || v",
            time_zone="'Asia/Shanghai'",
            created_at=_at(START),
        )
        root = _id(Kind.ROOT, "v")
        self._fill(
            "territory_area", villages, id=root, village_id=village, area_path="path", level="'village'", name="'村'"
        )
        leaf = {"village_id": _id(Kind.VILLAGE, "v"), "level": "'micro_grid'", "name": "'微网格' || leaf"}
        self._fill("territory_area", self._leaves(), id=_id(Kind.AREA, "leaf"), area_path="path", **leaf)
        grid = {"village_id": _id(Kind.VILLAGE, "v"), "level": "'grid'", "name": "'网格' || leaf"}
        first = f"{self._leaves()} WHERE path LIKE '%01'"
        self._fill("territory_area", first, id=_id(Kind.GRID, "leaf"), area_path="left(path, -2)", **grid)
        self._people()

    def _people(self) -> None:
        person = self._everybody()
        where = {"village_id": _id(Kind.VILLAGE, "v"), "area_id": _id(Kind.AREA, "leaf"), "area_path": "path"}
        self._fill(  # a household has the number of its first person
            "registry_household",
            f"{self._leaves()} JOIN {person} USING (leaf) WHERE n % 3 = 0 ORDER BY n",
            id=_id(Kind.HOUSEHOLD, "n"),
            section_path="left(path, -2)",
            number="n::text",
            head_name="'户主' || n",
            **where,
        )
        self._fill(
            "registry_person",
            f"{self._leaves()} JOIN {person} USING (leaf) ORDER BY n",
            id=_id(Kind.PERSON, "n"),
            household_id=_id(Kind.HOUSEHOLD, "(n - n % 3)"),
            name="'村民' || n",
            name_sort="'cun min ' || n",
            sex="'female'",
            birth_date="date '1950-01-01' + n % 20000",
            residence="'resident'",
            whereabouts="'in_village'",
            updated_at=_at(START),
            **where,
        )

    def open_round(self, number: int, *, at: datetime) -> None:
        """A round in every village, in which everybody is owed.

        number: 0, 1, 2 …; a village's round, its roll and its station have the number `number * villages + village`.
        """
        size, roll, round_ = self.size, _id(Kind.ROLL, "r"), _id(Kind.ROUND, "r")
        villages = (
            f"(SELECT v, {number * size.villages} + v AS r, '9901' || lpad(v::text, 8, '0') AS path"
            f" FROM generate_series(0, {size.villages - 1}) AS v) AS each"
        )
        common = {"village_id": _id(Kind.VILLAGE, "v"), "area_path": "path", "opened_at": _at(at), "state": "'open'"}
        common["due_at"] = _at(at + timedelta(hours=24))
        self._fill("rolls_roll", villages, id=roll, kind="'screening.round'", subject_kind="'P'", **common)
        self._fill(
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
        station = {"id": _id(Kind.STATION, "r"), "village_id": _id(Kind.VILLAGE, "v"), "round_id": round_}
        self._fill("screening_station", villages, name="'广场'", kind="'fixed'", **station)
        self._entries(number, at)

    def _entries(self, number: int, at: datetime) -> None:
        size = self.size
        person = self._everybody()
        roll = _id(Kind.ROLL, f"(v + {number * size.villages})")
        where = {"village_id": _id(Kind.VILLAGE, "v"), "area_id": _id(Kind.AREA, "leaf"), "roll_id": roll}
        self._fill(
            "rolls_entry",
            f"{self._leaves()} JOIN {person} USING (leaf) ORDER BY n",
            id=_id(Kind.ENTRY, f"(n + {number}::bigint * {size.people})"),
            subject_id=_id(Kind.PERSON, "n"),
            opening="true",
            changed_at=_at(at),
            **where,
        )
        leaf, residents = _id(Kind.LEAF, f"(leaf + {number * size.leaves})"), str(size.residents)
        figures = {"opening": residents, "owed": residents}
        self._fill("rolls_leafcount", self._leaves(), id=leaf, area_path="path", **figures, **where)

    def _leaves(self) -> str:
        """Every micro-grid with its number, its village's number and its path."""
        grids = self.size.micro_grids
        return (
            f"(SELECT leaf, leaf / {grids} AS v, '9901' || lpad((leaf / {grids})::text, 8, '0')"
            f" || lpad((leaf % {grids} / {GRID_HOLDS} + 1)::text, 3, '0')"
            f" || lpad((leaf % {grids} % {GRID_HOLDS} + 1)::text, 2, '0') AS path"
            f" FROM generate_series(0, {self.size.leaves - 1}) AS leaf) AS leaves"
        )

    def _everybody(self) -> str:
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
        self._fill(
            "accounts_account",
            id=f"'{account}'",
            username=f"'采样员{number}'",
            name=f"'采样员{number}'",
            is_active="true",
            language="'zh-hans'",
            created_at=_at(at),
        )
        ids = {"id": f"'{id_of(Kind.GRANT, number)}'", "account_id": f"'{account}'"}
        self._fill(
            "accounts_grant",
            role="'sampler'",
            area_path=f"'{village_path(village)}'",
            village_id=f"'{village_id}'",
            starts_at=_at(START),
            **ids,
        )
        self._fill(
            "fieldsync_devicetoken",
            device=f"'{device}'",
            digest=f"'\\x{hashlib.sha256(token.encode()).hexdigest()}'",
            villages=f"""'["{village_id}"]'""",
            made_at=_at(at),
            ends_at=_at(at + timedelta(days=14)),
            **ids,
        )
        return Phone(device, token, village)

    def settle_down(self) -> None:
        """What autovacuum does in the course of a minute."""
        self.connection.execute("VACUUM ANALYZE")

    def _fill(self, table: str, source: str = "(SELECT 1) AS one", /, **columns: str) -> None:
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


def _at(moment: datetime) -> str:
    return f"timestamptz '{moment.isoformat()}'"


def _raw(text: str) -> sql.SQL:
    """Our own expressions, no user's text."""
    return sql.SQL(text)
