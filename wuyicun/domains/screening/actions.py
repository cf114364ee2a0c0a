"""Opening, closing, reopening and cancelling a round of testing; and records that the office makes on a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import merging as roll_merging
from wuyicun.domains.rolls import queries as roll_queries
from wuyicun.domains.rolls.following import follow
from wuyicun.domains.rolls.queries import RollRow
from wuyicun.domains.rolls.rules import SubjectKind
from wuyicun.domains.screening import deciding, merging, queries, reports, retests
from wuyicun.domains.screening.drawing import draw
from wuyicun.domains.screening.merging import Carried, Concerned
from wuyicun.domains.screening.models import Report, Round, Sample, Station
from wuyicun.domains.screening.rules import ROLL_KIND, RoundState
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal

MOST_REASON = 200


class NobodyToTest(Refusal):
    """A round needs people."""

    code = "nobody_to_test"
    words = _("这个区域还没有人。请先导入名册")


class TubesOpen(Refusal):
    """A round closes only when every tube has a result or was declared void or lost."""

    code = "tubes_without_result"
    words = _("还有 %(tubes)s 支试管没有结果，不能关闭本轮")


class RoundNotOpen(Refusal):
    """The round is closed or cancelled."""

    code = "round_not_open"
    words = _("本轮已关闭")


class RoundNotClosed(Refusal):
    """Only a closed round can be reopened."""

    code = "round_not_closed"
    words = _("本轮没有关闭")


class HasSamples(Refusal):
    """A round with samples cannot be cancelled."""

    code = "round_has_samples"
    words = _("本轮已有采样，不能取消")


class ReasonNeeded(Refusal):
    """Some decisions need a reason."""

    code = "reason_needed"
    status = 400
    words = _("请写明原因")


@dataclass(frozen=True)
class NewStation:
    """A station to be set up: fixed at a place, or the home visits."""

    name: str
    kind: str = "fixed"
    place_id: UUID | None = None


@transaction.atomic
def open_round(
    *,
    village_id: UUID,
    area_path: str,
    title: str,
    stations: Sequence[NewStation],
    due_at: datetime | None = None,
    pool_size: int | None = None,
    by: UUID | None,
    at: datetime,
) -> Round:
    """Open a round for everyone who is in the area; those who are away are excused from the start.

    It belongs to the series that runs over exactly this area, if there is one.

    Args:
        area_path: the village, a grid or a micro-grid.
        due_at: by when it must end; the profile's hours when None.
        pool_size: swabs in a tube; the profile's when None.

    Raises:
        NobodyToTest: nobody belongs to the area.
    """
    turns.take(alone=[village_id])  # the next number is ours until we commit
    profile = profiles.shipped()
    numbers = profile.parameters
    due = due_at or at + timedelta(hours=numbers.round_within_hours)
    roll, people = _open_roll(village_id, area_path, due, at)
    last = Round.rows().filter(village_id=village_id).aggregate(last=Max("number"))["last"] or 0
    round_: Round = Round.rows().create(
        village_id=village_id,
        roll=roll,
        series=queries.series_of(village_id, area_path),
        number=last + 1,
        title=title,
        area_path=area_path,
        profile=profile.version,
        pool_size=pool_size or numbers.pool_size,
        tube_minutes=numbers.tube_leaves_within_minutes,
        result_hours=numbers.result_within_hours,
        hold_hours=numbers.hold_hours,
        opened_at=at,
        opened_by=by,
        due_at=due,
    )
    Station.rows().bulk_create(
        Station(village_id=village_id, round=round_, name=each.name, kind=each.kind, place_id=each.place_id)
        for each in stations
    )
    told = {"area": area_path, "people": people}
    audit("screening.open_round", by=by, at=at, village_id=village_id, subject=("round", round_.pk), data=told)
    rolls.touch([village_id], at)
    return round_


def _open_roll(village_id: UUID, area_path: str, due_at: datetime, at: datetime) -> tuple[RollRow, int]:
    """The roll of everyone in the area, and how many they are."""
    subjects = draw(village_id, area_path, at)
    if not subjects:
        raise NobodyToTest
    roll = rolls.open_roll(
        village_id=village_id,
        kind=ROLL_KIND,
        subject_kind=SubjectKind.PERSON,
        area_path=area_path,
        subjects=subjects,
        due_at=due_at,
        at=at,
    )
    return roll, len(subjects)


@transaction.atomic
def add_station(*, village_id: UUID, round_: Round, station: NewStation, by: UUID | None, at: datetime) -> Station:
    """Another station of a round; the one of that name is returned as it is."""
    made: Station
    made, _made = Station.rows().get_or_create(
        village_id=village_id,
        round=round_,
        name=station.name,
        defaults={"kind": station.kind, "place_id": station.place_id},
    )
    audit("screening.add_station", by=by, at=at, village_id=village_id, subject=("station", made.pk))
    return made


def close_round(*, village_id: UUID, round_id: UUID, by: UUID | None, at: datetime) -> Report:
    """Close a round in which everyone is accounted for, and freeze its report.

    Excuses that have ended are ended first, and stay so when the closing is refused, so that it shows who is owed.

    Raises:
        RoundNotOpen: it is closed or cancelled.
        rolls.StillOwed: somebody is owed.
        TubesOpen: a tube has no result.
    """
    rolls.end_excuses(village_id=village_id, at=at)
    with transaction.atomic():
        round_ = _locked(village_id, round_id)
        if round_.state != RoundState.OPEN:
            raise RoundNotOpen
        missing = queries.totals(village_id, round_, at).without_result
        rolls.close(roll=roll_queries.roll(village_id, round_.roll_id), at=at)
        if missing:
            raise TubesOpen(tubes=missing)
        round_.state, round_.closed_at = RoundState.CLOSED, at
        round_.save(update_fields=["state", "closed_at"])
        audit("screening.close_round", by=by, at=at, village_id=village_id, subject=("round", round_.pk))
        report = reports.freeze(village_id=village_id, round_=round_, by=by, at=at)
        rolls.touch([village_id], at)
    return report


@transaction.atomic
def reopen_round(*, village_id: UUID, round_id: UUID, reason: str, by: UUID | None, at: datetime) -> None:
    """Open a closed round again; its reports stay.

    Raises:
        RoundNotClosed: it is not closed.
        ReasonNeeded: no reason was given.
    """
    round_ = _locked(village_id, round_id)
    if round_.state not in (RoundState.CLOSED, RoundState.AMENDED):
        raise RoundNotClosed
    if not reason.strip():
        raise ReasonNeeded
    round_.state, round_.closed_at, round_.reason = RoundState.OPEN, None, reason.strip()[:MOST_REASON]
    round_.save(update_fields=["state", "closed_at", "reason"])
    rolls.reopen(roll=roll_queries.roll(village_id, round_.roll_id))
    audit("screening.reopen_round", by=by, at=at, village_id=village_id, subject=("round", round_.pk))
    rolls.touch([village_id], at)


@transaction.atomic
def cancel_round(*, village_id: UUID, round_id: UUID, reason: str, by: UUID | None, at: datetime) -> None:
    """Cancel a round that was opened by mistake.

    Raises:
        RoundNotOpen, ReasonNeeded, HasSamples.
    """
    round_ = _locked(village_id, round_id)
    if round_.state != RoundState.OPEN:
        raise RoundNotOpen
    if not reason.strip():
        raise ReasonNeeded
    if Sample.rows().filter(village_id=village_id, round_id=round_.pk, voided=False).exists():
        raise HasSamples
    round_.state, round_.closed_at, round_.reason = RoundState.CANCELLED, at, reason.strip()[:MOST_REASON]
    round_.save(update_fields=["state", "closed_at", "reason"])
    rolls.cancel(roll=roll_queries.roll(village_id, round_.roll_id), at=at)
    audit("screening.cancel_round", by=by, at=at, village_id=village_id, subject=("round", round_.pk))
    rolls.touch([village_id], at)


def _locked(village_id: UUID, round_id: UUID) -> Round:
    """The round, alone with it: no record is being taken in while it closes, opens again or is cancelled."""
    turns.take(alone=[village_id])
    round_: Round = Round.rows().select_for_update().get(village_id=village_id, pk=round_id)
    return round_


@transaction.atomic
def people_changed(*, village_id: UUID, people: Collection[UUID], at: datetime) -> None:
    """The registry says something new of people: open rounds take them in, follow them, or excuse who left."""
    gone = dict.fromkeys(registry.died(village_id, people), "died")
    for round_ in queries.open_rounds(village_id):
        drawn = draw(village_id, round_.area_path, at, people=people)
        follow(village_id=village_id, roll_id=round_.roll_id, asked=people, drawn=drawn, gone=gone, at=at)
    rolls.touch([village_id], at)


@transaction.atomic
def people_merged(*, village_id: UUID, kept: UUID, other: UUID, at: datetime) -> None:
    """Two people are one: swabs and what was said at the door follow into the open rounds of who was kept."""
    turns.take(alone=[village_id])
    rounds = {round_.pk: round_.roll_id for round_ in queries.open_rounds(village_id)}
    carried = merging.carry(village_id, rounds, other=other, kept=kept)
    roll_merging.carry(village_id=village_id, rolls=list(rounds.values()), other=other, kept=kept, at=at)
    _settle_both(village_id, carried, kept, other, at)


@transaction.atomic
def people_parted(*, village_id: UUID, kept: UUID, other: UUID, at: datetime) -> None:
    """They are two after all: each has their own swabs again; rounds that closed meanwhile are amended."""
    turns.take(alone=[village_id])
    carried = merging.carry_back(village_id, other=other, kept=kept)
    roll_merging.carry_back(village_id=village_id, other=other, kept=kept, at=at)
    _settle_both(village_id, carried, kept, other, at)
    reports.amend({(village_id, each.round_id) for each in carried}, at)


def _settle_both(village_id: UUID, carried: Sequence[Carried], kept: UUID, other: UUID, at: datetime) -> None:
    both = {Concerned(village_id, each.round_id, each.roll_id, who) for each in carried for who in (kept, other)}
    deciding.settle_people(both, retested=True, at=at)
    tubes = {(each.round_id, each.tube) for each in carried}
    retests.decide([{"village_id": village_id, "round_id": round_id, "code": tube} for round_id, tube in tubes], at)
    retests.tell({(village_id, kept), (village_id, other)}, at)
    rolls.touch([village_id], at)
