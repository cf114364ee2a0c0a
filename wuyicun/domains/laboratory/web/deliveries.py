"""A delivery on its page: its columns, what would be entered, how far a long one is, what was entered, the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.laboratory import access, queries, stepping, words
from wuyicun.domains.laboratory import deliveries as actions
from wuyicun.domains.laboratory.layouts import Column, SheetLayout
from wuyicun.domains.laboratory.queries import DeliveryRow, LineRow
from wuyicun.domains.laboratory.rules import OF_LINES, Cause, State, Step
from wuyicun.domains.registry.web.import_steps import masked
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.domains.screening.web.common import Figure, Head, powers_in
from wuyicun.domains.screening.words import RESULT_LOOKS, Look
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.jobs import progress as jobs
from wuyicun.kernel.jobs.progress import Progress
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import live, notices

_SURE = 0.7
_STAGES = {
    "begin": gettext_lazy("轮到这一批了"),
    "read": gettext_lazy("正在读表"),
    "compare": gettext_lazy("正在和本轮的试管比对"),
    "keep": gettext_lazy("正在记下每一行会怎样"),
}


@dataclass(frozen=True)
class LineView:
    """A line of a delivery with its words; who it names only for who may see people."""

    line: LineRow
    look: Look | None
    status: words.Words
    cause: words.Words
    detail: words.Words
    whose: str


def line_view(line: LineRow, *, named: bool) -> LineView:
    """A line with its words."""
    tail = _("尾号 %(tail)s") % {"tail": line.id_tail} if line.id_tail else ""
    whose = " ".join(filter(None, (line.name, tail))) if named else ""
    return LineView(
        line,
        RESULT_LOOKS.get(line.result),
        words.STATUSES[line.status],
        words.CAUSES[Cause(line.cause)] if line.cause else "",
        words.DETAILS.get(line.detail, ""),
        whose,
    )


@never_cache
@require_GET
def delivery(request: ScopedRequest, delivery_id: UUID) -> HttpResponse:
    """Where it stands."""
    round_, found = access.a_delivery(request.scope, request.village.pk, delivery_id)
    return _page(request, round_, found)


def _page(request: ScopedRequest, round_: RoundRow, found: DeliveryRow, refusal: Refusal | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "head": Head.of(round_),
        "delivery": found,
        "title": found.file_name or f"{words.SOURCES[found.source]} {found.laboratory}".strip(),
        "refusal": refusal or (found.refusal or {}).get("words"),
        "may": powers_in(request, round_.area_path),
    }
    columns_asked = found.state == State.MATCHED and request.GET.get("step") == "columns" and found.file_name
    if found.state == State.READ or columns_asked:
        template, more = "columns", _columns(found)
    elif found.state == State.WORKING:
        template, more = "working", _working(found)
    else:
        template, more = "delivery", _lines(request, round_, found)
    status = refusal.status if refusal is not None else 200
    return render(request, f"laboratory/{template}.html", context | more, status=status)


@dataclass(frozen=True)
class ColumnChoice:
    """A column of theirs, samples of it, and what it is taken for."""

    field_name: str
    column: Column
    samples: Sequence[str]
    unsure: bool


def _columns(found: DeliveryRow) -> dict[str, Any]:
    sheets = [(layout, _choices(place, layout)) for place, layout in enumerate(actions.layouts_of(found))]
    return {
        "sheets": sheets,
        "fields": list(words.FIELDS.items()),
        "unsure": sum(choice.unsure for layout, choices in sheets if layout.is_read for choice in choices),
        "readable": any(layout.is_read for layout, _choices in sheets),
    }


def _choices(place: int, layout: SheetLayout) -> Sequence[ColumnChoice]:
    choices = [
        ColumnChoice(
            f"column-{place}-{column.letters}",
            column,
            [masked(sample) for sample in column.samples],
            bool(column.field) and column.confidence < _SURE,
        )
        for column in layout.columns
    ]
    return sorted(choices, key=lambda choice: (not choice.unsure, choice.column.field is None))


def _working(found: DeliveryRow) -> dict[str, Any]:
    said = jobs.ask(found.pk) if found.counts.get("step") == Step.MATCH else None
    done, total = _done(found, said)
    return {
        "live_url": reverse("laboratory_progress", args=[found.pk]),
        "token": _token(found, said),
        "step": found.counts.get("step"),
        "stage": _STAGES.get(said.stage, "") if said else "",
        "done": done,
        "total": total,
    }


def _done(found: DeliveryRow, said: Progress | None) -> tuple[int, int]:
    if said is not None:
        return said.done, said.total
    statuses = found.counts.get("statuses", {})
    total = statuses.get("ready", 0) + statuses.get("entered", 0)
    return found.counts.get("done", 0), total if found.counts.get("step") != Step.MATCH else 0


def _token(found: DeliveryRow, said: Progress | None) -> str:
    return f"{found.state} {found.counts.get('since', '')} {found.counts.get('done', 0)} {said}"


def _lines(request: ScopedRequest, round_: RoundRow, found: DeliveryRow) -> dict[str, Any]:
    cause = request.GET.get("cause", "")
    cause = cause if cause in set(Cause) else ""
    after = int(text) if (text := request.GET.get("after", "")).isdecimal() and len(text) < 10 else 0
    lines, following = queries.lines_of(found, cause=cause, after=after)
    named = request.scope.permits(Permission.VIEW_PEOPLE, round_.area_path)
    by = found.entered_by or found.made_by
    counted, codes = found.counts.get("counted"), found.counts.get("codes")
    return {
        "lines": [line_view(line, named=named) for line in lines],
        "next": following,
        "cause": cause,
        "figures": _figures(found, cause),
        "results": [(RESULT_LOOKS[code], number) for code, number in sorted(_results(found).items())],
        "ready": found.counts.get("statuses", {}).get("ready", 0),
        "entered": found.counts.get("statuses", {}).get("entered", 0),
        "positive": _results(found).get("positive", 0),
        "answer": _answer(found),
        "differs": counted if counted is not None and counted != codes else None,
        "codes": codes,
        "pending": found.counts.get("pending", 0),
        "by": accounts.names_of([by]).get(by, "") if by else "",
        "open": _queues(round_, found),
    }


def _results(found: DeliveryRow) -> dict[str, int]:
    results: dict[str, int] = found.counts.get("results", {})
    return results


def _figures(found: DeliveryRow, cause: str) -> Sequence[tuple[Figure, bool]]:
    statuses, causes = found.counts.get("statuses", {}), found.counts.get("causes", {})
    number = statuses.get("entered", 0) if found.state == State.ENTERED else statuses.get("ready", 0)
    word = _("已录") if found.state == State.ENTERED else _("要录")
    figures = [(Figure(number, word, "?"), cause == "")]
    figures += [
        (Figure(causes[each], words.CAUSES[each], f"?cause={each}", words.TONES[each]), cause == each)
        for each in Cause
        if causes.get(each)
    ]
    return figures


def _queues(round_: RoundRow, found: DeliveryRow) -> Sequence[tuple[words.Words, int, str]]:
    """The queues in which something of it stands."""
    if found.state != State.ENTERED:
        return []
    return [
        (words.CAUSES[cause], number, reverse("laboratory_queue", args=[round_.pk, cause]))
        for cause in (*OF_LINES, Cause.MISMATCH)
        if (number := found.counts.get("causes", {}).get(cause, 0))
    ]


def _answer(found: DeliveryRow) -> tuple[str, str]:
    statuses = found.counts.get("statuses", {})
    if found.state in (State.UNDONE, State.DROPPED):
        return _("这一批已撤销，录过的结果都作废了"), "excused"
    if found.state == State.ENTERED:
        number = statuses.get("entered", 0)
        return ngettext("已录入 %(count)s 支", "已录入 %(count)s 支", number) % {"count": number}, "done"
    number = statuses.get("ready", 0)
    if not number:
        return _("没有能录的结果"), "late"
    said = ngettext("将录入 %(count)s 支，现在什么都还没有录", "将录入 %(count)s 支，现在什么都还没有录", number)
    return said % {"count": number}, "owed"


def _step(act: Callable[[ScopedRequest, DeliveryRow], str]) -> Callable[[ScopedRequest, UUID], HttpResponseBase]:
    """A step of the way; a refusal is said on the delivery's page."""

    @require_POST
    def view(request: ScopedRequest, delivery_id: UUID) -> HttpResponseBase:
        round_, found = access.a_delivery(request.scope, request.village.pk, delivery_id)
        try:
            return redirect(act(request, found))
        except Refusal as refusal:
            found.refresh_from_db()
            return _page(request, round_, found, refusal)

    return view


def _address(found: DeliveryRow) -> str:
    return reverse("laboratory_delivery", args=[found.pk])


def _begin(request: ScopedRequest, found: DeliveryRow, step: Step) -> None:
    stepping.begin(village=request.village, delivery=found, step=step, by=request.account.pk, at=clock.now())


def _choose(request: ScopedRequest, found: DeliveryRow) -> str:
    chosen: dict[str, dict[str, str]] = {}
    for place, layout in enumerate(actions.layouts_of(found)):
        for column in layout.columns:
            field = request.POST.get(f"column-{place}-{column.letters}")
            if field is not None and (not field or field in words.FIELDS) and field != (column.field or ""):
                chosen.setdefault(layout.sheet, {})[column.letters] = field
    actions.choose(delivery=found, columns=chosen, by=request.account.pk, at=clock.now())
    _begin(request, found, Step.MATCH)
    return _address(found)


def _enter(request: ScopedRequest, found: DeliveryRow) -> str:
    _begin(request, found, Step.ENTER)
    return _address(found)


def _stop(request: ScopedRequest, found: DeliveryRow) -> str:
    step = stepping.stop(delivery=found, by=request.account.pk, at=clock.now())
    said = _("已停下，什么都没有录。") if step is Step.MATCH else _("已停下；做完的留着，可以接着做，也可以撤销。")
    notices.say(request, said)
    return _address(found)


def _undo(request: ScopedRequest, found: DeliveryRow) -> str:
    _begin(request, found, Step.UNDO)
    notices.say(
        request,
        _("正在撤销这一批录过的结果。") if found.counts.get("rows", 0) > 3000 else _("已撤销这一批录过的结果。"),
    )
    return _address(found)


def _drop(request: ScopedRequest, found: DeliveryRow) -> str:
    actions.drop(delivery=found, by=request.account.pk, at=clock.now())
    notices.say(request, _("已放弃，什么都没有录，上传的文件也已删除。"))
    return reverse("laboratory", args=[found.round_id])


columns = _step(_choose)
enter = _step(_enter)
stop = _step(_stop)
undo = _step(_undo)
drop = _step(_drop)


@never_cache
@require_GET
def progress(request: ScopedRequest, delivery_id: UUID) -> HttpResponse:
    """Asked every two seconds while a long one is worked on; the page is loaded anew when it is done."""
    _round, found = access.a_delivery(request.scope, request.village.pk, delivery_id)
    if found.state == State.WORKING:
        context = _working(found)
        unchanged = live.unchanged(request, context["token"])
        return unchanged or render(request, "laboratory/parts/working.html", context | {"delivery": found})
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    return response
