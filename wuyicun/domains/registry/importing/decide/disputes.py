"""What is open in 待定, as the page lays it side by side. Numbers are masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from wuyicun.domains.registry import labels, words
from wuyicun.domains.registry.importing import reports
from wuyicun.domains.registry.importing.decide.deciding import values_of
from wuyicun.domains.registry.importing.diff import comparing
from wuyicun.domains.registry.importing.diff.staging import stage
from wuyicun.domains.registry.models import Conflict, Household, ImportBatch, Person, Place
from wuyicun.domains.registry.naming import house_label, masked_id
from wuyicun.domains.registry.queries import PersonBrief, brief
from wuyicun.domains.registry.rules import ConflictCode, IdKind, Sex, birth_date_of, sex_of
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.web.formatting import masked_phone

PAGE = 20
_CELLS = """
    SELECT there.subject, cell.key, cell.value FROM ({now}) there CROSS JOIN LATERAL jsonb_each_text(there.now) cell
    WHERE there.subject = ANY(%(ids)s)
"""
_NOW = {"P": comparing.PERSON_NOW, "H": comparing.HOUSEHOLD_NOW, "L": comparing.PLACE_NOW}


@dataclass(frozen=True)
class Party:
    """One of those whom a conflict is about.

    Attributes:
        sex, age, house: in words.
        fits: what of the number agrees with what is known of them; `differs` what does not.
    """

    id: UUID
    name: str
    sex: words.Words
    birth_date: date | None
    house: str
    area: str
    phone: str
    relation: str
    holds: bool
    fits: Sequence[str]
    differs: Sequence[str]


@dataclass(frozen=True)
class Dispute:
    """Something to decide.

    Attributes:
        code: one of `rules.ConflictCode`.
        value: the disputed number, masked; `told` what it says of its holder.
        parties: the two with one number, or all who may be meant.
        about, cell, ours, theirs: whose cell both have changed, which, and the two values.
        source: the file and its row.
    """

    id: UUID
    code: str
    made_at: datetime
    source: str
    value: str
    told: str
    parties: Sequence[Party]
    about: str
    cell: words.Words
    ours: str
    theirs: str


@dataclass(frozen=True)
class Disputes:
    """Some of them, and the cursor of what follows."""

    disputes: Sequence[Dispute]
    next: UUID | None


def count_open(village_id: UUID) -> int:
    """How many are open."""
    return Conflict.rows().filter(village_id=village_id, decided_at=None).count()


def open_disputes(village_id: UUID, *, after: UUID | None = None, limit: int = PAGE) -> Disputes:
    """What is open, oldest first."""
    rows = Conflict.rows().filter(village_id=village_id, decided_at=None)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: limit + 1])
    shown = found[:limit]
    files = dict(
        ImportBatch.rows()
        .filter(village_id=village_id, pk__in=[each.batch_id for each in shown if each.batch_id])
        .values_list("pk", "file_name")
    )
    teller = _Teller(village_id, shown, files)
    return Disputes([teller.tell(each) for each in shown], shown[-1].pk if len(found) > limit else None)


class _Teller:
    """Tells conflicts, after fetching everybody they are about at once."""

    def __init__(self, village_id: UUID, conflicts: Sequence[Conflict], files: Mapping[UUID, str]) -> None:
        self._village_id = village_id
        self._files = files
        self._values = {each.pk: values_of(each) for each in conflicts}
        ids = {pk for each in conflicts for pk in (each.first_id, each.second_id) if pk is not None}
        ids |= {UUID(text) for values in self._values.values() for text in values.get("candidates", ())}
        self._people = brief(village_id, ids)
        self._rows = {person.pk: person for person in Person.rows().filter(village_id=village_id, pk__in=ids)}
        self._now = self._current([each for each in conflicts if each.code == ConflictCode.BOTH_CHANGED])

    def _current(self, conflicts: Sequence[Conflict]) -> dict[tuple[UUID, str], str]:
        """What the disputed cells say now."""
        if not conflicts:
            return {}
        stage(self._village_id, ())
        found: dict[tuple[UUID, str], str] = {}
        with connection.cursor() as cursor:
            for kind in {each.subject_kind for each in conflicts}:
                ids = [each.first_id for each in conflicts if each.subject_kind == kind]
                cursor.execute(_CELLS.format(now=_NOW[kind]), {"village": self._village_id, "ids": ids})
                found.update({(subject, cell): value for subject, cell, value in cursor.fetchall()})
        return found

    def tell(self, conflict: Conflict) -> Dispute:
        values = self._values[conflict.pk]
        number = str(values.get("id_number") or "")
        resident = number if values.get("id_kind") in (IdKind.RESIDENT, None) and len(number) == 18 else ""
        ids = [UUID(text) for text in values.get("candidates", ())] or [
            pk for pk in (conflict.first_id, conflict.second_id) if pk is not None
        ]
        here = [pk for pk in ids if pk in self._people and self._rows[pk].merged_into_id is None]
        parties = [self._party(self._people[pk], resident) for pk in here]
        row = values["row"] if conflict.code == ConflictCode.SEVERAL_MATCH else values
        return Dispute(
            id=conflict.pk,
            code=conflict.code,
            made_at=conflict.made_at,
            source=self._source(conflict, row),
            value=masked_id(number),
            told=_told(resident),
            parties=parties if conflict.code != ConflictCode.BOTH_CHANGED else (),
            about=self._about(conflict, values),
            cell=words.CELL.get(conflict.cell, ""),
            ours=self._shown(conflict, self._now.get((conflict.first_id, conflict.cell), "")),
            theirs=self._theirs(conflict, str(values.get("theirs", ""))),
        )

    def _source(self, conflict: Conflict, row: Mapping[str, Any]) -> str:
        name = self._files.get(conflict.batch_id, "") if conflict.batch_id else ""
        place = f"{row['sheet']} {row['row']}" if row.get("sheet") else ""
        return " ".join(filter(None, (name, place)))

    def _party(self, person: PersonBrief, number: str) -> Party:
        row = self._rows[person.id]
        fits: list[str] = []
        differs: list[str] = []
        if number and person.sex != Sex.UNKNOWN:
            (fits if person.sex == sex_of(number) else differs).append(_("性别"))
        if number and person.birth_date is not None:
            (fits if person.birth_date == birth_date_of(number) else differs).append(_("出生日期"))
        return Party(
            person.id, person.name, labels.SEX[person.sex], person.birth_date, person.house, person.area, person.phone,
            row.relation, row.id_index is not None, fits, differs,
        )  # fmt: skip

    def _about(self, conflict: Conflict, values: Mapping[str, Any]) -> str:
        if conflict.code == ConflictCode.SEVERAL_MATCH:
            row = values["row"]
            return " ".join(filter(None, (row["name"], row["section"], row["household_number"])))
        if conflict.subject_kind == "H":
            return self._house(conflict.first_id)
        if conflict.subject_kind == "L":
            place = Place.rows().filter(village_id=self._village_id, pk=conflict.first_id).first()
            return place.name if place else ""
        person = self._people.get(conflict.first_id)
        return f"{person.name} {person.house}" if person else ""

    def _house(self, household_id: UUID) -> str:
        house = Household.rows().filter(village_id=self._village_id, pk=household_id).first()
        if house is None:
            return ""
        return house_label(territory.names(self._village_id).get(house.section_path, ""), house.number, house.address)

    def _shown(self, conflict: Conflict, now: str) -> str:
        if conflict.code != ConflictCode.BOTH_CHANGED:
            return ""
        person = self._rows.get(conflict.first_id)
        if conflict.cell == "id_number" and person is not None:
            return masked_id(person.id_number or "")
        if conflict.cell == "phone" and person is not None:
            return masked_phone(person.phone or "")
        return reports.said(conflict.cell, now)

    def _theirs(self, conflict: Conflict, theirs: str) -> str:
        if conflict.cell == "id_number":
            return masked_id(theirs)
        return masked_phone(theirs) if conflict.cell == "phone" else reports.said(conflict.cell, theirs)


def _told(number: str) -> str:
    """What a number says of who holds it."""
    born = birth_date_of(number) if number else None
    return f"{labels.SEX[sex_of(number)]} {born.isoformat()}" if number and born else ""
