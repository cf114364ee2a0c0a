"""Setting how often households are checked, and opening one period after the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from wuyicun.domains.registry import counts
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import queries as roll_queries
from wuyicun.domains.rolls.actions import Subject
from wuyicun.domains.rolls.following import follow
from wuyicun.domains.rolls.routine import due_by, lapse, missed_in
from wuyicun.domains.rolls.rules import SubjectKind
from wuyicun.domains.verification import queries
from wuyicun.domains.verification.deciding import decide
from wuyicun.domains.verification.models import Check, Period, Plan
from wuyicun.domains.verification.rules import MOST_DAYS, ROLL_KIND, is_over, last_day, last_day_from_now
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal

JOB = "verification.go_on"
PORTION = 2_000
"""So many households are drawn, or written down as missed, in one transaction."""


class DaysOutOfRange(Refusal):
    """Households are checked at least once a year, or not at all."""

    code = "days_out_of_range"
    status = 400
    words = _("请填 1 到 365 之间的天数；填 0 表示不再定期核对")


@transaction.atomic
def set_every_days(*, village_id: UUID, every_days: int, by: UUID | None, at: datetime) -> None:
    """Say every how many days each household is checked; the period that runs gets its new end, today at the earliest.

    Raises:
        DaysOutOfRange.
    """
    if not 0 <= every_days <= MOST_DAYS:
        raise DaysOutOfRange
    turns.take(alone=[village_id])
    Plan.rows().update_or_create(
        village_id=village_id, defaults={"every_days": every_days, "updated_at": at, "updated_by": by}
    )
    period = queries.current(village_id)
    if period is not None and every_days:
        period.ends_on = last_day_from_now(period.starts_on, every_days, _day_of(at))
        period.save(update_fields=["ends_on"])
        due_by(roll=roll_queries.roll(village_id, period.roll_id), due_at=_midnight_after(period.ends_on))
    audit("verification.set_every_days", by=by, at=at, village_id=village_id, data={"days": every_days})
    rolls.touch([village_id], at)


def keep_going(*, village_id: UUID, area_path: str, by: UUID | None, at: datetime) -> Period | None:
    """Close the period that is over and open the next one, the first included; returns what was opened.

    Args:
        area_path: the village's.
    """
    before = queries.current(village_id)
    with transaction.atomic():
        while step(village_id=village_id, area_path=area_path, by=by, at=at):
            pass
    after = queries.current(village_id)
    return None if before is not None and after is not None and before.pk == after.pk else after


def begin(*, village_id: UUID, area_path: str, by: UUID | None, at: datetime) -> Period | None:
    """The same at once where there are few households, and by a job where there are many; the period, if there is one.

    Where it is a job's, the period is there already, and its households are being drawn.
    """
    if counts.households(village_id) <= PORTION:
        return keep_going(village_id=village_id, area_path=area_path, by=by, at=at)
    step(village_id=village_id, area_path=area_path, by=by, at=at)
    job = app.configure_task(JOB, lock=f"{JOB} {village_id}")
    job.defer(village_id=str(village_id), area_path=area_path, by=str(by) if by else None)
    return queries.current(village_id)


@transaction.atomic
def step(*, village_id: UUID, area_path: str, by: UUID | None, at: datetime) -> bool:
    """Do a part of `keep_going`, some thousands of households at once; whether there may be more to do.

    Run again it goes on where it stopped.
    """
    turns.take(alone=[village_id])  # no check is being taken in while periods change
    period = queries.current(village_id)
    if period is not None and not period.is_drawn:
        _draw_on(period, area_path, by, at)
        return True
    if period is not None:
        if not is_over(period.ends_on, _day_of(at)):
            return False
        _close_on(period, by, at)
        return True
    every_days = queries.every_days(village_id)
    return bool(every_days) and _open(village_id, area_path, every_days, at)


def _close_on(period: Period, by: UUID | None, at: datetime) -> None:
    roll = roll_queries.roll(period.village_id, period.roll_id)
    if not lapse(roll=roll, at=at, most=PORTION):
        return
    period.closed_at = at
    period.save(update_fields=["closed_at"])
    subject, data = ("period", period.pk), {"number": period.number, "missed": missed_in(roll)}
    audit("verification.close_period", by=by, at=at, village_id=period.village_id, subject=subject, data=data)
    rolls.touch([period.village_id], at)


def _open(village_id: UUID, area_path: str, every_days: int, at: datetime) -> bool:
    households = counts.households(village_id)
    if not households:
        return False
    today = _day_of(at)
    ends_on = last_day(today, every_days)
    roll = rolls.open_roll(
        village_id=village_id,
        kind=ROLL_KIND,
        subject_kind=SubjectKind.HOUSEHOLD,
        area_path=area_path,
        subjects=[],
        due_at=_midnight_after(ends_on),
        at=at,
    )
    last = Period.rows().filter(village_id=village_id).aggregate(last=Max("number"))["last"] or 0
    Period.rows().create(
        village_id=village_id,
        roll=roll,
        number=last + 1,
        starts_on=today,
        ends_on=ends_on,
        opened_at=at,
        is_drawn=False,
        to_draw=households,
    )
    return True


def _draw_on(period: Period, area_path: str, by: UUID | None, at: datetime) -> None:
    village_id = period.village_id
    found = registry.households_after(village_id, area_path, period.drawn_to, PORTION)
    subjects = [Subject(each.id, each.area_id, each.area_path) for each in found]
    rolls.join(village_id=village_id, roll_id=period.roll_id, subjects=subjects, opening=True, at=at)
    if found:
        period.drawn_to = found[-1].id
    period.is_drawn = len(found) < PORTION
    period.save(update_fields=["drawn_to", "is_drawn"])
    if period.is_drawn:
        # What came in while we waited for our turn, and while the others were drawn, was made in this period.
        early = Check.rows().filter(village_id=village_id, at__gte=period.opened_at)
        decide(early.values_list("village_id", "household_id", "at"), at)
        drawn = roll_queries.counts(village_id, period.roll_id).opening
        subject, data = ("period", period.pk), {"number": period.number, "households": drawn}
        audit("verification.open_period", by=by, at=at, village_id=village_id, subject=subject, data=data)
    rolls.touch([village_id], at)


@transaction.atomic
def households_changed(*, village_id: UUID, households: Collection[UUID], at: datetime) -> None:
    """The registry says something new of households: the period that runs takes them in, follows or excuses them."""
    period = queries.current(village_id)
    if period is None:
        return
    if not period.is_drawn:  # who has not had their turn yet is drawn as they are then
        households = [each for each in households if period.drawn_to is not None and each <= period.drawn_to]
    area_path = roll_queries.roll(village_id, period.roll_id).area_path
    drawn = draw(village_id, area_path, households)
    follow(village_id=village_id, roll_id=period.roll_id, asked=households, drawn=drawn, at=at)
    rolls.touch([village_id], at)


def draw(village_id: UUID, area_path: str, households: Collection[UUID]) -> Sequence[Subject]:
    """Those of the households that owe a check: all of the area."""
    found = registry.households_to_draw(village_id, area_path, households)
    return [Subject(each.id, each.area_id, each.area_path) for each in found]


def _day_of(at: datetime) -> date:
    return timezone.localtime(at).date()


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
