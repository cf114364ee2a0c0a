"""The proof of a round on paper, with a code by which the level above asks whether it is genuine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import access, codes, proving
from wuyicun.domains.screening import missing as lists
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.web.proof import ALL, STATES, Asked, Proven, proven_houses
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.documents import qr
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web import outside
from wuyicun.kernel.web.responses import pdf
from wuyicun.kernel.web.writing import attempt

MOST = 12_000
"""So many people are listed by name; in a larger round those who are not done."""


def check_address(request: ScopedRequest, code: str) -> str:
    """Where a code is checked."""
    return outside.address(request, reverse("check_code", args=[code]))


@require_POST
def proof_pdf(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """Print the proof; each print has a code of its own."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.whole_round(request.scope, village_id, round_id, Permission.CLOSE_ROUND)
    area = territory.names(village_id, [round_.area_path]).get(round_.area_path, "")

    def file(code: str, digest: str) -> bytes:
        data = _data(request, round_, now, area=area, code=code, digest=digest)
        return typeset("round_proof", data, language=get_language() or "zh-hans")

    try:
        content = proving.prove(
            village_id=village_id,
            village_path=request.village.area_path,
            round_=round_,
            area=area,
            typeset=file,
            by=request.account.pk,
            at=now,
        )
    except Refusal as refusal:
        return _refused(request, round_, refusal)
    return pdf(content, f"{round_.title} {_('逐人落实证明')}")


def _refused(request: ScopedRequest, round_: Round, refusal: Refusal) -> HttpResponse:
    def refuse() -> None:
        raise refusal

    attempt(request, refuse, "")
    return redirect("proof", round_id=round_.pk)


def _data(
    request: ScopedRequest, round_: Round, now: datetime, *, area: str, code: str, digest: str
) -> Mapping[str, object]:
    leaves = rolls.leaf_counts(request.village.pk, round_.roll_id)
    counts = proving.sums(request.village.pk, round_).kept
    address = check_address(request, code)
    return {
        "made": {"by": request.account.name, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        "village": request.village.name,
        "round": round_.title,
        "area": area,
        "final": round_.closed_at is not None,
        "figures": {
            "current": counts.current,
            **{state.name.lower(): getattr(counts, state.name.lower()) for state in State},
        },
        "areas": _areas(request.village.pk, leaves),
        "people": [*_people(request, round_, counts.current, now)],
        "all_listed": counts.current <= MOST,
        "code": codes.spoken(code),
        "address": address,
        "qr": qr.svg(address),
        "digest": digest,
    }


def _areas(village_id: UUID, leaves: Sequence[rolls.LeafCounts]) -> Sequence[Mapping[str, object]]:
    names = territory.names(village_id, [leaf.area_path for leaf in leaves])
    return [
        {
            "name": names.get(leaf.area_path, ""),
            "current": leaf.counts.current,
            **{state.name.lower(): getattr(leaf.counts, state.name.lower()) for state in State},
        }
        for leaf in leaves
        if leaf.counts.current
    ]


def _people(request: ScopedRequest, round_: Round, everybody: int, now: datetime) -> Sequence[Mapping[str, Any]]:
    leaves = access.leaves(request.scope, request.village.pk, round_, Permission.VIEW_PEOPLE)
    states = STATES[ALL] if everybody <= MOST else [state for state in State if state is not State.DONE]
    page, _following = lists.listed(
        request.village.pk,
        round_.roll_id,
        area_ids=[leaf.area_id for leaf in leaves],
        states=states,
        limit=None if everybody <= MOST else MOST,
    )
    houses = proven_houses(request, round_, page, Asked(ALL, "", None), now)
    return [_person(house.label, each, index == 0) for house in houses for index, each in enumerate(house.people)]


def _person(house: str, each: Proven, first: bool) -> Mapping[str, Any]:
    what = each.what or (str(_("名册")) if each.by_registry else "")
    if each.by_registry and each.what:
        what = _("%(what)s（名册）") % {"what": each.what}
    return {
        "house": house if first else "",
        "name": each.line.name,
        "state": str(each.line.look.word),
        "what": what,
        "when": f"{timezone.localtime(each.at):%m-%d %H:%M}" if each.at else "",
        "by": each.by,
        "result": str(each.result.word) if each.result else "",
    }
