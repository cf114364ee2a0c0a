"""轮次安排: where each series of rounds is, when its next round is due; ending one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wuyicun.domains.profiles.words import SCHEMES
from wuyicun.domains.screening import access, queries, series
from wuyicun.domains.screening.schemes import Stage, Standing
from wuyicun.domains.screening.words import Words
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.formatting import day_words
from wuyicun.kernel.web.writing import attempt


@dataclass(frozen=True)
class Line:
    """A series as the page of rounds shows it.

    Attributes:
        due: its next round is due today or was before.
        may_open: the account opens rounds there, and so may open the next and end the series.
    """

    id: UUID
    area: str
    area_path: str
    scheme: Words
    sentence: str
    tone: str
    due: bool
    may_open: bool


def lines(request: ScopedRequest, now: datetime) -> Sequence[Line]:
    """The series that run in some part of what the account sees."""
    running, today = queries.running_series(request.village.pk), timezone.localtime(now).date()
    names = territory.names(request.village.pk, [each.area_path for each in running]) if running else {}
    found = []
    for each in running:
        at = series.stands(each)
        if at is None or not access.reaches(request.scope, Permission.VIEW_BOARD, each.area_path):
            continue
        said, tone = _sentence(at, today)
        may_open = request.scope.permits(Permission.OPEN_ROUND, each.area_path)
        due = at.stage is Stage.DUE and at.on is not None and at.on <= today
        scheme = SCHEMES.get(each.scheme, each.scheme)
        found.append(Line(each.id, names.get(each.area_path, ""), each.area_path, scheme, said, tone, due, may_open))
    return found


def _sentence(at: Standing, today: date) -> tuple[str, str]:
    clean = _("已连续 %(clean)s 轮没有阳性") % {"clean": at.clean}
    if at.stage is Stage.COMPLETE:
        return _("%(clean)s，可以停了") % {"clean": clean}, "done"
    if at.stage is Stage.RUNNING or at.on is None:
        return _("这一轮正在采，%(clean)s") % {"clean": clean}, "owed"
    words = {"clean": clean, "day": day_words(at.on, today), "days": (today - at.on).days}
    if at.on < today:
        return _("下一轮已晚了 %(days)s 天，%(clean)s") % words, "late"
    if at.last:
        return _("%(clean)s，%(day)s再采最后一轮") % words, "owed"
    return _("下一轮%(day)s开，%(clean)s") % words, "owed"


@require_POST
def series_end(request: ScopedRequest, series_id: UUID) -> HttpResponse:
    """End a series."""
    found = access.a_series(request.scope, request.village.pk, series_id, Permission.OPEN_ROUND)

    def end() -> None:
        series.end(series=found, reason=request.POST.get("reason", ""), by=request.account.pk, at=clock.now())

    attempt(request, end, _("轮次安排已结束"))
    return redirect("rounds")
