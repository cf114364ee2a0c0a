"""A town of 100,000 people kept as one village: names that repeat as they do, numbers, groups, cards and places.

Nobody in it exists. What people are found by is written by the program's own search, which takes a while.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.load import START, Kind, Loader, Size, id_in_sql, id_of, moment
from wuyicun.domains.registry import indexing, tokens
from wuyicun.domains.registry.models import CARD, ID_NUMBER, PHONE
from wuyicun.domains.registry.rules import Group, PlaceKind, check_digit
from wuyicun.kernel import scope
from wuyicun.kernel.crypto import blind_index, seal

SIZE = Size(villages=11, micro_grids=15, first=741)
"""The town, and ten villages beside it."""

SMALL = Size(villages=2, micro_grids=2, first=24)
"""Enough to see whether it runs."""

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
    "程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎单仇查朴区解翟盖"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文"
    "海红梅春燕云峰雪飞鹏浩宇轩子涵梓欣怡思雨佳俊晨乐行重朝长"
)
EVERY = {  # one in so many belongs to the group
    Group.ELDERLY: 6,
    Group.ILL: 30,
    Group.INFANT: 40,
    Group.HOME_VISIT: 60,
    Group.DISABLED: 80,
    Group.INFIRM: 100,
    Group.ALONE: 110,
    Group.PREGNANT: 200,
    Group.RISK: 300,
    Group.OUTSIDER: 33,
}
CARD_EVERY = 10
PLACES = 3_000


def _picked(characters: str, number: str) -> str:
    return f"substr('{characters}', 1 + ({number} % {len(characters)})::int, 1)"


def _number(column: str) -> str:
    return f"(SELECT b.{column} FROM benchmark_number b WHERE b.n = people.n)"


OF_PEOPLE = {
    "name": _picked(SURNAMES, "n * 7919::bigint")
    + " || "
    + _picked(GIVEN, "(n * 104729::bigint / 13)")
    + f" || CASE WHEN n % 5 > 0 THEN {_picked(GIVEN, '(n * 1299709::bigint / 97)')} ELSE '' END",
    "name_sort": "''",
    "sex": "(ARRAY['female', 'male'])[1 + n % 2]",
    "residence": "CASE WHEN n % 33 = 5 THEN 'outside'"
    " ELSE (ARRAY['resident', 'resident', 'county', 'city', 'floating'])[1 + n / 7 % 5] END",
    "whereabouts": "CASE WHEN n % 3001 = 3000 THEN 'elsewhere'"
    " ELSE (ARRAY['in_village', 'in_village', 'county', 'city', 'to_and_fro'])[1 + n / 11 % 5] END",
    "household_id": f"CASE WHEN n % 33 <> 5 THEN {id_in_sql(Kind.HOUSEHOLD, '(n - n % 3)')} END",
    "workplace": "CASE WHEN n % 33 = 5 THEN '砂石厂' ELSE '' END",
    "party_member": "n % 15 = 0",
    "problems": """CASE WHEN n % 2003 = 7 THEN '["missing_id"]'::jsonb ELSE '[]'::jsonb END""",
    "left_at": f"CASE WHEN n % 60 = 59 THEN {moment(START)} END",
    "left_reason": "CASE WHEN n % 60 = 59 THEN 'moved' ELSE '' END",
    **{column: _number(column) for column in ("id_sealed", "id_index", "phone_sealed", "phone_index")},
}
NUMBERS = """
CREATE TABLE benchmark_number
  (n bigint PRIMARY KEY, id_sealed bytea, id_index bytea, phone_sealed bytea, phone_index bytea)
"""
CARDS = "COPY registry_card (id, village_id, letter, subject_id, token_sealed, token_index, made_at) FROM STDIN"


def id_number(n: int) -> str:
    """The id number of the person with this number: valid, of nobody."""
    seventeen = f"990123{1930 + n % 90}{1 + n // 90 % 12:02d}{1 + n // 1080 % 28:02d}{n * 7 % 1000:03d}"
    return seventeen + check_digit(seventeen)


def phone(n: int) -> str:
    """The phone of the person with this number."""
    return f"139{n * 7919 % 100_000_000:08d}"


def token(n: int) -> str:
    """What stands on the card of the person with this number."""
    return f"{tokens.PERSON}{n:026d}"


class Town(Loader):
    """The rows of the registry; only the town itself has numbers, cards, places and keys to be found by."""

    def town(self) -> None:
        """Everything. Works in a scope of the system."""
        self.of_people = OF_PEOPLE
        self._numbers()
        self.registry()
        self._groups()
        self._places()
        self._cards()
        self.settle_down()
        village = id_of(Kind.VILLAGE, 0)
        with scope.enter(scope.of_system([village])):
            indexing.reindex(village)
        self.settle_down()

    @property
    def residents(self) -> range:
        """The numbers of the town's people."""
        return range(self.size.in_first * self.size.residents)

    def _numbers(self) -> None:
        self.connection.execute(NUMBERS)
        with self.connection.cursor() as cursor, cursor.copy("COPY benchmark_number FROM STDIN") as copy:
            for n in self.residents:
                copy.write_row((n, *_sealed(id_number(n), ID_NUMBER), *_sealed(phone(n), PHONE)))

    def _groups(self) -> None:
        for place, (group, every) in enumerate(EVERY.items()):
            self.fill(
                "registry_persongroup",
                f"{self.micro_grids()} JOIN {self.everybody()} USING (leaf) WHERE n % {every} = {place} ORDER BY n",
                id=id_in_sql(Kind.GROUP, f"(n * {len(EVERY)} + {place})"),
                village_id=id_in_sql(Kind.VILLAGE, "v"),
                person_id=id_in_sql(Kind.PERSON, "n"),
                group=f"'{group}'",
                source="'import'",
                starts_on="date '2022-11-01'",
            )

    def _places(self) -> None:
        kinds = ", ".join(f"'{kind}'" for kind in PlaceKind)
        leaf = f"(i % {self.size.in_first})"
        self.fill(
            "registry_place",
            f"(SELECT i, leaves.* FROM generate_series(0, {min(PLACES, len(self.residents))}) AS i"
            f" JOIN {self.micro_grids()} ON leaf = {leaf}) AS places",
            id=id_in_sql(Kind.PLACE, "i"),
            village_id=id_in_sql(Kind.VILLAGE, "v"),
            area_id=id_in_sql(Kind.AREA, "leaf"),
            area_path="path",
            name=f"{_picked(SURNAMES, 'i')} || '家小卖部' || i",
            kind=f"(ARRAY[{kinds}])[1 + i % {len(PlaceKind)}]",
        )

    def _cards(self) -> None:
        village = id_of(Kind.VILLAGE, 0)
        with self.connection.cursor() as cursor, cursor.copy(CARDS) as copy:
            for n in self.residents[::CARD_EVERY]:
                sealed, index = _sealed(token(n), CARD)
                subject, made = id_of(Kind.PERSON, n), START
                copy.write_row((id_of(Kind.CARD, n), village, tokens.PERSON, subject, sealed, index, made))


def _sealed(text: str, purpose: str) -> Iterator[bytes]:
    yield seal(text, purpose)
    yield blind_index(text, purpose)
