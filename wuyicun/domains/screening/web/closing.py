"""收尾: what still stands in the way, each with its action; closing; the frozen report on the screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.screening import access, actions, missing, queries
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.rules import ENDED, RoundState, TubeResult, TubeState
from wuyicun.domains.screening.web.common import (
    STATES_OF_LIST,
    Figure,
    Head,
    figures,
    powers_in,
)
from wuyicun.domains.screening.web.lines import House, houses
from wuyicun.domains.screening.web.tubes import TubeLine, line
from wuyicun.domains.screening.words import Words
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.writing import attempt

SHOWN_AT_ONCE = 30


@dataclass(frozen=True)
class Blocking:
    """Tubes that stand in the way of the closing, for one reason."""

    title: Words
    advice: Words
    lines: Sequence[TubeLine]
    url: str
    action: Words


@dataclass(frozen=True)
class Remark:
    """Something to know before the closing that does not stop it."""

    words: str
    url: str


@require_http_methods(["GET", "POST"])
def closing(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """What is left to do before the round can be closed."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.whole_round(request.scope, village_id, round_id, Permission.CLOSE_ROUND)
    if request.method == "POST":
        return _close(request, round_)
    if round_.state in (RoundState.CLOSED, RoundState.AMENDED):
        return redirect("report", round_id=round_.pk)
    counts = rolls.counts(village_id, round_.roll_id)
    tubes = queries.tubes(village_id, round_, now)
    blocking = _blocking(round_, tubes)
    without = queries.totals(village_id, round_, now).without_result
    context = {
        "head": Head.of(round_),
        "answer": _answer(counts, without),
        "counts": counts,
        "figures": _five(round_, counts),
        "owed": _owed(request, round_, now) if counts.owed else [],
        "more": max(counts.owed - SHOWN_AT_ONCE, 0),
        "missing_url": f"{reverse('missing', args=[round_.pk])}?state=owed",
        "blocking": blocking,
        "ready": not counts.owed and not without and round_.state == RoundState.OPEN,
        "remarks": _remarks(request, round_, counts),
        "may": powers_in(request, round_.area_path),
        "here": request.path,
    }
    return render(request, "screening/closing.html", context)


def _close(request: ScopedRequest, round_: Round) -> HttpResponse:
    def close() -> object:
        return actions.close_round(
            village_id=request.village.pk, round_id=round_.pk, by=request.account.pk, at=clock.now()
        )

    done = attempt(request, close, _("已关闭 %(round)s") % {"round": round_.title})
    return redirect("report" if done else "closing", round_id=round_.pk)


def _answer(counts: Counts, without_result: int) -> tuple[str, str]:
    if not counts.owed and not without_result:
        return _("%(due)s 人应采，每人都有着落") % {"due": counts.due}, "done"
    parts = []
    if counts.owed:
        parts.append(_("%(owed)s 人待采") % {"owed": counts.owed})
    if without_result:
        parts.append(_("%(tubes)s 支试管没有结果") % {"tubes": without_result})
    return _("还不能关闭：%(parts)s") % {"parts": _("、").join(parts)}, "owed"


def _five(round_: Round, counts: Counts) -> Sequence[Figure]:
    """应采, 已采, 联系不上, 拒绝, 另暂免; what is owed stands in the sentence and in the list."""
    return [each for place, each in enumerate(figures(round_, counts)) if place != 2]


def _owed(request: ScopedRequest, round_: Round, now: datetime) -> Sequence[House]:
    leaves = access.leaves(request.scope, request.village.pk, round_, Permission.VIEW_PEOPLE)
    page, _following = missing.listed(
        request.village.pk,
        round_.roll_id,
        area_ids=[leaf.area_id for leaf in leaves],
        states=STATES_OF_LIST["owed"],
        limit=SHOWN_AT_ONCE,
    )
    return houses(request, round_, page, now)


def _blocking(round_: Round, tubes: Sequence[queries.TubeView]) -> Sequence[Blocking]:
    """Tubes without result, by what has to be done about them; each stands in one group only."""
    runs, results = reverse("runs", args=[round_.pk]), reverse("results", args=[round_.pk])
    groups: dict[str, list[TubeLine]] = {"disputed": [], "open": [], "expected": [], "waiting": [], "sent": []}
    for tube in tubes:
        if tube.state in ENDED or tube.result in (TubeResult.NEGATIVE, TubeResult.POSITIVE):
            continue
        key = "sent"
        if tube.result == TubeResult.DISPUTED:
            key = "disputed"
        elif tube.state is TubeState.EXPECTED:
            key = "expected"
        elif tube.state is TubeState.OPEN:
            key = "open"
        elif tube.state is TubeState.CLOSED:
            key = "waiting"
        groups[key].append(line(tube))
    said: Mapping[str, tuple[Words, Words, str, Words]] = {
        "disputed": (_("结果有争议"), _("两次录入的结果不同，作废错的那一条"), results, _("去决定")),
        "open": (_("还没有封管"), _("在采样的手机上封管；手机丢了就把试管作废"), "", ""),
        "expected": (_("没有开管记录"), _("等开管的手机上传；等不到就把试管作废，里面的人重新采"), "", ""),
        "waiting": (_("还没有转运"), _("交给转运人送实验室"), runs, _("去转运")),
        "sent": (_("已送出，没有结果"), _("录入实验室的结果；遗失了就登记遗失"), results, _("录结果")),
    }
    return [
        Blocking(title, advice, groups[key], url, action)
        for key, (title, advice, url, action) in said.items()
        if groups[key]
    ]


def _remarks(request: ScopedRequest, round_: Round, counts: Counts) -> Sequence[Remark]:
    village_id = request.village.pk
    remarks = []
    open_retests = queries.retests(village_id, round_).counts.owed
    if open_retests:
        words = _("%(count)s 人还没有做单人复检，关闭后照样可以做") % {"count": open_retests}
        remarks.append(Remark(words, reverse("retests", args=[round_.pk])))
    if counts.unreachable or counts.refused:
        words = _("%(count)s 人联系不上或拒绝，会写进总结") % {"count": counts.unreachable + counts.refused}
        remarks.append(Remark(words, reverse("missing", args=[round_.pk])))
    flagged = queries.flagged(village_id, round_.pk)
    if flagged:
        words = _("%(count)s 份样本存着但不计") % {"count": flagged}
        remarks.append(Remark(words, reverse("samples", args=[round_.pk])))
    return remarks
