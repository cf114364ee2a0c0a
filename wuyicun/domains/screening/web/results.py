"""结果: tubes that wait for one, entered singly by a scanned code, from the list, or all at once; and the re-tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import access, queries, tube_history
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import TubeView
from wuyicun.domains.screening.rules import ENDED, TubeResult, TubeState
from wuyicun.domains.screening.tube_history import Told
from wuyicun.domains.screening.web.common import Head, powers_in
from wuyicun.domains.screening.web.missing import Chip
from wuyicun.domains.screening.web.tubes import TubeLine, line, read_code
from wuyicun.domains.screening.words import RESULT_LOOKS, RETEST_LOOKS, VOID_REASONS, Look
from wuyicun.domains.standing import queries as standing
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.records.office import Fact, submit_all
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import notices
from wuyicun.kernel.web.writing import attempt, carried_record

ANSWERS = (TubeResult.NEGATIVE, TubeResult.POSITIVE, TubeResult.INVALID)


@dataclass(frozen=True)
class Awaiting:
    """A tube without result: since when it waits and whether that is too long."""

    line: TubeLine
    sampled_at: datetime | None
    due_at: datetime | None
    late: bool
    record: UUID


@dataclass(frozen=True)
class Disputed:
    """A tube whose recorded results contradict each other."""

    line: TubeLine
    told: Sequence[tuple[Told, Look, str]]


@require_GET
def results(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """What waits for a result; with a code, that one tube."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.ENTER_RESULTS)
    tubes = queries.tubes(village_id, round_, now)
    totals = queries.totals(village_id, round_, now)
    code = read_code(request.GET.get("code", ""))
    found = next((tube for tube in tubes if code and tube.code.upper() == code), None)
    waiting = [_awaiting(round_, tube, now) for tube in tubes if _awaits(tube)]
    sent = [each for each in waiting if each.line.tube.handed_at is not None]
    everything = request.GET.get("show") == "all" or not sent
    context = {
        "head": Head.of(round_),
        "answer": _answer(totals, waiting),
        "waiting": sorted(waiting if everything else sent, key=lambda each: each.sampled_at or now),
        "chips": [
            Chip(_("已送出"), "?", not everything, len(sent)),
            Chip(_("连同没送出的"), "?show=all", everything, len(waiting)),
        ]
        if len(sent) < len(waiting) and sent
        else [],
        "disputed": _disputed(village_id, round_, tubes),
        "code": code,
        "found": line(found) if found else None,
        "found_ended": found is not None and found.state in ENDED,
        "totals": totals,
        "void_reasons": [(key, word) for key, word in VOID_REASONS.items() if key not in ("undo", "wrong_person")],
        "record": uuid7(),
        "bulk": uuid7(),
        "may": powers_in(request, round_.area_path),
        "here": request.path,
    }
    return render(request, "screening/results.html", context)


def _awaits(tube: TubeView) -> bool:
    settled = tube.result in (TubeResult.NEGATIVE, TubeResult.POSITIVE, TubeResult.DISPUTED)
    return not settled and tube.state not in ENDED and tube.state is not TubeState.EXPECTED


def _awaiting(round_: Round, tube: TubeView, now: datetime) -> Awaiting:
    start = tube.first_swab_at
    due = start + timedelta(hours=round_.result_hours) if start else None
    return Awaiting(line(tube), start, due, due is not None and due < now, uuid7())


def _answer(totals: queries.TubeTotals, waiting: Sequence[Awaiting]) -> tuple[str, str]:
    late = sum(each.late for each in waiting)
    if totals.disputed:
        return _("%(count)s 支试管的结果有争议，等人决定") % {"count": totals.disputed}, "late"
    if late:
        words = {"all": len(waiting), "late": late}
        return _("%(all)s 支试管还没有结果，其中 %(late)s 支已过时限") % words, "late"
    if waiting:
        return _("%(all)s 支试管还没有结果") % {"all": len(waiting)}, "owed"
    return (_("%(all)s 支试管都有结果") % {"all": totals.all}, "done") if totals.all else (_("还没有试管"), "")


def _disputed(village_id: UUID, round_: Round, tubes: Sequence[TubeView]) -> Sequence[Disputed]:
    disputed = [tube for tube in tubes if tube.result == TubeResult.DISPUTED and tube.state not in ENDED]
    told = tube_history.results_told(village_id, round_.pk, [tube.code for tube in disputed])
    names = accounts.names_of([each.by for many in told.values() for each in many if each.by])
    return [
        Disputed(
            line(tube),
            [
                (each, RESULT_LOOKS[each.data["result"]], names.get(each.by, "") if each.by else "")
                for each in told.get(tube.code, ())
            ],
        )
        for tube in disputed
    ]


@require_POST
def enter(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The result of one tube, or one result for all that were ticked, whose number was typed."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.ENTER_RESULTS)
    codes, result = request.POST.getlist("tube"), request.POST.get("result", "")
    known = {tube.code: tube for tube in queries.tubes(village_id, round_, now, codes=codes)}
    refusal = _refusal(codes, known, result, request.POST.get("counted"))
    if refusal:
        notices.say(request, refusal, level=messages.ERROR)
        return redirect("results", round_id=round_.pk)
    facts = _facts(round_, sorted(known), result, carried_record(request))

    def store() -> object:
        return submit_all(
            village_id=village_id,
            by=request.account.pk,
            may=request.scope.may_in(request.village.area_path),
            facts=facts,
            at=now,
        )

    undo = reverse("take_back", args=[round_.pk, facts[0].record_id]) if len(facts) == 1 else ""
    done = attempt(request, store, _said(round_, known, result), undo_url=undo)
    if done and result == TubeResult.POSITIVE and any(tube.pool > 1 for tube in known.values()):
        return redirect("retests", round_id=round_.pk)
    return redirect("results", round_id=round_.pk)


def _refusal(codes: Sequence[str], known: Mapping[str, TubeView], result: str, counted: str | None) -> str:
    if result not in ANSWERS or not codes:
        return _("请先选试管，再选结果")
    missing = [code for code in codes if code not in known]
    if missing:
        return _("本轮没有试管 %(codes)s") % {"codes": _("、").join(missing)}
    if counted is not None and counted.strip() != str(len(codes)):
        words = _("选了 %(chosen)s 支，填的是 %(counted)s 支，没有录入。请核对后重来")
        return words % {"chosen": len(codes), "counted": counted.strip() or 0}
    if len(codes) > 1 and (counted is None or result != TubeResult.NEGATIVE):
        return _("成批录入只能录阴性，并要填支数")
    return ""


def _facts(round_: Round, codes: Sequence[str], result: str, first: UUID) -> Sequence[Fact]:
    """One record for each tube; the ids of a batch follow from the form's own, so that sending it twice makes one."""
    ids = [first] if len(codes) == 1 else [UUID(int=(first.int + place) % 2**128) for place in range(len(codes))]
    return [
        Fact("tube.result", {"round": round_.pk, "tube": code, "result": result}, record_id)
        for code, record_id in zip(codes, ids, strict=True)
    ]


def _said(round_: Round, known: Mapping[str, TubeView], result: str) -> str:
    word = RESULT_LOOKS[result].word
    if len(known) > 1:
        return _("%(count)s 支试管已录%(result)s") % {"count": len(known), "result": word}
    (tube,) = known.values()
    if result == TubeResult.POSITIVE and tube.pool > 1:
        words = _("试管 %(code)s 阳性：%(count)s 人请原地等候，各做一次单人复检")
        return words % {"code": tube.code, "count": tube.swabs}
    return _("试管 %(code)s 已录%(result)s") % {"code": tube.code, "result": word}


@dataclass(frozen=True)
class Held:
    """Somebody who was in a positive pool."""

    person: PersonBrief
    age: int | None
    look: Look
    state: State
    pool: str
    pool_url: str
    held_until: datetime | None
    own: TubeLine | None
    url: str


@require_GET
def retests(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Who was in a positive pool: held until when, and whether the single re-test was done."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    found = queries.retests(village_id, round_)
    rows = _held(request, round_, found.roll_id, now) if found.roll_id else []
    owed = sum(row.state is State.OWED for row in rows)
    context = {
        "head": Head.of(round_),
        "rows": rows,
        "hidden": found.counts.current - len(rows),
        "answer": _retest_answer(len(rows), owed),
        "retests": found,
        "may": powers_in(request, round_.area_path),
    }
    return render(request, "screening/retests.html", context)


def _retest_answer(people: int, owed: int) -> tuple[str, str]:
    if not people:
        return _("没有需要复检的人"), "done"
    if owed:
        return _("%(people)s 人在阳性管里，还有 %(owed)s 人没有单人复检") % {"people": people, "owed": owed}, "late"
    return _("%(people)s 人在阳性管里，都做了单人复检") % {"people": people}, "done"


def _held(request: ScopedRequest, round_: Round, roll_id: UUID, now: datetime) -> Sequence[Held]:
    village_id = request.village.pk
    entries = {each.subject_id: each for each in rolls.entries(village_id, roll_id)}
    people = access.visible(request.scope, registry.brief(village_id, list(entries)).values())
    known = standing.standing(village_id, list(people), now)
    tubes = {tube.code: tube for tube in queries.tubes(village_id, round_, now)}
    positive = [tube for tube in tubes.values() if tube.result == TubeResult.POSITIVE and tube.pool > 1]
    pools = {
        swab.person_id: tube
        for tube in positive
        for swab in queries.swabs(village_id, round_.pk, tube=tube.code)
        if not swab.retest
    }
    own = queries.swabs_by_id(village_id, [each.settled_by for each in entries.values() if each.settled_by])
    today = timezone.localtime(now).date()
    found = []
    for person in people.values():
        entry, pool = entries[person.id], pools.get(person.id)
        single = tubes.get(own[entry.settled_by][0]) if entry.settled_by else None
        found.append(
            Held(
                person,
                person.age_on(today),
                RETEST_LOOKS[entry.state],
                entry.state,
                pool.code if pool else "",
                reverse("tube", args=[pool.id]) if pool else "",
                known[person.id].held_until if person.id in known else None,
                line(single) if single else None,
                reverse("round_person", args=[round_.pk, person.id]),
            )
        )
    return sorted(
        found,
        key=lambda each: (each.state is not State.OWED, each.person.area, each.person.house, each.person.name_sort),
    )
