"""What is asked of the proof of a round: whether its sums hold, what stands behind a state, which were printed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.screening.models import Proof, Round, Sample, Tube
from wuyicun.domains.screening.queries.of_rounds import stations
from wuyicun.domains.screening.rules import RoundState
from wuyicun.kernel.database.statements import execute


@dataclass(frozen=True)
class Sums:
    """The figures of a round in some areas, each found in a way of its own.

    Attributes:
        kept: the counters that every page shows.
        counted: the same, counted again from the entries.
        people: how many different people they are of.
        left_out: people of the registry there who stand on no list; None once the round is closed.
    """

    kept: Counts
    counted: Counts
    people: int
    left_out: int | None

    @property
    def agree(self) -> bool:
        """Do they all say the same, and is nobody left out?"""
        return self.kept == self.counted and self.people == self.kept.current and not self.left_out


_PEOPLE = """
SELECT count(DISTINCT subject_id) FROM rolls_entry WHERE village_id = %s AND roll_id = %s AND area_id = ANY (%s::uuid[])
"""


def sums(village_id: UUID, round_: Round, area_ids: Collection[UUID], area_paths: Collection[str]) -> Sums:
    """The figures of a round in these leaves.

    Args:
        area_ids: the leaves.
        area_paths: the areas of the registry that are looked through for people on no list.
    """
    asked = set(area_ids)

    def total(leaves: Sequence[rolls.LeafCounts]) -> Counts:
        return sum((leaf.counts for leaf in leaves if leaf.area_id in asked), Counts())

    people = int(execute(_PEOPLE, village_id, round_.roll_id, list(asked))[0][0])
    return Sums(
        total(rolls.leaf_counts(village_id, round_.roll_id)),
        total(rolls.recount(village_id, round_.roll_id)),
        people,
        _left_out(village_id, round_, area_paths) if round_.state == RoundState.OPEN else None,
    )


# EXCEPT, not NOT EXISTS: to the planner a roll of a village looks small, and it would read the whole of it for each.
_LEFT_OUT = """
SELECT count(*) FROM (
  SELECT p.id FROM registry_person p WHERE p.village_id = %s AND p.left_at IS NULL
    AND EXISTS (SELECT 1 FROM unnest(%s::text[]) AS x (path)
      WHERE p.area_path >= x.path AND p.area_path < x.path || '~')
  EXCEPT SELECT e.subject_id FROM rolls_entry e WHERE e.village_id = %s AND e.roll_id = %s) AS without
"""


def _left_out(village_id: UUID, round_: Round, area_paths: Collection[str]) -> int:
    return int(execute(_LEFT_OUT, village_id, list(area_paths), village_id, round_.roll_id)[0][0])


@dataclass(frozen=True)
class Behind:
    """The swab that settles an entry.

    Attributes:
        tube_id: None while nobody opened the tube.
        result: of the tube, '' while there is none.
    """

    tube: str
    tube_id: UUID | None
    at: datetime
    by: UUID | None
    station: str
    result: str


def swabs_behind(village_id: UUID, round_id: UUID, samples: Collection[UUID]) -> Mapping[UUID, Behind]:
    """Where, when and by whom these swabs of a round were taken, and what came out."""
    rows = list(Sample.named(village_id, samples))
    names = {station.pk: station.name for station in stations(village_id, round_id)}
    codes = Q(code__in={row.tube for row in rows})
    tubes = {each.code: each for each in Tube.rows().filter(codes, village_id=village_id, round_id=round_id)}
    found = {}
    for row in rows:
        tube = tubes.get(row.tube)
        found[row.pk] = Behind(
            row.tube,
            tube.pk if tube else None,
            row.corrected_at,
            row.by,
            names.get(row.station_id, "") if row.station_id else "",
            tube.result if tube else "",
        )
    return found


@dataclass(frozen=True)
class Printed:
    """A proof that was printed, as it was then."""

    code: str
    round_id: UUID
    data: Mapping[str, Any]
    digest: str
    file_digest: str
    made_at: datetime
    made_by: UUID | None


def proofs(village_id: UUID, round_id: UUID, limit: int = 20) -> Sequence[Printed]:
    """The proofs of a round, latest first."""
    rows = Proof.rows().filter(village_id=village_id, round_id=round_id).order_by("-made_at", "-id")
    return [_printed(row) for row in rows[:limit]]


def proof(village_id: UUID, code: str) -> Printed | None:
    """The proof that bears a code."""
    row = Proof.rows().filter(village_id=village_id, code=code).first()
    return None if row is None else _printed(row)


def _printed(row: Proof) -> Printed:
    return Printed(row.code, row.round_id, row.data, row.digest, row.file_digest, row.made_at, row.made_by)
