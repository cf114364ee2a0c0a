"""Setting how often households are checked, and opening one period after the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import queries as roll_queries
from wuyicun.domains.rolls.actions import Subject
from wuyicun.domains.rolls.following import follow
from wuyicun.domains.rolls.routine import due_by, lapse
from wuyicun.domains.rolls.rules import SubjectKind
from wuyicun.domains.verification import queries
from wuyicun.domains.verification.deciding import decide
from wuyicun.domains.verification.models import Check, Period, Plan
from wuyicun.domains.verification.rules import MOST_DAYS, ROLL_KIND, is_over, last_day, last_day_from_now
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal


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


@transaction.atomic
def keep_going(*, village_id: UUID, area_path: str, by: UUID | None, at: datetime) -> Period | None:
    """Close the period that is over and open the next one, the first included; returns what was opened.

    Args:
        area_path: the village's.
    """
    turns.take(alone=[village_id])  # no check is being taken in while periods change
    period = queries.current(village_id)
    today = _day_of(at)
    if period is not None and not is_over(period.ends_on, today):
        return None
    if period is not None:
        _close(period, by, at)
    every_days = queries.every_days(village_id)
    if not every_days:
        return None
    return _open(village_id, area_path, every_days, by, at)


def _close(period: Period, by: UUID | None, at: datetime) -> None:
    missed = lapse(roll=roll_queries.roll(period.village_id, period.roll_id), at=at)
    period.closed_at = at
    period.save(update_fields=["closed_at"])
    subject, data = ("period", period.pk), {"number": period.number, "missed": missed}
    audit("verification.close_period", by=by, at=at, village_id=period.village_id, subject=subject, data=data)
    rolls.touch([period.village_id], at)


def _open(village_id: UUID, area_path: str, every_days: int, by: UUID | None, at: datetime) -> Period | None:
    subjects = draw(village_id, area_path)
    if not subjects:
        return None
    today = _day_of(at)
    ends_on = last_day(today, every_days)
    roll = rolls.open_roll(
        village_id=village_id,
        kind=ROLL_KIND,
        subject_kind=SubjectKind.HOUSEHOLD,
        area_path=area_path,
        subjects=subjects,
        due_at=_midnight_after(ends_on),
        at=at,
    )
    last = Period.rows().filter(village_id=village_id).aggregate(last=Max("number"))["last"] or 0
    period: Period = Period.rows().create(
        village_id=village_id, roll=roll, number=last + 1, starts_on=today, ends_on=ends_on, opened_at=at
    )
    # What came in while we waited for our turn was made in this period, if only just.
    early = Check.rows().filter(village_id=village_id, at__gte=at).values_list("village_id", "household_id", "at")
    decide(early, at)
    subject, data = ("period", period.pk), {"number": period.number, "households": len(subjects)}
    audit("verification.open_period", by=by, at=at, village_id=village_id, subject=subject, data=data)
    rolls.touch([village_id], at)
    return period


@transaction.atomic
def households_changed(*, village_id: UUID, households: Collection[UUID], at: datetime) -> None:
    """The registry says something new of households: the period that runs takes them in, follows or excuses them."""
    period = queries.current(village_id)
    if period is None:
        return
    area_path = roll_queries.roll(village_id, period.roll_id).area_path
    drawn = draw(village_id, area_path, households)
    follow(village_id=village_id, roll_id=period.roll_id, asked=households, drawn=drawn, at=at)
    rolls.touch([village_id], at)


def draw(village_id: UUID, area_path: str, households: Collection[UUID] | None = None) -> Sequence[Subject]:
    """The households that owe a check: all of the area. `households`: only these."""
    found = registry.households_to_draw(village_id, area_path, households)
    return [Subject(each.id, each.area_id, each.area_path) for each in found]


def _day_of(at: datetime) -> date:
    return timezone.localtime(at).date()


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
