"""The weekly change sheet on the screen and as an Excel file, of any week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access
from wuyicun.domains.registry.labels import LEFT_REASON, MERGED_AWAY, SEX, WHEREABOUTS
from wuyicun.domains.registry.reports import changes
from wuyicun.domains.registry.reports.changes import Line, Week
from wuyicun.domains.registry.reports.moves import Change
from wuyicun.domains.registry.rules import age_on
from wuyicun.domains.registry.web.common import Words, area_chips, today, with_query
from wuyicun.domains.registry.web.ledgers.taking import OFFICIAL_LANGUAGE
from wuyicun.domains.registry.web.reports.taking import Asked, Report, area_of, as_excel, note, sent, title_of
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.workbook import Column, Sheet
from wuyicun.kernel.roles import Permission

CHANGES: Mapping[Change, Words] = {
    Change.IN: gettext_lazy("迁入"),
    Change.BORN: gettext_lazy("出生"),
    Change.OUT: gettext_lazy("迁出"),
    Change.DIED: gettext_lazy("去世"),
    Change.MOVED: gettext_lazy("村内移动"),
    Change.AWAY: gettext_lazy("外出"),
    Change.BACK: gettext_lazy("返村"),
    Change.CORRECTED: gettext_lazy("登记更正"),
}
_CODES: Mapping[str, Words] = {
    **LEFT_REASON,
    **WHEREABOUTS,
    "by_hand": gettext_lazy("在系统里添加"),
    "import": gettext_lazy("导入名册"),
    "returned": gettext_lazy("放回名册"),
    "birth": gettext_lazy("登记出生"),
    "undo_death": gettext_lazy("撤销了去世登记"),
    "merged": MERGED_AWAY,
}
_A_WEEK = timedelta(days=7)


@require_GET
def report_changes(request: ScopedRequest) -> HttpResponse:
    """Who came, was born, left, died, moved in a week."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    monday = _monday(request)
    found = changes.sheet(request.scope, request.village.pk, _week(request, monday))
    query = {"area": area_of(request), "week": monday.isoformat()}
    this_week = _first_day(today())
    context = {
        "title": title_of(request, _("每周变动")),
        "answer": _in_one_sentence(found.counts),
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "figures": [(CHANGES[change], number, change) for change, number in found.counts.items()],
        "lines": [(line, CHANGES[line.outcome.change], _about(line), _page(line)) for line in found.lines],
        "first_entered": found.first_entered,
        "earlier": with_query(query, week=(monday - _A_WEEK).isoformat()),
        "later": with_query(query, week=(monday + _A_WEEK).isoformat()) if monday < this_week else "",
        "areas": area_chips(request, query, Permission.VIEW_PEOPLE),
        "asked": [pair for pair in query.items() if pair[1]],
        "area": query["area"],
    }
    return render(request, "registry/report_changes.html", context)


@require_POST
def report_changes_export(request: ScopedRequest) -> HttpResponseBase:
    """The sheet as an Excel file."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    monday, asked = _monday(request), Asked(area_of(request), clock.now())
    found = changes.sheet(request.scope, request.village.pk, _week(request, monday))
    with override(OFFICIAL_LANGUAGE):
        title = title_of(request, _("人口变动周报"))
        days = _("%(first)s 至 %(last)s") % {"first": monday, "last": monday + timedelta(days=6)}
        sums = " · ".join(f"{CHANGES[change]} {number}" for change, number in found.counts.items() if number)
        rows = [_cells(number, line) for number, line in enumerate(found.lines, 1)]
        sheet = Sheet(
            title=_("每周变动"),
            official_title=title,
            notes=[f"{days} · {sums or _('没有变动')}", note(request, asked, numbers=False)],
            columns=_columns(),
            rows=rows,
            signatures=[_("填表人"), _("审核人")],
        )
        return as_excel(request, asked, Report("changes", f"{title}{monday:%Y%m%d}", [sheet], len(rows)))


def _monday(request: ScopedRequest) -> date:
    """The first day of the week that an address names by any of its days; else of this week."""
    try:
        asked = date.fromisoformat(sent(request).get("week", ""))
    except ValueError:
        return _first_day(today())
    return _first_day(min(max(asked, date(2000, 1, 3)), today()))


def _first_day(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(request: ScopedRequest, monday: date) -> Week:
    since, until = (timezone.make_aware(datetime.combine(day, time.min)) for day in (monday, monday + _A_WEEK))
    return Week(since, until, area_of(request))


def _in_one_sentence(counts: Mapping[Change, int]) -> str:
    known = [f"{CHANGES[change]} {number}" for change, number in counts.items() if number]
    return _("，").join(known) if known else _("这一周没有变动")


def _about(line: Line) -> str:
    """From where to where, or why, unless the kind of change says it all."""
    one = line.outcome
    if one.start or one.end:
        return f"{one.start or '?'} → {one.end or '?'}"
    words = str(_CODES.get(one.code, ""))
    return "" if words == str(CHANGES[one.change]) else words


def _page(line: Line) -> str:
    if not line.open:
        return ""
    return reverse("person" if line.kind == "P" else "household", args=[line.id])


def _columns() -> list[Column]:
    return [
        Column(_("序号"), "number", 6),
        Column(_("变动"), width=10),
        Column(_("日期"), "date", 12),
        Column(_("姓名"), width=14),
        Column(_("性别"), width=8),
        Column(_("年龄"), "number", 8),
        Column(_("户号"), width=18),
        Column(_("微网格"), width=16),
        Column(_("说明"), width=36),
        Column(_("人数"), "number", 8),
        Column(_("登记人"), width=12),
    ]


def _cells(number: int, line: Line) -> list[str | int | date | None]:
    one = line.outcome
    day = timezone.localdate(one.at)
    age = None if line.birth_date is None else age_on(line.birth_date, day)
    sex = str(SEX[line.sex]) if line.sex else ""
    change, about = str(CHANGES[one.change]), _about(line)
    return [number, change, day, line.name, sex, age, line.house, line.area, about, line.people, one.by]
