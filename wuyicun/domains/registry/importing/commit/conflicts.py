"""待定: opens what a file leaves to a person's decision, each once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from wuyicun.domains.registry.models import CONFLICT, Conflict
from wuyicun.domains.registry.roster import PersonRow, PlaceRow, Roster
from wuyicun.domains.registry.rules import ConflictCode
from wuyicun.kernel.crypto import blind_index

_CLAIMED = """
    SELECT f.id_index, coalesce(f.subject, f.new_id), f.n, f.holder FROM roster_fact f
    WHERE f.claimed AND f.status <> 'undecided' ORDER BY f.n
"""
_DISPUTED = """
    SELECT c.kind, c.n, c.subject, c.cell, c.said FROM roster_cell c WHERE c.outcome = 'disputed' ORDER BY c.n, c.cell
"""
_SEVERAL = """
    SELECT n, cells::text, candidates FROM roster_fact
    WHERE kind = 'P' AND status = 'undecided' ORDER BY n
"""


@dataclass(frozen=True)
class Opening:
    """What all new conflicts of a batch share."""

    village_id: UUID
    batch_id: UUID
    roster: Roster
    at: datetime

    def row(self, number: int) -> Any:
        """The row of the file that a staged line came from."""
        households, places = len(self.roster.households), len(self.roster.places)
        if number <= households:
            return self.roster.households[number - 1]
        if number <= households + places:
            return self.roster.places[number - households - 1]
        return self.roster.people[number - households - places - 1]

    def conflict(
        self, code: ConflictCode, first_id: UUID, values: dict[str, Any], index: bytes, **more: Any
    ) -> Conflict:
        """A conflict with its values sealed."""
        made = Conflict(
            village_id=self.village_id, code=code, first_id=first_id, batch_id=self.batch_id, made_at=self.at, **more
        )
        made.set_values(json.dumps(values, ensure_ascii=False, default=str), index)
        return made


def open_conflicts(*, village_id: UUID, batch_id: UUID, roster: Roster, at: datetime) -> int:
    """Open what the staged lines leave to be decided and is not open yet; return how many."""
    opening = Opening(village_id, batch_id, roster, at)
    found = [*_duplicate_ids(opening), *_both_changed(opening), *_several(opening)]
    Conflict.objects.bulk_create(found)
    return len(found)


def _duplicate_ids(opening: Opening) -> Iterator[Conflict]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMED)
        claims = cursor.fetchall()
    parties: dict[bytes, dict[UUID, int]] = {}
    for index, person, number, holder in claims:
        among = parties.setdefault(bytes(index), {})
        if holder is not None:
            among.setdefault(holder, number)
        among[person] = number
    rows = Conflict.rows().filter(
        village_id=opening.village_id, code=ConflictCode.DUPLICATE_ID, value_index__in=list(parties)
    )
    known = {(bytes(row.value_index or b""), frozenset((row.first_id, row.second_id))) for row in rows}
    for index, among in parties.items():
        first, *others = among
        for other in others:
            if (index, frozenset((first, other))) not in known:
                row: PersonRow = opening.row(among[other])
                values = {"id_number": row.id_number, "id_kind": row.id_kind}
                more = {"second_id": other, "cell": "id_number"}
                yield opening.conflict(ConflictCode.DUPLICATE_ID, first, values, index, **more)


def _both_changed(opening: Opening) -> Iterator[Conflict]:
    with connection.cursor() as cursor:
        cursor.execute(_DISPUTED)
        cells = cursor.fetchall()
    for kind, number, subject, cell, said in cells:
        # What an older file said of this cell is no longer asked.
        Conflict.rows().filter(
            village_id=opening.village_id, code=ConflictCode.BOTH_CHANGED, first_id=subject, cell=cell, decided_at=None
        ).update(decided_at=opening.at, decision="replaced")
        row = opening.row(number)
        theirs = _in_clear(row, cell, said)
        index = blind_index(f"{subject} {cell} {said}", CONFLICT)
        values = {"theirs": theirs, "sheet": row.sheet, "row": row.row}
        yield opening.conflict(ConflictCode.BOTH_CHANGED, subject, values, index, subject_kind=kind, cell=cell)


def _in_clear(row: PersonRow | PlaceRow, cell: str, said: str) -> str:
    if cell == "id_number" and isinstance(row, PersonRow):
        return row.id_number or ""
    return (row.phone or "") if cell == "phone" else said


def _several(opening: Opening) -> Iterator[Conflict]:
    with connection.cursor() as cursor:
        cursor.execute(_SEVERAL)
        lines = cursor.fetchall()
    if not lines:
        return
    indexes = [blind_index(cells, CONFLICT) for _, cells, _ in lines]
    rows = Conflict.rows().filter(
        village_id=opening.village_id, code=ConflictCode.SEVERAL_MATCH, value_index__in=indexes, decided_at=None
    )
    open_already = {bytes(row.value_index or b"") for row in rows}
    for index, (number, cells, candidates) in zip(indexes, lines, strict=True):
        if index in open_already:
            continue
        row: PersonRow = opening.row(number)
        values = {
            "candidates": [str(each) for each in candidates],
            "row": msgspec.to_builtins(row),
            "problems": [code for code in json.loads(cells)["problems"].split(",") if code],
        }
        second = candidates[1] if len(candidates) > 1 else None
        yield opening.conflict(ConflictCode.SEVERAL_MATCH, candidates[0], values, index, second_id=second)
