"""The working book (工作底册) on the screen, as Excel and on paper."""

from __future__ import annotations

from itertools import islice

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access
from wuyicun.domains.registry.labels import REVEAL_REASON
from wuyicun.domains.registry.reports import book
from wuyicun.domains.registry.reports.book import Entry, Part, Wanted
from wuyicun.domains.registry.web.common import area_chips, with_query
from wuyicun.domains.registry.web.ledgers import asking
from wuyicun.domains.registry.web.ledgers.taking import OFFICIAL_LANGUAGE, or_back_to
from wuyicun.domains.registry.web.reports.taking import (
    Asked,
    Report,
    area_of,
    as_excel,
    as_pdf,
    note,
    title_of,
)
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.workbook import Column, Sheet
from wuyicun.kernel.roles import Permission

MOST_PLACES_SHOWN = 200


@require_GET
def report_book(request: ScopedRequest) -> HttpResponse:
    """The working book, phones masked."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    wanted = Wanted(area_of(request))
    lines = list(book.organisation(request.scope, request.village, wanted, clock.now()))
    shown = list(islice(book.places(request.scope, request.village, wanted), MOST_PLACES_SHOWN))
    more = book.count_places(request.scope, request.village, wanted) - len(shown)
    vacant = sum(each.vacant for each in lines if each.part is Part.AREAS)
    context = {
        "title": title_of(request, _("工作底册")),
        "parts": [
            (_("片区和微网格"), _linked(request, [each for each in lines if each.part is Part.AREAS]), True),
            (_("组织机构"), _linked(request, [each for each in lines if each.part is Part.UNITS]), False),
            (_("点位"), _linked(request, shown), False),
        ],
        "more": more,
        "vacant": vacant,
        "empty": not lines and not shown,
        "asked": [("area", wanted.area_path)] if wanted.area_path else [],
        "areas": area_chips(request, {"area": wanted.area_path}, Permission.VIEW_PEOPLE),
        "may_have_all": request.scope.permits(Permission.EXPORT_LEDGER),
        "reasons": list(REVEAL_REASON.items()),
    }
    return render(request, "registry/report_book.html", context)


def _linked(request: ScopedRequest, lines: list[Entry]) -> list[tuple[Entry, str]]:
    """Lines with the page behind each: the people of an area, a unit for who fills posts; '' for none."""
    units = request.scope.permits(Permission.MANAGE_POSTS, request.village.area_path)
    pages = {Part.AREAS: lambda each: reverse("people") + with_query({"area": each.path})}
    if units:
        pages[Part.UNITS] = lambda each: reverse("unit", args=[each.id])
    return [(each, pages[each.part](each) if each.part in pages else "") for each in lines]


@require_POST
@or_back_to("report_book")
def report_book_export(request: ScopedRequest) -> HttpResponseBase:
    """The working book as an Excel file."""
    asked = _asked(request)
    with override(OFFICIAL_LANGUAGE):
        return as_excel(request, asked, _report(request, asked))


@require_POST
@or_back_to("report_book")
def report_book_print(request: ScopedRequest) -> HttpResponseBase:
    """The working book on paper."""
    asked = _asked(request)
    with override(OFFICIAL_LANGUAGE):
        return as_pdf(request, asked, _report(request, asked))


def _asked(request: ScopedRequest) -> Asked:
    clear, why = asking.numbers_asked(request)
    return Asked(area_of(request), clock.now(), clear, why)


def _report(request: ScopedRequest, asked: Asked) -> Report:
    wanted = Wanted(asked.area_path, asked.clear)
    lines = book.entries(request.scope, request.village, wanted, asked.at)
    rows = [[number, *each.cells] for number, each in enumerate(lines, 1)]
    title = title_of(request, _("工作底册"))
    sheet = Sheet(
        title=_("工作底册"),
        official_title=title,
        notes=[note(request, asked)],
        columns=[
            Column(_("序号"), "number", 6),
            Column(_("类别"), width=14),
            Column(_("名称"), width=22),
            Column(_("详细地址"), width=40),
            Column(_("主要负责人"), width=13),
            Column(_("联系电话"), width=15),
            Column(_("户数"), "number", 8),
            Column(_("人口"), "number", 8),
        ],
        rows=rows,
        signatures=[_("填表人"), _("审核人")],
    )
    return Report("book", title, [sheet], len(rows))
