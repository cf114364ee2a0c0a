"""结果单: one person's from their page, or those of a household or a micro-grid to cut apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import access, slips
from wuyicun.domains.screening import missing as lists
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.slips import Slip
from wuyicun.domains.screening.web.proof import asked_of
from wuyicun.domains.screening.web.proof_paper import check_address
from wuyicun.domains.screening.words import RESULT_LOOKS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.audit.actions import audit_each
from wuyicun.kernel.documents import qr
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.responses import pdf

MOST = 1000
"""So many are printed at once; of a larger area one micro-grid after the other."""


@require_GET
def result_slip(request: ScopedRequest, round_id: UUID, person_id: UUID) -> HttpResponse:
    """Somebody's slip. Raises Http404 while they have no result of their own."""
    round_ = access.a_round(request.scope, request.village.pk, round_id, Permission.VIEW_PEOPLE)
    person = access.a_person(request.scope, request.village.pk, person_id, Permission.VIEW_PEOPLE)
    found = slips.of_people(request.village.pk, round_, [person.id])
    if not found:
        raise Http404
    return _printed(request, round_, found, [person], single=True)


@require_GET
def result_slips(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The slips of all who have a result in the micro-grid or household that is asked for, in the order of houses."""
    village_id = request.village.pk
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    asked = asked_of(request)
    leaves = access.leaves(request.scope, village_id, round_, Permission.VIEW_PEOPLE)
    page, _following = lists.listed(
        village_id,
        round_.roll_id,
        area_ids=[leaf.area_id for leaf in leaves if leaf.area_path.startswith(asked.area)],
        states=[State.DONE],
        household=asked.household,
        limit=MOST,
    )
    people = access.visible(request.scope, registry.brief(village_id, [each.person_id for each in page]).values())
    found = slips.of_people(village_id, round_, list(people))
    ordered = [people[each.person_id] for each in page if each.person_id in people and each.person_id in found]
    return _printed(request, round_, found, ordered, single=False)


def _printed(
    request: ScopedRequest, round_: Round, found: Mapping[UUID, Slip], people: Collection[PersonBrief], *, single: bool
) -> HttpResponse:
    now = clock.now()
    data = {
        "made": {"by": request.account.name, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        "village": request.village.name,
        "single": single,
        "slips": [_slip(request, each, found[each.id], now) for each in people],
    }
    audit_each(
        "screening.print_slip",
        "person",
        [each.id for each in people],
        by=request.account.pk,
        at=now,
        village_id=request.village.pk,
        data={"round": str(round_.pk)},
    )
    content = typeset("result_slips", data, language=get_language() or "zh-hans")
    return pdf(content, f"{round_.title} {_('结果单')}")


def _slip(request: ScopedRequest, person: PersonBrief, slip: Slip, now: datetime) -> Mapping[str, object]:
    code = slips.code_of(request.village.pk, request.village.area_path, slip)
    age = person.age_on(timezone.localtime(now).date())
    sex = {"male": _("男"), "female": _("女")}.get(person.sex, "")
    kind = _("单采") if slip.pool == 1 else _("混采，最多 %(pool)s 人一管") % {"pool": slip.pool}
    about: Sequence[str] = [sex, "" if age is None else str(age)]
    return {
        "name": person.name,
        "about": " ".join(part for part in about if part),
        "house": person.house,
        "round": slip.round,
        "result": str(RESULT_LOOKS[slip.result].word),
        "positive": slip.result == "positive",
        "sampled_at": f"{timezone.localtime(slip.sampled_at):%Y-%m-%d %H:%M}",
        "result_at": f"{timezone.localtime(slip.result_at):%Y-%m-%d %H:%M}",
        "station": slip.station,
        "tube": slip.tube,
        "kind": kind,
        "qr": qr.svg(check_address(request, code), error="l"),
    }
