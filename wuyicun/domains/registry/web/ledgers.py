"""台账: on the screen, as an Excel file, on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access, ledgers
from wuyicun.domains.registry.labels import REVEAL_REASON
from wuyicun.domains.registry.ledgers import FIVE, LEDGERS, OTHERS, Ledger, Line, Wanted
from wuyicun.domains.registry.web.common import area_chips, cursor, today, with_query
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.cells import in_words
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.documents.workbook import Column, Sheet, workbook
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.formatting import day_time_words
from wuyicun.kernel.web.responses import pdf

MOST_ON_PAPER = 5_000
OFFICIAL_LANGUAGE = "zh-hans"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooLongForPaper(Refusal):
    """More lines than anybody prints."""

    code = "too_long_for_paper"
    status = 400
    words = gettext_lazy("超过 %(most)s 行，不好打印。请先选一个微网格，或导出 Excel")


class ReasonMissing(Refusal):
    """Numbers in clear leave the program only with a reason."""

    code = "reason_missing"
    status = 400
    words = gettext_lazy("导出完整号码要说明用途")


@require_GET
def ledgers_(request: ScopedRequest) -> HttpResponse:
    """All ledgers: the five of the plan, and the others."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    counts = ledgers.counts(request.scope, request.village.pk)
    context = {
        "five": [(each, counts[each.code]) for each in FIVE],
        "others": [(each, counts[each.code]) for each in OTHERS],
    }
    return render(request, "registry/ledgers.html", context)


@require_GET
def ledger(request: ScopedRequest, code: str) -> HttpResponse:
    """One ledger, numbers masked."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    wanted = _wanted(request, code, request.GET.get("area", ""))
    query = {"area": wanted.area_path} if wanted.area_path else {}
    page = ledgers.page(request.scope, request.village.pk, wanted, after=cursor(request))
    context = {
        "ledger": wanted.ledger,
        "title": _title(request, wanted.ledger),
        "columns": [column for column in wanted.ledger.columns if column is not ledgers.NAME],
        "rows": [(line, _cells(wanted.ledger, line)) for line in page.rows],
        "next": page.next,
        "area": wanted.area_path,
        "areas": area_chips(request, query, Permission.VIEW_PEOPLE),
        "may_have_all": request.scope.permits(Permission.EXPORT_LEDGER),
        "reasons": list(REVEAL_REASON.items()),
    }
    return render(request, "registry/ledger.html", context)


def or_back_to_it(take: Callable[[ScopedRequest, str], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What cannot be taken so is said on the ledger's own page."""

    @wraps(take)
    def view(request: ScopedRequest, code: str) -> HttpResponseBase:
        try:
            return take(request, code)
        except (ReasonMissing, TooLongForPaper) as refusal:
            notices.say(request, str(refusal), level=messages.ERROR)
            area = with_query({"area": request.POST.get("area", "")})
            return HttpResponseRedirect(reverse("ledger", args=[code]) + area)

    return view


@require_POST
@or_back_to_it
def ledger_export(request: ScopedRequest, code: str) -> HttpResponseBase:
    """The ledger as an Excel file under its official title.

    The rows are read while the file is written to a nameless temporary one, within the request's own scope; what
    streams afterwards is that file.
    """
    wanted = _asked_for(request, code)
    at, by = clock.now(), request.account
    counted = _Counted(ledgers.lines(request.scope, request.village.pk, wanted))
    with override(OFFICIAL_LANGUAGE):
        title = _title(request, wanted.ledger)
        sheet = Sheet(
            title=str(wanted.ledger.title),
            official_title=title,
            notes=_notes(request, wanted),
            columns=[
                Column(str(ledgers.NUMBER), "number", 6),
                *(Column(str(each.title), each.kind) for each in wanted.ledger.columns),
            ],
            rows=([number, *_values(wanted.ledger, line)] for number, line in enumerate(counted, 1)),
        )
        file = workbook([sheet], made_by=by.name, made_at=at)
    _log(request, "export", wanted, counted.count)
    response = FileResponse(file, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@or_back_to_it
def ledger_print(request: ScopedRequest, code: str) -> HttpResponse:
    """The ledger as a PDF, made for A4 across."""
    wanted = _asked_for(request, code)
    at, columns = clock.now(), wanted.ledger.columns
    with override(OFFICIAL_LANGUAGE):
        lines = list(islice(ledgers.lines(request.scope, request.village.pk, wanted), MOST_ON_PAPER + 1))
        if len(lines) > MOST_ON_PAPER:
            raise TooLongForPaper(most=MOST_ON_PAPER)
        title = _title(request, wanted.ledger)
        data = {
            "made": {"by": request.account.name, "at": day_time_words(at, at)},
            "from": request.village.name,
            "title": title,
            "about": [f"{today():%Y-%m-%d}", _area_name(request, wanted), _("共 %(count)s 人") % {"count": len(lines)}],
            "columns": [
                {"title": str(ledgers.NUMBER), "weight": 0.6},
                *({"title": str(each.title), "weight": each.weight} for each in columns),
            ],
            "rows": [
                [str(number), *(in_words(cell) for cell in _values(wanted.ledger, line))]
                for number, line in enumerate(lines, 1)
            ],
            "notes": _notes(request, wanted),
        }
        content = typeset("ledger", data, language=OFFICIAL_LANGUAGE)
    _log(request, "print", wanted, len(lines))
    return pdf(content, title)


class _Counted:
    """Lines that are counted as they go by."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.count = 0

    def __iter__(self) -> Iterator[Line]:
        for line in self._lines:
            self.count += 1
            yield line


def _wanted(request: ScopedRequest, code: str, area_path: str, *, clear: bool = False) -> Wanted:
    if code not in LEDGERS:
        raise Http404
    return Wanted(LEDGERS[code], today(), area_path, clear)


def _asked_for(request: ScopedRequest, code: str) -> Wanted:
    """What the form under the ledger asks for.

    Raises:
        NotYours: numbers in clear without the permission.
        ReasonMissing: … without a reason.
    """
    clear = request.POST.get("numbers") == "clear"
    access.held(request.scope, Permission.EXPORT_LEDGER if clear else Permission.VIEW_PEOPLE)
    if clear and request.POST.get("reason") not in REVEAL_REASON:
        raise ReasonMissing
    return _wanted(request, code, request.POST.get("area", ""), clear=clear)


def _title(request: ScopedRequest, ledger: Ledger) -> str:
    return _("%(village)s%(ledger)s") % {"village": request.village.name, "ledger": ledger.title}


def _area_name(request: ScopedRequest, wanted: Wanted) -> str:
    return territory.names(request.village.pk).get(wanted.area_path, "")


def _notes(request: ScopedRequest, wanted: Wanted) -> list[str]:
    """Who took it, when and what for: it goes with the paper."""
    at, area = clock.now(), _area_name(request, wanted)
    parts = [
        area,
        _("%(by)s 于 %(at)s 导出") % {"by": request.account.name, "at": in_words(at)},
        _("用途：%(reason)s") % {"reason": REVEAL_REASON[request.POST["reason"]]} if wanted.clear else _("号码已遮盖"),
        _("含个人信息，用完请销毁"),
    ]
    return [" · ".join(str(part) for part in parts if part)]


def _values(ledger: Ledger, line: Line) -> list[Any]:
    return [column.cell(line) for column in ledger.columns]


def _cells(ledger: Ledger, line: Line) -> list[tuple[Any, bool]]:
    """Words of the cells after the name, and whether each is a number."""
    return [(column.cell(line), column.kind == "number") for column in ledger.columns if column is not ledgers.NAME]


def _log(request: ScopedRequest, how: str, wanted: Wanted, rows: int) -> None:
    ledgers.log_taken(
        village_id=request.village.pk,
        how=how,
        wanted=wanted,
        rows=rows,
        reason=request.POST["reason"] if wanted.clear else "",
        by=request.account.pk,
        at=clock.now(),
    )
