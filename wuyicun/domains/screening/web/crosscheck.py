"""The lists of who has to be looked at twice, each with why somebody is on it and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.screening import access, crosscheck
from wuyicun.domains.screening.crosscheck import Cause, Suspect
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.web.common import Head
from wuyicun.domains.screening.web.lines import Line, lines
from wuyicun.domains.screening.web.missing import Chip
from wuyicun.domains.screening.web.proof_words import CAUSES
from wuyicun.domains.screening.words import ENTRY_LOOKS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission

PAGE = 100


@dataclass(frozen=True)
class Row:
    """Somebody on the list, and what became of them in the round before where it is about that."""

    line: Line
    before: str


@require_GET
def crosscheck_page(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """One of the lists; the first that has anybody unless another is asked for."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    areas = [leaf.area_id for leaf in access.leaves(request.scope, village_id, round_, Permission.VIEW_PEOPLE)]
    counts = crosscheck.counts(village_id, round_, areas)
    cause = _cause(request.GET.get("cause", ""), counts)
    found = crosscheck.suspects(
        village_id, round_, cause, areas, after=_person(request.GET.get("after", "")), limit=PAGE + 1
    )
    page = found[:PAGE]
    context = {
        "head": Head.of(round_),
        "told": CAUSES[cause],
        "count": counts[cause],
        "chips": [
            Chip(told.title, f"?cause={each}", each is cause, counts[each])
            for each, told in CAUSES.items()
            if counts[each] or each is cause
        ],
        "rows": _rows(request, round_, page, now),
        "next": str(page[-1].person_id) if len(found) > PAGE else None,
        "proof_url": reverse("proof", args=[round_.pk]),
        "here": request.get_full_path(),
    }
    return render(request, "screening/crosscheck.html", context)


def _cause(asked: str, counts: Mapping[Cause, int]) -> Cause:
    if asked in set(Cause):
        return Cause(asked)
    return next((cause for cause, count in counts.items() if count), Cause.MISSED_TWICE)


def _person(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _rows(request: ScopedRequest, round_: Round, found: Sequence[Suspect], now: datetime) -> Sequence[Row]:
    known = lines(request, round_, [each.person_id for each in found], now)
    return [Row(known[each.person_id], _before(each)) for each in found if each.person_id in known]


def _before(suspect: Suspect) -> str:
    """What became of them in the round before."""
    if suspect.before is None:
        return ""
    return _("%(round)s：%(state)s") % {"round": suspect.round_before, "state": ENTRY_LOOKS[suspect.before].word}
