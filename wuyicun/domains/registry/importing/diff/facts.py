"""What a roster says of each person, household and place, as cells that can be compared.

A cell is a text; one that is not there was not said and changes nothing. Id numbers and phones are compared by their
keyed digests and travel sealed beside the cells.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from wuyicun.domains.registry.models import ID_NUMBER, PHONE, PLACE_PHONE, UNREAD
from wuyicun.domains.registry.roster import HouseholdRow, PersonRow, PlaceRow, Roster, Severity
from wuyicun.domains.registry.rules import Group, Sex
from wuyicun.kernel import spelling
from wuyicun.kernel.crypto import blind_index, seal
from wuyicun.kernel.ids import uuid7_text

PERSON, HOUSEHOLD, PLACE = "P", "H", "L"
LENGTHS = {
    "name": 64,
    "relation": 32,
    "whereabouts_text": 64,
    "address": 120,
    "registered_address": 120,
    "workplace": 64,
    "note": 200,
    "head_name": 64,
    "contact_name": 64,
    "location": 120,
    "area": 64,
    "number": 40,
}
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_ENCODER = msgspec.json.Encoder()

Cells = dict[str, str]


class Fact(NamedTuple):
    """One line of the staging table, in the order of its columns.

    Attributes:
        kind: P, H or L.
        number: its place among all, from 1.
        about: a code (residence, kind of place), '|', and where they live or work: what a list shows beside the name.
        section, house, workplace: where it is looked for when there is no id number; '' when not said.
        cells: what the file says, as JSON.
        birth, sex: of the sheet, to tell people of one name apart.
        disputed: its id number stands on several people of the file.
        new_id: the id it gets if it is new.
    """

    kind: str
    number: int
    sheet: str
    row: int
    name: str
    about: str
    section: str
    house: str
    workplace: str
    cells: str
    birth: str | None
    sex: str | None
    id_index: bytes | None
    id_sealed: bytes | None
    disputed: bool
    phone_index: bytes | None
    phone_sealed: bytes | None
    unread_sealed: bytes | None
    name_sort: str
    new_id: str


def text(said: str | None, cell: str) -> str | None:
    """A text that the cell's column can hold; None when there is nothing in it."""
    if said is None:
        return None
    if said.isalnum() and len(said) <= LENGTHS[cell]:
        return said
    return storable(said)[: LENGTHS[cell]].strip() or None


def storable(said: str) -> str:
    """A text without the characters that PostgreSQL does not keep or nobody can see."""
    return said if said.isalnum() else _UNSTORABLE.sub("", said).strip()


def area(section: str | None, micro_grid: str | None) -> str | None:
    """How a micro-grid is written in a cell: with its section before it."""
    if not micro_grid:
        return None
    return f"{text(section, 'area') or ''}/{text(micro_grid, 'area')}"


class Facts:
    """Goes through a roster once; the households first, since the people point to them."""

    def __init__(self, roster: Roster, *, sealing: bool) -> None:
        """
        Args:
            roster: what the file says.
            sealing: id numbers and phones will be stored, not only compared.
        """
        self._roster = roster
        self._sealing = sealing
        self._number = 0
        claims = Counter(person.id_number for person in roster.people if person.id_number)
        self._disputed = {number for number, times in claims.items() if times > 1}
        self._problems = problems_by_row(roster)

    def __iter__(self) -> Iterator[Fact]:
        for household in self._roster.households:
            yield self._household(household)
        for place in self._roster.places:
            yield self._place(place)
        for person in self._roster.people:
            yield self._person(person)

    def __len__(self) -> int:
        return len(self._roster.households) + len(self._roster.places) + len(self._roster.people)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _household(self, row: HouseholdRow) -> Fact:
        section, house = text(row.section, "area") or "", text(row.number, "number") or ""
        cells = _said(
            house=f"{section}/{house}",
            micro_grid=area(row.section, row.micro_grid),
            address=text(row.address, "address"),
            head_name=text(row.head, "head_name"),
        )
        name = f"{section} {house}".strip()
        about = f"|{storable(row.head or '')}"
        return self._fact(HOUSEHOLD, row.sheet, row.row, name, cells, section=section, house=house, about=about)

    def _place(self, row: PlaceRow) -> Fact:
        section = text(row.section, "area") or ""
        name = text(row.name, "name") or "?"
        cells = _said(
            name=name,
            kind=row.kind,
            contact_name=text(row.manager, "contact_name"),
            phone=_hex(row.phone, PLACE_PHONE),
            location=text(row.address, "location"),
            note=text(row.note, "note"),
            area=area(row.section, row.micro_grid) or (f"{section}/" if section else None),
        )
        about = f"{row.kind}|{section}"
        return self._fact(
            PLACE, row.sheet, row.row, name, cells, section=section, about=about, phone=row.phone, purpose=PLACE_PHONE
        )

    def _person(self, row: PersonRow) -> Fact:
        section, house = text(row.section, "area") or "", text(row.household_number, "number") or ""
        name = text(row.name, "name") or "?"
        unread = _unread(row)
        cells = _said(
            name=name,
            sex=None if row.sex is Sex.UNKNOWN else row.sex,
            birth_date=row.birth_date.isoformat() if row.birth_date else None,
            id_kind=row.id_kind if row.id_number else None,
            id_number=_hex(row.id_number, ID_NUMBER),
            phone=_hex(row.phone, PHONE),
            unread=_hex(unread, UNREAD),
            relation=text(row.relation, "relation"),
            household=f"{section}/{house}" if house else None,
            micro_grid=None if house else area(row.section, row.micro_grid),
            address=text(row.living_place if row.living_place and not row.address else row.address, "address"),
            registered_address=text(row.registered_address, "registered_address"),
            party_member=_answer(row.party_member),
            residence=row.residence,
            whereabouts=row.whereabouts,
            whereabouts_text=text(row.whereabouts_text, "whereabouts_text"),
            groups=_groups(row),
            home_visit=_answer(row.home_visit),
            sampling_code=_answer(row.sampling_code_registered),
            note=text(row.note, "note"),
            workplace=text(row.workplace, "workplace"),
            problems=",".join(self._problems.get((row.sheet, row.row), ())),
        )
        return self._fact(
            PERSON, row.sheet, row.row, name, cells, section=section, house=house,
            about=f"{row.residence or ''}|{' '.join(filter(None, (section, house, row.workplace)))}",
            workplace=cells.get("workplace", ""), id_number=row.id_number, phone=row.phone, unread=unread,
        )  # fmt: skip

    def _fact(
        self, kind: str, sheet: str, row: int, name: str, cells: Cells, *, section: str, house: str = "",
        workplace: str = "", about: str, id_number: str | None = None, phone: str | None = None,
        unread: str | None = None, purpose: str = PHONE,
    ) -> Fact:  # fmt: skip
        sealing = self._sealing
        return Fact(
            kind=kind,
            number=self._next(),
            sheet=sheet[:64],
            row=row,
            name=name,
            about=about[:200],
            section=section,
            house=house,
            workplace=workplace,
            cells=_ENCODER.encode(cells).decode(),
            birth=cells.get("birth_date"),
            sex=cells.get("sex"),
            id_index=bytes.fromhex(cells["id_number"]) if "id_number" in cells else None,
            id_sealed=seal(id_number, ID_NUMBER) if sealing and id_number else None,
            disputed=id_number in self._disputed,
            phone_index=bytes.fromhex(cells["phone"]) if "phone" in cells else None,
            phone_sealed=seal(phone, purpose) if sealing and phone else None,
            unread_sealed=seal(unread, UNREAD) if sealing and unread else None,
            name_sort=_sort_key(name) if sealing and kind == PERSON else "",
            new_id=uuid7_text(),
        )


@lru_cache(100_000)
def _sort_key(name: str) -> str:
    return spelling.sort_key(name)


def problems_by_row(roster: Roster) -> Mapping[tuple[str, int], list[str]]:
    """The codes that stay with a person until they are put right, by sheet and row."""
    found: dict[tuple[str, int], list[str]] = {}
    for problem in roster.problems:
        if problem.row is not None and problem.severity in (Severity.CHECK, Severity.DECIDE):
            codes = found.setdefault((problem.sheet, problem.row), [])
            if problem.code not in codes:
                codes.append(str(problem.code))
    for codes in found.values():
        codes.sort()
    return found


def _said(**cells: str | None) -> Cells:
    return {name: value for name, value in cells.items() if value is not None}


def _hex(number: str | None, purpose: str) -> str | None:
    return blind_index(number, purpose).hex() if number else None


def _answer(said: bool | None) -> str | None:
    return None if said is None else "true" if said else "false"


def _groups(row: PersonRow) -> str | None:
    """The groups as one cell, so that what was added or taken away by hand can be told apart."""
    said: Iterable[Group] = row.groups if row.groups is not None else ()
    groups = {str(group) for group in said} | ({str(Group.OUTSIDER)} if row.is_worker else set())
    return None if row.groups is None and not row.is_worker else ",".join(sorted(groups))


def _unread(row: PersonRow) -> str | None:
    """What stands where an id number or a phone could not be read."""
    texts = {"id_number": row.id_text, "phone": row.phone_text}
    found = {name: said[:80] for name, said in texts.items() if said}
    return json.dumps(found, ensure_ascii=False, sort_keys=True) if found else None
