"""试管: the list, a tube with its swabs and what was recorded of it, and sheets of labels with new codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.screening import access, queries, tube_history
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import Swab, TubeView
from wuyicun.domains.screening.rules import ENDED, RoundState, TubeResult, TubeState
from wuyicun.domains.screening.tube_history import Told
from wuyicun.domains.screening.web import aftermath
from wuyicun.domains.screening.web.common import Head, powers_in
from wuyicun.domains.screening.web.missing import Chip
from wuyicun.domains.screening.web.tube_way import way
from wuyicun.domains.screening.words import (
    ENDS,
    FLAGS,
    RECORD_KINDS,
    RESULT_LOOKS,
    SHORT_REASONS,
    TUBE_LOOKS,
    VOID_REASONS,
    Look,
    Words,
)
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.writing import attempt, carried_record, make_record


@dataclass(frozen=True)
class TubeLine:
    """A tube in a list."""

    tube: TubeView
    look: Look
    result: Look | None
    short: Words
    url: str


FILTERS: Mapping[str, Words] = {
    "all": gettext_lazy("全部"),
    "open": gettext_lazy("采样中"),
    "waiting": gettext_lazy("待转运"),
    "under_way": gettext_lazy("在途"),
    "without_result": gettext_lazy("没有结果"),
    "late": gettext_lazy("超时"),
    "short": gettext_lazy("不足份"),
    "differs": gettext_lazy("份数不符"),
    "positive": gettext_lazy("阳性"),
    "disputed": gettext_lazy("有争议"),
    "ended": gettext_lazy("作废、遗失"),
    "lost": gettext_lazy("遗失"),
    "expected": gettext_lazy("没有开管记录"),
}


def line(tube: TubeView) -> TubeLine:
    """A tube with its words."""
    return TubeLine(
        tube,
        TUBE_LOOKS[tube.state],
        RESULT_LOOKS.get(tube.result),
        SHORT_REASONS.get(tube.short_reason, "") if tube.short else "",
        reverse("tube", args=[tube.id]),
    )


def belongs(tube: TubeView, wanted: str) -> bool:
    """Does a tube stand in the list of this filter?"""
    settled = tube.result in (TubeResult.NEGATIVE, TubeResult.POSITIVE)
    return {
        "all": True,
        "open": tube.state in (TubeState.OPEN, TubeState.EXPECTED),
        "waiting": tube.state is TubeState.CLOSED,
        "under_way": tube.state in (TubeState.HANDED, TubeState.RECEIVED),
        "without_result": not settled and tube.state not in ENDED,
        "late": tube.late,
        "short": tube.short,
        "differs": tube.count_differs,
        "positive": tube.result == TubeResult.POSITIVE,
        "disputed": tube.result == TubeResult.DISPUTED,
        "ended": tube.state in ENDED,
        "lost": tube.state is TubeState.LOST,
        "expected": tube.state is TubeState.EXPECTED,
    }[wanted]


@require_GET
def tubes(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The tubes of a round, filtered by a chip or found by a scanned code."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_BOARD)
    found = queries.tubes(village_id, round_, now)
    code = read_code(request.GET.get("code", ""))
    exact = next((tube for tube in found if tube.code.upper() == code), None) if code else None
    if exact is not None:
        return redirect("tube", tube_id=exact.id)
    totals = queries.totals(village_id, round_, now)
    state = request.GET.get("state", "all")
    state = state if state in FILTERS else "all"
    context = {
        "head": Head.of(round_),
        "lines": [line(tube) for tube in found if belongs(tube, state)],
        "chips": [
            Chip(word, f"?state={key}", key == state, count)
            for key, word in FILTERS.items()
            if (count := sum(belongs(tube, key) for tube in found)) or key in ("all", state)
        ],
        "answer": _answer(totals),
        "waiting": totals.waiting,
        "code": code,
        "not_found": bool(code),
        "may": powers_in(request, round_.area_path),
        "swabs": sum(tube.swabs for tube in found if tube.state not in ENDED),
    }
    return render(request, "screening/tubes.html", context)


def _answer(totals: queries.TubeTotals) -> tuple[str, str]:
    if not totals.all:
        return _("还没有开管"), ""
    if totals.late:
        return _("%(all)s 支试管，%(late)s 支超时") % {"all": totals.all, "late": totals.late}, "late"
    if totals.without_result:
        words = {"all": totals.all, "without": totals.without_result}
        return _("%(all)s 支试管，%(without)s 支还没有结果") % words, "owed"
    return _("%(all)s 支试管，都有结果") % {"all": totals.all}, "done"


def read_code(text: str) -> str:
    """A code as scanned or typed: without spaces, capital letters, full-width signs made plain."""
    plain = "".join(chr(ord(sign) - 0xFEE0) if "\uff01" <= sign <= "\uff5e" else sign for sign in text)
    return "".join(plain.split()).upper()[:40]


@dataclass(frozen=True)
class SwabLine:
    """A swab in a tube; without a name when the person lives outside of the account's areas."""

    swab: Swab
    person: PersonBrief | None
    age: int | None
    url: str
    flag: Words
    by: str
    may_take_back: bool


@dataclass(frozen=True)
class ToldLine:
    """A record of a tube's history."""

    told: Told
    what: Words
    details: Words
    by: str
    may_take_back: bool


@require_GET
def tube(request: ScopedRequest, tube_id: UUID) -> HttpResponse:
    """A tube."""
    village_id, now = request.village.pk, clock.now()
    round_, found = access.a_tube(request.scope, village_id, tube_id, Permission.VIEW_BOARD, now)
    context: dict[str, Any] = {
        "head": Head.of(round_),
        "line": line(found),
        "round": round_,
        "swabs": swab_lines(request, round_, queries.swabs(village_id, round_.pk, tube=found.code), now),
        "way": way(found, round_, now),
        "history": _history(request, round_, found),
        "steps": aftermath.steps(request, round_, found, now),
        "may": powers_in(request, round_.area_path),
        "may_end": _may_end(request, round_, found),
        "ends": ENDS.items(),
        "void_reasons": [(code, word) for code, word in VOID_REASONS.items() if code != "undo"],
        "record": uuid7(),
        "here": request.get_full_path(),
        "results": RESULT_LOOKS,
        "may_answer": round_.state != RoundState.CANCELLED
        and access.reaches(request.scope, Permission.ENTER_RESULTS, round_.area_path),
    }
    return render(request, "screening/tube.html", context)


def _may_end(request: ScopedRequest, round_: Round, tube: TubeView) -> bool:
    allowed = access.reaches(request.scope, Permission.CARRY_TUBES, round_.area_path)
    return allowed and round_.state == RoundState.OPEN and tube.state not in ENDED


def swab_lines(request: ScopedRequest, round_: Round, swabs: Sequence[Swab], now: datetime) -> Sequence[SwabLine]:
    """Swabs with the people they are from, as far as the account may know them."""
    briefs = registry.brief(request.village.pk, {swab.person_id for swab in swabs})
    seen = access.visible(request.scope, briefs.values())
    names = accounts.names_of([swab.by for swab in swabs if swab.by])
    found = []
    for swab in swabs:
        person = seen.get(swab.person_id)
        here = person is not None and request.scope.permits(Permission.SAMPLE, person.area_path)
        found.append(
            SwabLine(
                swab,
                person,
                person.age_on(timezone.localtime(now).date()) if person else None,
                reverse("round_person", args=[round_.pk, person.id]) if person else "",
                FLAGS.get(swab.flag, ""),
                names.get(swab.by, "") if swab.by else "",
                here and round_.state == RoundState.OPEN and swab.flag != "voided",
            )
        )
    return found


def _history(request: ScopedRequest, round_: Round, tube: TubeView) -> Sequence[ToldLine]:
    told = tube_history.told(request.village.pk, round_.pk, tube.code)
    names = accounts.names_of([each.by for each in told if each.by])
    stations = {str(each.pk): each.name for each in queries.stations(request.village.pk, round_.pk)}
    return [
        ToldLine(
            each,
            RECORD_KINDS.get(each.kind, each.kind),
            _details(each, stations),
            names.get(each.by, "") if each.by else "",
            not each.voided and _may_take_back(request, round_, each),
        )
        for each in told
    ]


def _may_take_back(request: ScopedRequest, round_: Round, told: Told) -> bool:
    permission = {
        "tube.open": Permission.SAMPLE,
        "tube.close": Permission.SAMPLE,
        "tube.result": Permission.ENTER_RESULTS,
    }
    needed = permission.get(told.kind, Permission.CARRY_TUBES)
    return access.reaches(request.scope, needed, round_.area_path) and (
        round_.state == RoundState.OPEN or told.kind == "tube.result"
    )


def _details(told: Told, stations: Mapping[str, str]) -> Words:
    data = told.data
    match told.kind:
        case "tube.open":
            return _("在 %(station)s，最多 %(pool)s 人") % {
                "station": stations.get(str(data.get("station")), ""),
                "pool": data.get("pool"),
            }
        case "tube.close":
            words = _("%(count)s 份") % {"count": data.get("count")}
            why = SHORT_REASONS.get(data.get("reason") or "")
            return f"{words}，{why}" if why else words
        case "tube.end":
            state = str(ENDS.get(str(data.get("state")), ""))
            return f"{state}：{data['reason']}" if data.get("reason") else state
        case "tube.box":
            return _("%(box)s 箱，共 %(count)s 支") % {"box": data.get("box"), "count": data.get("counted")}
        case "tube.handover":
            return _("%(giver)s 交给 %(receiver)s，共 %(count)s 支") % {
                "giver": data.get("giver"),
                "receiver": data.get("receiver"),
                "count": data.get("counted"),
            }
        case "tube.receipt":
            return _("%(laboratory)s，共 %(count)s 支") % {
                "laboratory": data.get("laboratory"),
                "count": data.get("counted"),
            }
        case "tube.result":
            look = RESULT_LOOKS.get(str(data.get("result")))
            return look.word if look else ""
    return ""


@require_POST
def tube_end(request: ScopedRequest, tube_id: UUID) -> HttpResponse:
    """A tube is void or lost: its people owe again."""
    village_id, now = request.village.pk, clock.now()
    round_, found = access.a_tube(request.scope, village_id, tube_id, Permission.CARRY_TUBES, now)
    state, record = request.POST.get("state", ""), carried_record(request)
    if state not in ENDS:
        raise NotYours

    def store() -> object:
        return make_record(
            request,
            "tube.end",
            {
                "round": round_.pk,
                "tube": found.code,
                "state": state,
                "reason": request.POST.get("reason", "")[:200],
            },
            record,
        )

    said = _("试管 %(code)s 已%(state)s，%(count)s 人重新列为待采") % {
        "code": found.code,
        "state": ENDS[state],
        "count": found.swabs,
    }
    attempt(request, store, said, undo_url=reverse("take_back", args=[round_.pk, record]))
    return redirect("tube", tube_id=found.id)
