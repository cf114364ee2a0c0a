"""转运: what waits and how long it has, handing over with a count and two people, arriving, the slip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from wuyicun.domains.screening import access, queries, signing, tube_history
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import TubeView
from wuyicun.domains.screening.rules import RoundState, TubeState
from wuyicun.domains.screening.tube_history import Run
from wuyicun.domains.screening.web import boxes
from wuyicun.domains.screening.web.common import (
    Head,
    day_of,
    powers_in,
    time_words,
)
from wuyicun.domains.screening.web.counting import HandoverForm, ReceiptForm
from wuyicun.domains.screening.web.rounds import token
from wuyicun.domains.screening.web.tubes import TubeLine, line
from wuyicun.domains.screening.words import SHORT_REASONS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import live
from wuyicun.kernel.web.formatting import duration_words
from wuyicun.kernel.web.responses import pdf
from wuyicun.kernel.web.timeline import Dot
from wuyicun.kernel.web.writing import attempt, carried_record, make_record

_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)  # a phone whose clock is ahead closes tubes in the future


@dataclass(frozen=True)
class Clock:
    """The part of the page that moves: the answer, the time line, open tubes that are late."""

    head: Head
    sentence: str
    tone: str
    dots: Sequence[Dot]
    minutes: int
    open_late: Sequence[TubeLine]
    waiting: int
    token: str


@require_http_methods(["GET", "POST"])
def runs(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """What waits, the handover, and the runs so far."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.CARRY_TUBES)
    waiting = [tube for tube in queries.tubes(village_id, round_, now) if tube.state is TubeState.CLOSED]
    waiting.sort(key=lambda tube: tube.closed_at or now)
    shown = boxes.packed(village_id, round_, waiting, now)
    chosen = {tube.code for box in shown if box.code == request.GET.get("box") for tube in box.tubes}
    if request.method == "POST":
        form = HandoverForm(waiting, data=request.POST)
        if form.is_valid():
            done = _hand_over(request, round_, form)
            if done:
                return redirect("runs", round_id=round_.pk)
    else:
        form = HandoverForm(waiting, chosen=chosen, initial={"giver": request.account.name})
    context = {
        "head": Head.of(round_),
        "moving": _clock(request, round_, now),
        "form": form,
        "waiting": [(line(tube), _left(tube, now)) for tube in waiting],
        "boxes": shown,
        "chosen": request.GET.get("box", ""),
        "record": carried_record(request) if request.method == "POST" else uuid7(),
        "under_way": sum(tube.state is TubeState.HANDED for tube in queries.tubes(village_id, round_, now)),
        "runs": _runs(request, round_),
        "may": powers_in(request, round_.area_path),
        "is_open": round_.state != RoundState.CANCELLED,
    }
    return render(request, "screening/runs.html", context)


@require_GET
def runs_live(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The part that moves; 204 while it shows what is."""
    now = clock.now()
    unchanged = live.unchanged(request, token(request.village.pk, now))
    if unchanged is not None:
        return unchanged
    round_ = access.a_round(request.scope, request.village.pk, round_id, Permission.CARRY_TUBES)
    listed = request.GET.get("listed", "")
    moving = _clock(request, round_, now)
    context = {"moving": moving, "listed": listed, "stale": listed.isdecimal() and int(listed) != moving.waiting}
    return render(request, "screening/parts/clock.html", context)


def _clock(request: ScopedRequest, round_: Round, now: datetime) -> Clock:
    shown = token(request.village.pk, now)
    tubes = queries.tubes(request.village.pk, round_, now)
    waiting = [tube for tube in tubes if tube.state is TubeState.CLOSED]
    said, tone = _sentence(waiting, now)
    return Clock(
        Head.of(round_),
        said,
        tone,
        [
            Dot(int(max(now - tube.closed_at, _NOTHING) / _MINUTE), tube.code, reverse("tube", args=[tube.id]))
            for tube in waiting
            if tube.closed_at is not None
        ],
        round_.tube_minutes,
        [line(tube) for tube in tubes if tube.late and tube.state is TubeState.OPEN],
        len(waiting),
        shown,
    )


def _sentence(waiting: Sequence[TubeView], now: datetime) -> tuple[str, str]:
    departures = [tube.leaves_by for tube in waiting if tube.leaves_by is not None]
    if not departures:
        return _("没有待转运的试管"), "done"
    late = sum(moment < now for moment in departures)
    if late:
        return _("%(all)s 支待转运，其中 %(late)s 支已超时，请马上出发") % {"all": len(waiting), "late": late}, "late"
    first = min(departures)
    words = {"all": len(waiting), "time": time_words(first, now), "left": duration_words(first - now)}
    return _("%(all)s 支待转运，最晚 %(time)s 出发，还有 %(left)s") % words, "owed"


def _left(tube: TubeView, now: datetime) -> tuple[timedelta, bool]:
    """How long a tube has been waiting, and whether that is too long."""
    start = tube.closed_at or now
    return max(now - start, _NOTHING), tube.leaves_by is not None and tube.leaves_by < now


def _hand_over(request: ScopedRequest, round_: Round, form: HandoverForm) -> bool:
    data = form.cleaned_data
    told = {
        "round": round_.pk,
        "tubes": data["codes"],
        "counted": data["counted"],
        "giver": data["giver"].strip(),
        "receiver": data["receiver"].strip(),
        **{name: data[name] for name in ("giver_signature", "receiver_signature") if data[name]},
    }
    words = _("%(count)s 支试管已交给 %(receiver)s") % {"count": len(data["codes"]), "receiver": told["receiver"]}
    return _store(request, round_, kind="tube.handover", told=told, words=words)


def _store(request: ScopedRequest, round_: Round, *, kind: str, told: dict[str, object], words: str) -> bool:
    record = carried_record(request)

    def store() -> object:
        return make_record(request, kind, told, record)

    return attempt(request, store, words, undo_url=reverse("take_back", args=[round_.pk, record]))


@require_http_methods(["GET", "POST"])
def receipt(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Tubes that are under way arrive at the laboratory."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.CARRY_TUBES)
    under_way = [tube for tube in queries.tubes(village_id, round_, now) if tube.state is TubeState.HANDED]
    form = ReceiptForm(under_way, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = {
            "round": round_.pk,
            "tubes": data["codes"],
            "counted": data["counted"],
            "laboratory": data["laboratory"].strip(),
        }
        words = _("%(laboratory)s 已接收 %(count)s 支") % {
            "laboratory": told["laboratory"],
            "count": len(data["codes"]),
        }
        if _store(request, round_, kind="tube.receipt", told=told, words=words):
            return redirect("runs", round_id=round_.pk)
    context = {
        "head": Head.of(round_),
        "form": form,
        "tubes": [line(tube) for tube in under_way],
        "record": carried_record(request) if request.method == "POST" else uuid7(),
    }
    return render(request, "screening/receipt.html", context)


@dataclass(frozen=True)
class RunLine:
    """A run in the list."""

    run: Run
    by: str
    differs: bool
    slip: str


def _runs(request: ScopedRequest, round_: Round) -> Sequence[RunLine]:
    found = tube_history.runs(request.village.pk, round_.pk)
    names = accounts.names_of([each.by for each in found if each.by])
    return [
        RunLine(
            each,
            names.get(each.by, "") if each.by else "",
            each.counted != len(each.tubes),
            reverse("slip", args=[round_.pk, each.record_id]) if each.kind == "tube.handover" else "",
        )
        for each in found
    ]


@require_GET
def slip(request: ScopedRequest, round_id: UUID, record_id: UUID) -> HttpResponse:
    """The slip that travels with the tubes of a run."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.CARRY_TUBES)
    run = tube_history.run(village_id, round_.pk, record_id)
    if run is None or run.kind != "tube.handover":
        raise Http404
    tubes = queries.tubes(village_id, round_, now, codes=run.tubes)
    stations = sorted({tube.station for tube in tubes if tube.station})
    data = {
        "made": {"by": request.account.name, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        "village": request.village.name,
        "round": round_.title,
        "place": _("、").join(stations),
        "laboratory": None,
        "boxes": _("、").join(sorted(set(queries.boxes(village_id, round_.pk, run.tubes).values()))) or None,
        "signatures": [
            signing.drawing(each) if each else None for each in (run.giver_signature, run.receiver_signature)
        ],
        "at": f"{day_of(run.at, now)} {timezone.localtime(run.at):%H:%M}",
        "giver": run.giver,
        "receiver": run.receiver,
        "tubes": [_on_paper(tube, run, round_) for tube in tubes],
        "samples": sum(tube.swabs for tube in tubes),
        "within_minutes": round_.tube_minutes,
    }
    return pdf(typeset("handover_slip", data, language=get_language() or "zh-hans"), _("试管转运交接单"))


def _on_paper(tube: TubeView, run: Run, round_: Round) -> dict[str, object]:
    waited = int(max(run.at - tube.closed_at, _NOTHING) / _MINUTE) if tube.closed_at else 0
    notes = [str(SHORT_REASONS.get(tube.short_reason, ""))] if tube.short else []
    if tube.count_differs:
        notes.append(_("封管时数到 %(count)s 份") % {"count": tube.closed_count})
    return {
        "code": tube.code,
        "station": tube.station,
        "closed_at": f"{timezone.localtime(tube.closed_at):%H:%M}" if tube.closed_at else "",
        "count": tube.swabs,
        "pool": tube.pool,
        "waiting_minutes": waited,
        "late": waited > round_.tube_minutes,
        "note": _("；").join(note for note in notes if note) or None,
    }
