"""Swabs that were kept but do not count, each with why and what to do."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.screening import access, queries
from wuyicun.domains.screening.web.common import Head
from wuyicun.domains.screening.web.lines import lines
from wuyicun.domains.screening.web.tubes import swab_lines
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission


@require_GET
def samples(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The flagged swabs of a round; those taken back on purpose at the end."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    flagged = swab_lines(request, round_, queries.swabs(village_id, round_.pk, flagged=True), now)
    shown = [each for each in flagged if each.person is not None]
    entries = lines(request, round_, {each.swab.person_id for each in shown}, now)
    tube_urls = {tube.code: reverse("tube", args=[tube.id]) for tube in queries.tubes(village_id, round_, now)}
    rows = [
        (each, entries.get(each.swab.person_id), tube_urls.get(each.swab.tube, ""))
        for each in sorted(shown, key=lambda each: each.swab.flag == "voided")
    ]
    counted = sum(each.swab.flag != "voided" for each in shown)
    answer = _("%(count)s 份样本存着但不计") % {"count": counted} if counted else _("没有要核对的样本")
    return render(
        request,
        "screening/samples.html",
        {"head": Head.of(round_), "rows": rows, "answer": answer, "hidden": len(flagged) - len(shown)},
    )
