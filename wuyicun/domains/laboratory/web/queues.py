"""The queues: one page for each cause, each line with what to do about it, and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.laboratory import access, actions, queries, words
from wuyicun.domains.laboratory.entering import Author
from wuyicun.domains.laboratory.queries import LineRow, Origin
from wuyicun.domains.laboratory.rules import OF_LINES, Cause
from wuyicun.domains.laboratory.web.deliveries import line_view
from wuyicun.domains.laboratory.web.overview import queues_of
from wuyicun.domains.screening import queries as screening
from wuyicun.domains.screening import tube_history
from wuyicun.domains.screening.queries import RoundRow
from wuyicun.domains.screening.tube_history import Told
from wuyicun.domains.screening.web.common import Head, powers_in
from wuyicun.domains.screening.words import RESULT_LOOKS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours, Refusal
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.writing import attempt


class ReasonNeeded(Refusal):
    """What is closed without being entered is closed for a reason."""

    code = "laboratory_reason_needed"
    words = gettext_lazy("请选一个原因。")


@never_cache
@require_GET
def queue(request: ScopedRequest, round_id: UUID, cause: str) -> HttpResponse:
    """What stands in it."""
    village_id, now = request.village.pk, clock.now()
    round_, asked = access.a_round(request.scope, village_id, round_id), _cause(cause)
    counts = queries.open_counts(village_id, round_.pk, now)
    context: dict[str, Any] = {
        "head": Head.of(round_),
        "cause": asked,
        "title": words.CAUSES[asked],
        "what": words.WHAT_TO_DO[asked],
        "answer": _answer(counts[asked], asked),
        "number": counts[asked],
        "queues": [(figure, each == asked) for each, figure in zip(counts, queues_of(round_.pk, counts), strict=True)],
        "reasons": words.REASONS.get(asked, {}).items(),
        "may": powers_in(request, round_.area_path),
    }
    if asked is Cause.MISMATCH:
        context["disputed"] = _disputed(village_id, round_)
    elif asked is Cause.MISSING:
        context["missing"] = [(each, uuid7()) for each in queries.missing(village_id, round_.pk, now)]
    else:
        context |= _lines(request, round_, asked)
    return render(request, "laboratory/queue.html", context)


def _cause(text: str) -> Cause:
    try:
        return Cause(text)
    except ValueError:
        raise NotYours from None


def _answer(number: int, cause: Cause) -> tuple[str, str]:
    if not number:
        return _("这里没有要处理的"), "done"
    return ngettext("%(count)s 条要处理", "%(count)s 条要处理", number) % {"count": number}, words.TONES[cause]


def _lines(request: ScopedRequest, round_: RoundRow, cause: Cause) -> dict[str, Any]:
    try:
        after = UUID(request.GET.get("after", ""))
    except ValueError:
        after = None
    lines, following = queries.queue(round_.village_id, round_.pk, cause, after=after)
    named = request.scope.permits(Permission.VIEW_PEOPLE, round_.area_path)
    alike = _alike(round_, lines) if cause is Cause.UNMATCHED else {}
    codes = [line.tube for line in lines if line.tube]
    tubes = {tube.code: tube for tube in screening.tubes(round_.village_id, round_, clock.now(), codes=codes)}
    members = queries.members(round_.village_id, round_.pk, codes) if named and cause is Cause.WRONG_ID else {}
    return {
        "lines": [
            {
                "view": line_view(line, named=named),
                "from": Origin(
                    line.delivery.laboratory, line.delivery.file_name, line.delivery.source, line.number
                ).words(words.SOURCES),
                "alike": alike.get(line.code, ()),
                "tube": tubes.get(line.tube),
                "members": members.get(line.tube, ()),
            }
            for line in lines
        ],
        "next": following,
    }


def _alike(round_: RoundRow, lines: Sequence[LineRow]) -> Mapping[str, Sequence[str]]:
    return queries.alike(round_.village_id, round_.pk, {line.code for line in lines if line.code})


def _disputed(village_id: UUID, round_: RoundRow) -> Sequence[dict[str, Any]]:
    tubes = queries.disputed(village_id, round_.pk)
    told = tube_history.results_told(village_id, round_.pk, [code for _id, code in tubes])
    records = [each.record_id for many in told.values() for each in many]
    origins = queries.origins(village_id, records)
    names = accounts.names_of([each.by for many in told.values() for each in many if each.by])
    return [
        {
            "code": code,
            "url": reverse("tube", args=[tube_id]),
            "told": [
                {"told": each, "look": RESULT_LOOKS[each.data["result"]], "from": _from(each, origins, names)}
                for each in told.get(code, ())
            ],
        }
        for tube_id, code in tubes
    ]


def _from(told: Told, origins: Mapping[UUID, Origin], names: Mapping[UUID, str]) -> str:
    origin = origins.get(told.record_id)
    if origin is not None:
        return origin.words(words.SOURCES)
    return _("手工录入 %(name)s") % {"name": names.get(told.by, "") if told.by else ""}


def _author(request: ScopedRequest) -> Author:
    return Author(request.village, request.account.pk, clock.now())


def _back(round_: RoundRow, cause: str) -> HttpResponse:
    return redirect("laboratory_queue", round_id=round_.pk, cause=cause)


@require_POST
def assign(request: ScopedRequest, line_id: UUID) -> HttpResponse:
    """A line means this tube."""
    round_, line = access.a_line(request.scope, request.village.pk, line_id)
    code, decided = request.POST.get("code", ""), uuid7()

    def do() -> None:
        actions.assign(author=_author(request), round_=round_, line=line, code=code, decision=decided, at=clock.now())

    said = _("已录到试管 %(code)s") % {"code": code}
    attempt(request, do, said, undo_url=reverse("laboratory_take_back", args=[decided]))
    return _back(round_, line.cause)


@require_POST
def close(request: ScopedRequest, line_id: UUID) -> HttpResponse:
    """Nothing more need be done about a line."""
    round_, line = access.a_line(request.scope, request.village.pk, line_id)
    decided = uuid7()

    def do() -> None:
        reason = _reason(request, Cause(line.cause))
        actions.close(line=line, reason=reason, by=request.account.pk, decision=decided, at=clock.now())

    attempt(request, do, _("已处理"), undo_url=reverse("laboratory_take_back", args=[decided]))
    return _back(round_, line.cause)


def _reason(request: ScopedRequest, cause: Cause) -> str:
    reason = request.POST.get("reason", "")
    if reason not in words.REASONS.get(cause, {}):
        raise ReasonNeeded
    return reason


@require_POST
def close_all(request: ScopedRequest, round_id: UUID, cause: str) -> HttpResponse:
    """The same for all that stand in a queue."""
    round_, asked = access.a_round(request.scope, request.village.pk, round_id), _cause(cause)
    if asked not in OF_LINES:
        raise NotYours
    decided = uuid7()
    shown = request.POST.get("shown", "")
    number = int(shown) if shown.isdecimal() and len(shown) < 10 else 0

    def do() -> None:
        actions.close_all(
            village_id=request.village.pk,
            round_id=round_.pk,
            cause=asked,
            expected=number,
            reason=_reason(request, asked),
            by=request.account.pk,
            decision=decided,
            at=clock.now(),
        )

    said = ngettext("已处理 %(count)s 条", "已处理 %(count)s 条", number) % {"count": number}
    attempt(request, do, said, undo_url=reverse("laboratory_take_back", args=[decided]))
    return _back(round_, asked)


@require_POST
def take_back(request: ScopedRequest, decision_id: UUID) -> HttpResponse:
    """Undo what was decided."""
    round_, lines = access.decided(request.scope, request.village.pk, decision_id)

    def do() -> None:
        actions.take_back(author=_author(request), lines=lines, at=clock.now())

    attempt(request, do, _("已撤销，回到队列里"))
    return _back(round_, lines[0].cause)


@require_POST
def accept(request: ScopedRequest, round_id: UUID, record_id: UUID) -> HttpResponse:
    """Of contradictory results this one holds."""
    round_ = access.a_round(request.scope, request.village.pk, round_id)
    code = request.POST.get("code", "")

    def do() -> None:
        actions.accept(author=_author(request), round_=round_, code=code, record_id=record_id, at=clock.now())

    attempt(request, do, _("试管 %(code)s 的结果已选定") % {"code": code})
    return _back(round_, Cause.MISMATCH)


@require_POST
def again(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Compare what could not be matched with the tubes that are known now."""
    round_ = access.a_round(request.scope, request.village.pk, round_id)
    number = actions.match_again(author=_author(request), round_id=round_.pk, at=clock.now())
    said = ngettext("对上了 %(count)s 支，已录入", "对上了 %(count)s 支，已录入", number) % {"count": number}
    notices.say(request, said if number else _("还是对不上，没有变化。"))
    return _back(round_, Cause.UNMATCHED)
