"""Series of rounds: begun with a scheme of the profile, ended by somebody; the program says when the next is due."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.profiles import queries as profiles
from wuyicun.domains.profiles.rules import Scheme
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.actions import MOST_REASON, ReasonNeeded
from wuyicun.domains.screening.models import Series
from wuyicun.domains.screening.queries import SeriesView
from wuyicun.domains.screening.schemes import Standing, standing
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database import turns
from wuyicun.kernel.errors import Refusal


class SeriesRuns(Refusal):
    """An area has one series at a time."""

    code = "series_runs"
    words = _("这个范围已经有一套轮次安排，先结束它")


class NoScheme(Refusal):
    """The profile does not know this scheme."""

    code = "no_scheme"
    status = 400
    words = _("方案里没有这种安排")


def schemes() -> dict[str, Scheme]:
    """The schemes of the profile by their codes."""
    return {each.code: each for each in profiles.shipped().parameters.schemes}


@transaction.atomic
def begin(*, village_id: UUID, area_path: str, scheme: str, by: UUID | None, at: datetime) -> Series:
    """Begin a series; every round over exactly this area belongs to it until it is ended.

    Raises:
        NoScheme, SeriesRuns.
    """
    if scheme not in schemes():
        raise NoScheme
    turns.take(alone=[village_id])
    if queries.series_of(village_id, area_path) is not None:
        raise SeriesRuns
    made: Series = Series.rows().create(
        village_id=village_id, area_path=area_path, scheme=scheme, begun_at=at, begun_by=by
    )
    told = {"area": area_path, "scheme": scheme}
    audit("screening.begin_series", by=by, at=at, village_id=village_id, subject=("series", made.pk), data=told)
    return made


@transaction.atomic
def end(*, series: Series, reason: str, by: UUID | None, at: datetime) -> None:
    """End a series with a reason; its rounds stay. One that was ended stays as it was.

    Raises:
        ReasonNeeded: no reason was given.
    """
    if not reason.strip():
        raise ReasonNeeded
    rows = Series.rows().filter(village_id=series.village_id, pk=series.pk, ended_at__isnull=True)
    if rows.update(ended_at=at, ended_by=by, reason=reason.strip()[:MOST_REASON]):
        audit("screening.end_series", by=by, at=at, village_id=series.village_id, subject=("series", series.pk))


def stands(series: SeriesView) -> Standing | None:
    """Where a series is; None when the profile of today does not know its scheme any more."""
    scheme = schemes().get(series.scheme)
    return standing(scheme, series.held, series.begun) if scheme is not None else None
