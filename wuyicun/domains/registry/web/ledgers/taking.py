"""Taking a ledger along: as an Excel or CSV file, on paper; and the page that shows who took what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from itertools import islice

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access
from wuyicun.domains.registry.labels import REVEAL_REASON
from wuyicun.domains.registry.ledgers import lines, shelf, taking
from wuyicun.domains.registry.ledgers.definition import Column as LedgerColumn
from wuyicun.domains.registry.ledgers.lines import Line
from wuyicun.domains.registry.ledgers.subjects import listed
from wuyicun.domains.registry.ledgers.taking import How, Leaving, Sort, Why
from wuyicun.domains.registry.web.common import cursor, today
from wuyicun.domains.registry.web.ledgers import asking, controls
from wuyicun.domains.registry.web.ledgers.asking import Asked, ReasonMissing
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.cells import in_words
from wuyicun.kernel.documents.delimited import delimited
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.documents.workbook import Column, Page, Sheet, workbook
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.responses import attachment, pdf

MOST_ON_PAPER = 5_000
OFFICIAL_LANGUAGE = "zh-hans"
HOW_WORDS = {
    How.EXCEL: gettext_lazy("Excel 表"),
    How.PDF: "PDF",
    How.TEMPLATE: gettext_lazy("按模板填好的表"),
    How.CSV: "CSV",
}
_NUMBER = gettext_lazy("序号")


class TooLongForPaper(Refusal):
    """More lines than anybody prints."""

    code = "too_long_for_paper"
    status = 400
    words = gettext_lazy("超过 %(most)s 行，不好打印。请先选一个微网格，或导出 Excel")


def or_back_to(name: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """What cannot be taken so is said on the page of this name, where the same is asked for."""

    def around(take: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(take)
        def view(request: ScopedRequest, **which: str) -> HttpResponseBase:
            try:
                return take(request, **which)
            except (ReasonMissing, TooLongForPaper) as refusal:
                notices.say(request, str(refusal), level=messages.ERROR)
                asked = [
                    (field, str(value))
                    for field, values in request.POST.lists()
                    for value in values
                    if field == "area" or field.startswith("f.")
                ]
                return HttpResponseRedirect(reverse(name, kwargs=which) + controls.as_address(asked))

        return view

    return around


@require_POST
@or_back_to("ledger")
def ledger_export(request: ScopedRequest, code: str) -> HttpResponseBase:
    """The ledger as an Excel file under its official title.

    The rows are read while the file is written to a nameless temporary one, within the request's own scope; what
    streams afterwards is that file.
    """
    asked, at = asking.to_take(request, code), clock.now()
    definition = asked.ledger.definition
    counted = Counted(lines.lines(request.scope, request.village.pk, asked.wanted))
    with override(OFFICIAL_LANGUAGE):
        title = asking.title_of(request, asked.ledger)
        sheet = Sheet(
            title=str(asked.ledger.title),
            official_title=title,
            notes=notes(request, asked, at),
            columns=[Column(str(_NUMBER), "number", 6), *(_column(asked, each) for each in definition.columns)],
            rows=([number, *line.cells] for number, line in enumerate(counted, 1)),
            signatures=[_(each) for each in definition.signatures],
            page=Page(definition.paper.value, definition.upright, watermark(request, at)),
        )
        file = workbook([sheet], made_by=request.account.name, made_at=at)
    log(request, asked, How.EXCEL, title=title, rows=counted.count, at=at)
    return attachment(file, f"{title}.xlsx")


def _column(asked: Asked, column: LedgerColumn) -> Column:
    field = listed(asked.ledger.definition).field_by_code[column.field]
    kind = "text" if column.masked else field.cells
    return Column(str(shelf.heading(asked.ledger.definition, column)), kind)


@require_POST
@or_back_to("ledger")
def ledger_csv(request: ScopedRequest, code: str) -> HttpResponseBase:
    """The same lines for another program: one row of titles, and at the end who took it."""
    asked, at = asking.to_take(request, code), clock.now()
    counted = Counted(lines.lines(request.scope, request.village.pk, asked.wanted))
    with override(OFFICIAL_LANGUAGE):
        title = asking.title_of(request, asked.ledger)
        titles = [str(shelf.heading(asked.ledger.definition, each)) for each in asked.ledger.definition.columns]
        file = delimited(titles, (line.cells for line in counted), " · ".join(notes(request, asked, at)))
    log(request, asked, How.CSV, title=title, rows=counted.count, at=at)
    return attachment(file, f"{title}.csv", "text/csv; charset=utf-8")


@require_POST
@or_back_to("ledger")
def ledger_print(request: ScopedRequest, code: str) -> HttpResponse:
    """The ledger as a PDF, made for its paper."""
    asked, at = asking.to_take(request, code), clock.now()
    with override(OFFICIAL_LANGUAGE):
        found = list(islice(lines.lines(request.scope, request.village.pk, asked.wanted), MOST_ON_PAPER + 1))
        if len(found) > MOST_ON_PAPER:
            raise TooLongForPaper(most=MOST_ON_PAPER)
        title = asking.title_of(request, asked.ledger)
        counted = asking.counted(listed(asked.ledger.definition).unit, len(found))
        sheet = _for_paper(request, asked, title, found, at)
        content = on_paper(request, sheet, [asking.area_name(request, asked.wanted.area_path), counted], at)
    log(request, asked, How.PDF, title=title, rows=len(found), at=at)
    return pdf(content, title)


def _for_paper(request: ScopedRequest, asked: Asked, title: str, found: list[Line], at: datetime) -> Sheet:
    definition = asked.ledger.definition
    return Sheet(
        title=title,
        notes=notes(request, asked, at),
        columns=[
            Column(str(_NUMBER), width=0.6),
            *(Column(str(shelf.heading(definition, each)), width=each.weight) for each in definition.columns),
        ],
        rows=[[number, *line.cells] for number, line in enumerate(found, 1)],
        signatures=[_(each) for each in definition.signatures],
        page=Page(definition.paper.value, definition.upright),
    )


def on_paper(request: ScopedRequest, sheet: Sheet, about: list[str], at: datetime) -> bytes:
    """A sheet as a PDF: its columns' widths are their shares of the page, `about` stands beside the date."""
    data = {
        "made": {"by": request.account.name, "at": in_words(at)},
        "from": None,
        "title": sheet.title,
        "about": [f"{today():%Y-%m-%d}", *about],
        "columns": [{"title": each.title, "weight": each.width} for each in sheet.columns],
        "rows": [[in_words(cell) for cell in row] for row in sheet.rows],
        "notes": sheet.notes,
        "paper": sheet.page.paper,
        "upright": sheet.page.upright,
        "signatures": sheet.signatures,
        "watermark": watermark(request, at),
    }
    return typeset("ledger", data, language=OFFICIAL_LANGUAGE)


@require_GET
def ledgers_taken(request: ScopedRequest) -> HttpResponse:
    """Who took which ledger, when, how much of it and why."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    page = taking.taken(request.scope, request.village.pk, after=cursor(request))
    context = {
        "rows": [(each, HOW_WORDS[How(each.how)], REVEAL_REASON.get(each.why.reason, "")) for each in page.rows],
        "next": page.next,
        "all": request.scope.permits(Permission.EXPORT_LEDGER),
    }
    return render(request, "registry/ledgers_taken.html", context)


class Counted:
    """Lines that are counted as they go by."""

    def __init__(self, lines_: Iterator[Line]) -> None:
        self._lines = lines_
        self.count = 0

    def __iter__(self) -> Iterator[Line]:
        for line in self._lines:
            self.count += 1
            yield line


def watermark(request: ScopedRequest, at: datetime) -> str:
    """Who took it and when, for every page of it."""
    return f"{request.account.name} {in_words(at)}"


def notes(request: ScopedRequest, asked: Asked, at: datetime) -> list[str]:
    """Who took it, when and what for: it goes with the paper."""
    known = listed(asked.ledger.definition)
    areas = dict(asking.areas_to_choose(request))
    filters = [controls.in_words(each, known.field_by_code[each.field], areas) for each in asked.wanted.further]
    about = [asking.area_name(request, asked.wanted.area_path), *filters]
    return [said_of_it(request, about, asked.why if asked.wanted.clear else None, at)]


def said_of_it(request: ScopedRequest, about: list[str], in_clear_for: Why | None, at: datetime) -> str:
    """What it is about, who took it and when, and what numbers in clear are for."""
    parts = [
        *about,
        taken_by(request, at),
        _("用途：%(reason)s") % {"reason": _in_words(in_clear_for)} if in_clear_for else _("号码已遮盖"),
        _("含个人信息，用完请销毁"),
    ]
    return " · ".join(str(part) for part in parts if part)


def taken_by(request: ScopedRequest, at: datetime) -> str:
    """Who took it and when."""
    return _("%(by)s 于 %(at)s 导出") % {"by": request.account.name, "at": in_words(at)}


def _in_words(why: Why) -> str:
    reason = str(REVEAL_REASON[why.reason])
    return f"{reason}（{why.note}）" if why.note else reason


def log(request: ScopedRequest, asked: Asked, how: How, *, title: str, rows: int, at: datetime) -> None:
    """Write down that it was taken."""
    wanted = asked.wanted
    leaving = Leaving(
        Sort.LEDGER, asked.ledger.code, title, how, wanted.area_path,
        asking.covered(request, wanted.area_path, wanted.permission), rows,
        [each.field for each in wanted.further], wanted.clear, asked.why,
    )  # fmt: skip
    taking.log(village_id=request.village.pk, leaving=leaving, by=request.account.pk, at=at)
