"""Gathers the people of all sheets: each person once, households filled, the clerk's totals compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from wuyicun.domains.registry.roster.fields import Field, SheetKind
from wuyicun.domains.registry.roster.parsing.households import Households, Placing
from wuyicun.domains.registry.roster.parsing.identity import IdSurvey
from wuyicun.domains.registry.roster.parsing.person import read_person
from wuyicun.domains.registry.roster.parsing.sheet import Row, SheetContext
from wuyicun.domains.registry.roster.parsing.walking import Total
from wuyicun.domains.registry.roster.rows import PersonRow
from wuyicun.domains.registry.rules import Residence, sex_of

Key = tuple[str | None, ...]


class People:
    """The people found so far."""

    def __init__(self, survey: IdSurvey, on: date | None) -> None:
        self.households = Households()
        self._survey = survey
        self._on = on
        self._people: list[PersonRow] = []
        self._rows: list[Row] = []
        self._place_of: dict[Key, int] = {}
        self._counted = 0

    def read_sheet(self, context: SheetContext, items: Sequence[Row | Total]) -> None:
        """Takes the people of one sheet."""
        self.households.begin_sheet(context)
        if Field.ID_NUMBER not in context.index_of:
            context.problem("no_id_column", None, "")
        counts = _Counts(self._counted)
        for item in items:
            if isinstance(item, Total):
                counts.compare(context, item, len(self.households.all()))
            else:
                counts.count(self._read(item))
        self._counted = counts.overall

    def _read(self, row: Row) -> str | None:
        """Takes one person; gives the household's number within its section for the count."""
        is_worker = row.context.layout.kind is SheetKind.WORKERS
        row.unfold()
        placing = Placing(None, row.section, row.micro_grid) if is_worker else self.households.place(row)
        row.note_errors()
        person = read_person(row, placing, self._survey, self._on)
        if not self._known_already(row, person):
            if placing.household:
                self.households.add(placing.household, row)
            self._people.append(person)
            self._rows.append(row)
        row.fold()
        return f"{placing.household.section}/{placing.household.number}" if placing.household else None

    def _known_already(self, row: Row, person: PersonRow) -> bool:
        """Whether this person stood in an earlier row; a worker who also lives here is one person."""
        key = _key(person)
        if key is None:
            return False
        place = self._place_of.setdefault(key, len(self._people))
        if place == len(self._people):
            return False
        first = self._people[place]
        if first.is_worker is person.is_worker:
            row.problem("duplicate_row", Field.NAME, other_sheet=first.sheet, other_row=str(first.row))
            return True
        row.problem("also_worker", Field.NAME, other_sheet=first.sheet, other_row=str(first.row))
        self._people[place] = _both(first, person)
        return True

    def finished(self) -> tuple[PersonRow, ...]:
        """All people; those who claim one id number are noted, each with the other."""
        claims: dict[str, list[int]] = {}
        for place, person in enumerate(self._people):
            if person.id_number in self._survey.disputed:
                claims.setdefault(str(person.id_number), []).append(place)
        for places in claims.values():
            for place in places:
                self._note_claim(place, next(other for other in places if other != place) if len(places) > 1 else place)
        return tuple(self._people)

    def _note_claim(self, place: int, other_place: int) -> None:
        person, other = self._people[place], self._people[other_place]
        fits = "yes" if person.sex is sex_of(str(person.id_number)) else "no"
        self._rows[place].problem(
            "duplicate_id", Field.ID_NUMBER, other=other.name, other_sheet=other.sheet, other_row=str(other.row),
            sex_fits=fits,
        )  # fmt: skip


def _key(person: PersonRow) -> Key | None:
    """What makes two rows the same person: id and name, or without an id all that is known of them."""
    if person.id_number:
        return (person.id_number, person.name)
    if person.household_number is None:
        return None
    known = (person.id_text, str(person.sex), str(person.birth_date), person.relation, person.phone, person.address)
    return (person.section, person.household_number, person.name, *known)


def _both(first: PersonRow, second: PersonRow) -> PersonRow:
    resident, worker = (second, first) if first.is_worker else (first, second)
    return msgspec.structs.replace(
        resident,
        is_worker=True,
        workplace=worker.workplace or resident.workplace,
        living_place=worker.living_place or resident.living_place,
        phone=resident.phone or worker.phone,
    )


class _Counts:
    """What a total may mean: the rows since the last total, those of the sheet, or all sheets so far."""

    def __init__(self, overall: int) -> None:
        self.overall = overall
        self._sheet = 0
        self._block = 0
        self._sheet_households: set[str] = set()
        self._block_households: set[str] = set()

    def count(self, household: str | None) -> None:
        self.overall += 1
        self._sheet += 1
        self._block += 1
        if household:
            self._sheet_households.add(household)
            self._block_households.add(household)

    def compare(self, context: SheetContext, total: Total, all_households: int) -> None:
        households = (len(self._sheet_households), len(self._block_households), all_households)
        people = (self._sheet, self._block, self.overall)
        for what, said, found in (("people", total.people, people), ("households", total.households, households)):
            if said is not None and said not in found:
                context.problem("row_count_differs", total.row, "", what=what, says=str(said), found=str(found[0]))
        self._block = 0
        self._block_households = set()


def is_resident(person: PersonRow) -> bool:
    """Whether the person stands in the roster of residents, not only on a sheet of outside workers."""
    return not (person.is_worker and person.residence is Residence.OUTSIDE)
