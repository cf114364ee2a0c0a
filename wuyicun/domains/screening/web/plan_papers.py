"""The plan on paper: for each micro-grid a list of whom to call up, and a notice that says where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.registry.rules import Group
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import access
from wuyicun.domains.screening import missing as lists
from wuyicun.domains.screening.missing import Listed
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.queries import SlotView
from wuyicun.domains.screening.web.common import people_words
from wuyicun.domains.screening.web.lines import House, in_houses, lines
from wuyicun.domains.screening.web.missing import on_paper
from wuyicun.domains.screening.web.plan import Asked, asked
from wuyicun.domains.territory.rules import is_unplaced
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.formatting import day_words
from wuyicun.kernel.web.responses import pdf


@require_GET
def call_up(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """For each micro-grid that the account looks after: whom to call up for its slot, on a sheet of its own."""
    told, slots = _planned(request, round_id, Permission.VIEW_PEOPLE)
    found = _houses(request, told.round, slots, told.now)
    sheets = [
        {**_slot(told, slot), "households": [on_paper(house, told.now) for house in found.get(slot.area_id, ())]}
        for slot in slots
    ]
    return _printed(request, told, "call_up", _("召集名单"), sheets)


@require_GET
def notices(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """For each micro-grid a notice to hang up or send round: where to come and when. No name stands on it."""
    told, slots = _planned(request, round_id, Permission.VIEW_BOARD)
    return _printed(request, told, "slot_notices", _("采样通知"), [_slot(told, slot) for slot in slots])


def _planned(request: ScopedRequest, round_id: UUID, permission: Permission) -> tuple[Asked, Sequence[SlotView]]:
    """The plan, and its slots in the areas where the account may do this. Raises Http404 while there is no plan."""
    round_ = access.a_round(request.scope, request.village.pk, round_id, permission)
    told = asked(request.village.pk, round_, clock.now())
    if told.plan is None:
        raise Http404
    return told, [slot for slot in told.plan.slots if request.scope.permits(permission, slot.area_path)]


def _houses(
    request: ScopedRequest, round_: Round, slots: Sequence[SlotView], now: datetime
) -> Mapping[UUID, Sequence[House]]:
    """Who is still owed in each micro-grid, by household, without those who are sampled at home."""
    areas = [slot.area_id for slot in slots]

    def owed(group: str = "") -> Sequence[Listed]:
        return lists.listed(
            request.village.pk, round_.roll_id, area_ids=areas, states=[State.OWED], group=group, limit=None
        )[0]

    visited = {each.person_id for each in owed(Group.HOME_VISIT.value)}
    called: dict[UUID, list[Listed]] = {}
    for each in owed():
        if each.person_id not in visited:
            called.setdefault(each.area_id, []).append(each)
    known = lines(request, round_, [each.person_id for inside in called.values() for each in inside], now)
    return {area: in_houses(inside, known) for area, inside in called.items()}


def _slot(told: Asked, slot: SlotView) -> dict[str, object]:
    starts, ends = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    return {
        "area": _called(told, slot),
        "station": told.names.stations.get(slot.station_id, ""),
        "day": _day(starts),
        "time": f"{starts:%H:%M}–{ends:%H:%M}",
        "people": people_words(slot.people),
    }


def _called(told: Asked, slot: SlotView) -> str:
    """What people call themselves: nobody knows that they belong to no micro-grid."""
    if is_unplaced(slot.area_path):
        return _("外来务工和没有编入微网格的人")
    return told.names.areas.get(slot.area_id, "")


def _day(moment: datetime) -> str:
    """On paper a day is never 'today'."""
    return day_words(moment.date(), moment.date() - timedelta(days=7))


def _printed(
    request: ScopedRequest, told: Asked, template: str, title: str, sheets: Sequence[dict[str, object]]
) -> HttpResponse:
    data = {
        "made": {"by": request.account.name, "at": f"{timezone.localtime(told.now):%Y-%m-%d %H:%M}"},
        "village": request.village.name,
        "round": told.round.title,
        "draft": told.plan is None or told.plan.adopted_at is None,
        "sheets": sheets,
    }
    audit(
        f"screening.print_{template}",
        by=request.account.pk,
        at=told.now,
        village_id=request.village.pk,
        subject=("round", told.round.pk),
        data={"sheets": len(sheets)},
    )
    content = typeset(template, data, language=get_language() or "zh-hans")
    return pdf(content, f"{told.round.title} {title}")
