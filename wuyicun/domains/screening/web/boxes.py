"""装箱: tubes that were closed are scanned into boxes and counted, so that a box is handed over as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from wuyicun.domains.screening import access, queries
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import TubeView
from wuyicun.domains.screening.rules import RoundState, TubeState
from wuyicun.domains.screening.web.common import Head
from wuyicun.domains.screening.web.counting import BoxForm
from wuyicun.domains.screening.web.tubes import TubeLine, line
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.writing import attempt, carried_record, make_record


@dataclass(frozen=True)
class Box:
    """A box that waits to be handed over.

    Attributes:
        leaves_by: when the first of its tubes must have left.
        url: where it is handed over.
    """

    code: str
    tubes: Sequence[TubeView]
    samples: int
    leaves_by: datetime | None
    late: bool
    url: str


def packed(village_id: UUID, round_: Round, waiting: Sequence[TubeView], now: datetime) -> Sequence[Box]:
    """The boxes of tubes that wait, the most urgent first."""
    of_tube = queries.boxes(village_id, round_.pk, [tube.code for tube in waiting])
    inside: dict[str, list[TubeView]] = {}
    for tube in waiting:
        if tube.code in of_tube:
            inside.setdefault(of_tube[tube.code], []).append(tube)
    found = [_box(code, tubes, round_, now) for code, tubes in inside.items()]
    return sorted(found, key=lambda box: (box.leaves_by or now, box.code))


def _box(code: str, tubes: Sequence[TubeView], round_: Round, now: datetime) -> Box:
    leaves_by = min((tube.leaves_by for tube in tubes if tube.leaves_by), default=None)
    url = f"{reverse('runs', args=[round_.pk])}?{urlencode({'box': code})}"
    late = leaves_by is not None and leaves_by < now
    return Box(code, tubes, sum(tube.swabs for tube in tubes), leaves_by, late, url)


@require_http_methods(["GET", "POST"])
def boxes(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """What lies in boxes, and what is still to be packed."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.CARRY_TUBES)
    waiting = queries.tubes(village_id, round_, now, states=[TubeState.CLOSED])
    form = BoxForm(waiting, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _pack(request, round_, form.cleaned_data):
        return redirect("boxes", round_id=round_.pk)
    shown = packed(village_id, round_, waiting, now)
    inside = {tube.code for box in shown for tube in box.tubes}
    loose = [line(tube) for tube in waiting if tube.code not in inside]
    said, tone = _sentence(shown, loose)
    context = {
        "head": Head.of(round_),
        "sentence": said,
        "tone": tone,
        "boxes": shown,
        "loose": loose,
        "form": form,
        "record": carried_record(request) if request.method == "POST" else uuid7(),
        "is_open": round_.state != RoundState.CANCELLED,
    }
    return render(request, "screening/boxes.html", context)


def _sentence(shown: Sequence[Box], loose: Sequence[TubeLine]) -> tuple[str, str]:
    if loose:
        count = len(loose)
        return ngettext("还有 %(count)s 支没有装箱", "还有 %(count)s 支没有装箱", count) % {"count": count}, "owed"
    if shown:
        count = len(shown)
        return ngettext("都装好了，%(count)s 箱等着交接", "都装好了，%(count)s 箱等着交接", count) % {
            "count": count
        }, "owed"
    return _("没有待转运的试管"), "done"


def _pack(request: ScopedRequest, round_: Round, data: Mapping[str, object]) -> bool:
    record, codes = carried_record(request), data["codes"]
    told = {"round": round_.pk, "box": data["box"], "tubes": codes, "counted": data["counted"]}

    def store() -> object:
        return make_record(request, "tube.box", told, record)

    said = _("%(count)s 支装进了 %(box)s") % {"count": data["counted"], "box": data["box"]}
    return attempt(request, store, said, undo_url=reverse("take_back", args=[round_.pk, record]))
