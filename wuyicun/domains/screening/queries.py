"""What is asked of rounds: their facts, tubes, who is missing, and what blocks the closing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.deciding import execute
from wuyicun.domains.rolls.rules import Counts, State
from wuyicun.domains.screening.models import Report, Round, Sample, Station, Tube, TubeRecord
from wuyicun.domains.screening.rules import (
    DUPLICATE,
    ENDED,
    FLAGS,
    RETEST_KIND,
    Fit,
    RoundState,
    TubeClock,
    TubeResult,
    TubeState,
    is_late,
    leaves_by,
)

RoundRow = Round
"""For rooms above, which may name what they are given but not query it."""


@dataclass(frozen=True)
class RoundFacts:
    """What taking in records must know of a round."""

    roll_id: UUID
    state: str
    closed_at: datetime | None
    stations: frozenset[UUID]


_FACTS = """
WITH given AS (SELECT * FROM json_to_recordset(%s::json) AS r (village_id uuid, round_id uuid))
SELECT r.village_id, r.id, r.roll_id, r.state, r.closed_at,
  ARRAY(SELECT s.id FROM screening_station s WHERE s.village_id = r.village_id AND s.round_id = r.id)
FROM screening_round r JOIN given g ON g.village_id = r.village_id AND g.round_id = r.id
"""


def round_facts(named: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], RoundFacts]:
    """The facts of rounds by (village, round); unknown ones are left out."""
    given = [{"village_id": village, "round_id": round_id} for village, round_id in named]
    return {
        (row[0], row[1]): RoundFacts(row[2], row[3], row[4], frozenset(row[5]))
        for row in (execute(_FACTS, given) if given else [])
    }


@dataclass(frozen=True)
class TubeView:
    """A tube as lists show it."""

    id: UUID
    code: str
    state: TubeState
    station: str
    pool: int
    swabs: int
    opened_at: datetime | None
    first_swab_at: datetime | None
    closed_at: datetime | None
    closed_count: int | None
    short_reason: str
    handed_at: datetime | None
    handed_by: str
    carried_by: str
    received_at: datetime | None
    result: str
    result_at: datetime | None
    leaves_by: datetime | None
    late: bool

    @property
    def short(self) -> bool:
        """Closed with fewer swabs than its pool."""
        return self.closed_count is not None and self.closed_count < self.pool

    @property
    def count_differs(self) -> bool:
        """The count at the closing is not the number of swabs recorded."""
        return self.closed_count is not None and self.closed_count != self.swabs


@dataclass(frozen=True)
class TubeTotals:
    """The tubes of a round in figures; each is a list of its own on the screen."""

    all: int = 0
    open: int = 0
    waiting: int = 0
    under_way: int = 0
    sent: int = 0
    short: int = 0
    late: int = 0
    lost: int = 0
    positive: int = 0
    without_result: int = 0
    disputed: int = 0
    oldest_waiting_at: datetime | None = None


def rounds(village_id: UUID) -> Sequence[Round]:
    """The village's rounds, latest first."""
    return list(Round.rows().filter(village_id=village_id).order_by("-number"))


def round_(village_id: UUID, round_id: UUID) -> Round:
    """Raises Round.DoesNotExist."""
    found: Round = Round.rows().get(village_id=village_id, pk=round_id)
    return found


def current_round(village_id: UUID) -> Round | None:
    """The latest open round, else the latest that was not cancelled."""
    rows = Round.rows().filter(village_id=village_id).exclude(state=RoundState.CANCELLED)
    found: Round | None = (
        rows.filter(state=RoundState.OPEN).order_by("-number").first() or rows.order_by("-number").first()
    )
    return found


def open_rounds(village_id: UUID) -> Sequence[Round]:
    """The open rounds, latest first."""
    return list(Round.rows().filter(village_id=village_id, state=RoundState.OPEN).order_by("-number"))


def stations(village_id: UUID, round_id: UUID) -> Sequence[Station]:
    """A round's stations by name."""
    return list(Station.rows().filter(village_id=village_id, round_id=round_id).order_by("kind", "name"))


def tubes(
    village_id: UUID,
    round_: Round,
    at: datetime,
    *,
    states: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> Sequence[TubeView]:
    """A round's tubes by the time they were opened; one that was put away while it was empty only by its code."""
    rows = Tube.rows().filter(village_id=village_id, round=round_)
    if states is not None:
        rows = rows.filter(state__in=states)
    rows = rows.exclude(_put_away()) if codes is None else rows.filter(code__in=codes)
    names = {station.pk: station.name for station in stations(village_id, round_.pk)}
    return [_view(tube, names, round_.tube_minutes, at) for tube in rows.order_by("opened_at", "code")]


def _put_away() -> Q:
    """Every record of the tube was taken back: a phone had opened it and then taken another."""
    of_it = {"village_id": OuterRef("village_id"), "round_id": OuterRef("round_id"), "tube": OuterRef("code")}
    told = Exists(TubeRecord.rows().filter(**of_it, voided=False))
    swabs = Exists(Sample.rows().filter(**of_it, voided=False))
    return Q(state=TubeState.EXPECTED) & ~told & ~swabs


def _view(tube: Tube, names: Mapping[UUID, str], minutes: int, at: datetime) -> TubeView:
    clock = TubeClock(tube.first_swab_at, tube.closed_at, tube.handed_at)
    ended = tube.state in ENDED
    return TubeView(
        id=tube.pk,
        code=tube.code,
        state=TubeState(tube.state),
        station=names.get(tube.station_id, "") if tube.station_id else "",
        pool=tube.pool,
        swabs=tube.swabs,
        opened_at=tube.opened_at,
        first_swab_at=tube.first_swab_at,
        closed_at=tube.closed_at,
        closed_count=tube.closed_count,
        short_reason=tube.short_reason,
        handed_at=tube.handed_at,
        handed_by=tube.handed_by,
        carried_by=tube.carried_by,
        received_at=tube.received_at,
        result=tube.result,
        result_at=tube.result_at,
        leaves_by=None if ended or tube.handed_at else leaves_by(clock, minutes),
        late=not ended and is_late(clock, minutes, at),
    )


def tube_key(village_id: UUID, tube_id: UUID) -> tuple[UUID, str] | None:
    """The round and the code of a tube, None when there is no such tube."""
    found: tuple[UUID, str] | None = (
        Tube.rows().filter(village_id=village_id, pk=tube_id).values_list("round_id", "code").first()
    )
    return found


def totals(views: Sequence[TubeView]) -> TubeTotals:
    """The figures of these tubes. Sent: handed over or further; waiting: closed, not handed over."""
    waiting = [tube for tube in views if tube.state is TubeState.CLOSED]
    sent = [tube for tube in views if tube.handed_at is not None]
    settled = (TubeResult.NEGATIVE, TubeResult.POSITIVE)
    return TubeTotals(
        all=len(views),
        open=sum(tube.state in (TubeState.OPEN, TubeState.EXPECTED) for tube in views),
        waiting=len(waiting),
        under_way=sum(tube.state in (TubeState.HANDED, TubeState.RECEIVED) for tube in views),
        sent=len(sent),
        short=sum(tube.short for tube in views),
        late=sum(tube.late for tube in views),
        lost=sum(tube.state is TubeState.LOST for tube in views),
        positive=sum(tube.result == TubeResult.POSITIVE for tube in views),
        without_result=sum(tube.result not in settled and tube.state not in ENDED for tube in views),
        disputed=sum(tube.result == TubeResult.DISPUTED for tube in views),
        oldest_waiting_at=min((tube.closed_at for tube in waiting if tube.closed_at), default=None),
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
        for entry in rolls.entries(village_id, roll_id, subjects=[sample.person_id for sample in samples])
    }
    views = [Swab(s.pk, s.person_id, s.tube, s.at, s.retest, s.by, _flag(s, live.get(s.person_id))) for s in samples]
    return [view for view in views if view.flag] if flagged else views


def swabs_by_id(village_id: UUID, samples: Collection[UUID]) -> Mapping[UUID, tuple[str, datetime]]:
    """The tube and the time of these swabs."""
    rows = Sample.rows().filter(village_id=village_id, pk__in=samples)
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


@dataclass(frozen=True)
class Retests:
    """The single re-tests below a round."""

    roll_id: UUID | None
    counts: Counts
    negative: int
    positive: int


def retests(village_id: UUID, round_: Round) -> Retests:
    """How many re-tests were opened, and what came out."""
    child = rolls.child(village_id, round_.roll_id, RETEST_KIND)
    if child is None:
        return Retests(None, Counts(), 0, 0)
    done = rolls.entries(village_id, child.pk, states=[State.DONE])
    settled = [entry.settled_by for entry in done if entry.settled_by]
    tubes_of = list(Sample.rows().filter(village_id=village_id, pk__in=settled).values_list("tube", flat=True))
    results = list(
        Tube.rows().filter(village_id=village_id, round=round_, code__in=tubes_of).values_list("code", "result")
    )
    by_code = dict(results)
    outcomes = [by_code.get(code, "") for code in tubes_of]
    return Retests(
        child.pk,
        rolls.counts(village_id, child.pk),
        outcomes.count(TubeResult.NEGATIVE),
        outcomes.count(TubeResult.POSITIVE),
    )


def owes_retest(village_id: UUID, round_: Round, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who owe a single re-test in the round."""
    child = rolls.child(village_id, round_.roll_id, RETEST_KIND)
    if child is None:
        return set()
    return {entry.subject_id for entry in rolls.entries(village_id, child.pk, subjects=people, states=[State.OWED])}


def sampled_at(village_id: UUID, samples: Collection[UUID]) -> Mapping[UUID, datetime]:
    """When these swabs were taken."""
    rows = Sample.rows().filter(village_id=village_id, pk__in=samples)
    return dict(rows.values_list("pk", "corrected_at"))


def results_of(village_id: UUID, person_id: UUID) -> Sequence[tuple[Round, Swab, str, datetime | None]]:
    """A person's swabs in all rounds with the result of their tubes, latest first."""
    samples = list(Sample.rows().filter(village_id=village_id, person_id=person_id).order_by("-at")[:50])
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


def reports(village_id: UUID, round_id: UUID) -> Sequence[Report]:
    """The frozen reports of a round, latest version first."""
    return list(Report.rows().filter(village_id=village_id, round_id=round_id).order_by("-version"))


def sampled_since(village_id: UUID, round_id: UUID, since: datetime) -> int:
    """How many swabs that can count were taken since a moment."""
    rows = Sample.rows().filter(village_id=village_id, round_id=round_id, fit=Fit.OK, corrected_at__gte=since)
    return rows.count()


@dataclass(frozen=True)
class Mistakes:
    """工作零失误 as far as testing goes, of one round: who was forgotten, and tubes that went wrong."""

    round: Round
    owed_late: int
    unreachable: int
    tubes_late: tuple[TubeView, ...]
    tubes_lost: tuple[TubeView, ...]
    tubes_unmatched: tuple[TubeView, ...]
    drift: int

    @property
    def total(self) -> int:
        """All of them."""
        tubes_wrong = len(self.tubes_late) + len(self.tubes_lost) + len(self.tubes_unmatched)
        return self.owed_late + self.unreachable + tubes_wrong + self.drift


def mistakes(village_id: UUID, since: datetime, at: datetime) -> Sequence[Mistakes]:
    """What went wrong in the rounds opened since a moment, latest round first; rounds without mistakes are left out."""
    rows = Round.rows().filter(village_id=village_id, opened_at__gte=since).exclude(state=RoundState.CANCELLED)
    found = [_mistakes(village_id, round_, at) for round_ in rows.order_by("-number")]
    return [each for each in found if each.total]


def _mistakes(village_id: UUID, round_: Round, at: datetime) -> Mistakes:
    counts = rolls.counts(village_id, round_.roll_id)
    views = tubes(village_id, round_, at)
    closed = round_.closed_at is not None
    return Mistakes(
        round=round_,
        owed_late=counts.owed if not closed and round_.due_at < at else 0,
        unreachable=counts.unreachable if closed else 0,
        tubes_late=tuple(tube for tube in views if tube.late),
        tubes_lost=tuple(tube for tube in views if tube.state is TubeState.LOST),
        tubes_unmatched=tuple(tube for tube in views if tube.state is TubeState.EXPECTED),
        drift=len(rolls.drift(village_id, round_.roll_id)),
    )
