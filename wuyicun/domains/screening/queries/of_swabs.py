"""What is asked of swabs: whose they are, which do not count and why, what came out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening.models import Round, Sample, Tube
from wuyicun.domains.screening.queries.of_rounds import round_
from wuyicun.domains.screening.rules import (
    DUPLICATE,
    FLAGS,
    Fit,
)


@dataclass(frozen=True)
class Swab:
    """A swab as a tube's page shows it."""

    id: UUID
    person_id: UUID
    tube: str
    at: datetime
    retest: bool
    by: UUID | None
    flag: str


def swabs(village_id: UUID, round_id: UUID, *, tube: str | None = None, flagged: bool = False) -> Sequence[Swab]:
    """A round's swabs in the order they were taken: of one tube, or only those that do not count."""
    rows = Sample.rows().filter(village_id=village_id, round_id=round_id)
    if tube is not None:
        rows = rows.filter(tube=tube)
    samples = list(rows.order_by("at", "id"))
    roll_id = round_(village_id, round_id).roll_id
    live = {
        entry.subject_id: entry.settled_by
        for entry in rolls.entries_of(village_id, roll_id, [sample.person_id for sample in samples])
    }
    views = [Swab(s.pk, s.person_id, s.tube, s.at, s.retest, s.by, _flag(s, live.get(s.person_id))) for s in samples]
    return [view for view in views if view.flag] if flagged else views


def swabs_by_id(village_id: UUID, samples: Collection[UUID]) -> Mapping[UUID, tuple[str, datetime]]:
    """The tube and the time of these swabs."""
    rows = Sample.named(village_id, samples)
    return {pk: (tube, at) for pk, tube, at in rows.values_list("pk", "tube", "corrected_at")}


_FLAGGED = f"""
SELECT count(*) FROM screening_sample s JOIN screening_round r ON r.village_id = s.village_id AND r.id = s.round_id
  LEFT JOIN rolls_entry e ON e.village_id = s.village_id AND e.roll_id = r.roll_id AND e.subject_id = s.person_id
WHERE s.village_id = %s AND s.round_id = %s AND s.fit <> {Fit.VOIDED:d}
  AND (s.fit <> {Fit.OK:d} OR (NOT s.retest AND e.settled_by IS DISTINCT FROM s.id))
"""


def flagged(village_id: UUID, round_id: UUID) -> int:
    """How many of a round's swabs are kept but do not count, those taken back on purpose left out."""
    with connection.cursor() as cursor:
        cursor.execute(_FLAGGED, [village_id, round_id])
        return int((cursor.fetchone() or (0,))[0])


def has_swabs(village_id: UUID, round_id: UUID) -> bool:
    """Whether somebody was sampled in the round: what stands in the way of cancelling it."""
    return Sample.rows().filter(village_id=village_id, round_id=round_id, voided=False).exists()


def swab(village_id: UUID, round_id: UUID, record_id: UUID) -> Swab | None:
    """The swab that a record of this round took, None when it took none."""
    sample = Sample.rows().filter(village_id=village_id, round_id=round_id, pk=record_id).first()
    if sample is None:
        return None
    return next(each for each in swabs(village_id, round_id, tube=sample.tube) if each.id == record_id)


def _flag(sample: Sample, live: UUID | None) -> str:
    fit = Fit(sample.fit)
    if fit is Fit.VOIDED:
        return "voided"
    if fit is Fit.NO_TUBE:
        return "tube_not_opened"
    if fit is Fit.OK:
        return "" if sample.retest or live == sample.pk else DUPLICATE
    return FLAGS[fit]


def sampled_at(village_id: UUID, samples: Collection[UUID]) -> Mapping[UUID, datetime]:
    """When these swabs were taken."""
    rows = Sample.named(village_id, samples)
    return dict(rows.values_list("pk", "corrected_at"))


def results_of(village_id: UUID, person_id: UUID) -> Sequence[tuple[Round, Swab, str, datetime | None]]:
    """A person's swabs in all rounds with the result of their tubes, latest first; of both rows if they had two."""
    people = [person_id, *registry.merged_into(village_id, person_id)]
    samples = list(Sample.rows().filter(village_id=village_id, person_id__in=people).order_by("-at")[:50])
    rounds = Round.rows().filter(village_id=village_id).in_bulk({sample.round_id for sample in samples})
    wanted = Q(pk__in=[])
    for sample in samples:
        wanted |= Q(round_id=sample.round_id, code=sample.tube)
    found = {(tube.round_id, tube.code): tube for tube in Tube.rows().filter(wanted, village_id=village_id)}
    rows = []
    for s in samples:
        tube = found.get((s.round_id, s.tube))
        swab = Swab(s.pk, s.person_id, s.tube, s.at, s.retest, s.by, _flag(s, s.pk))
        rows.append((rounds[s.round_id], swab, tube.result if tube else "", tube.result_at if tube else None))
    return rows
