"""At the door: the households of a micro-grid, and one household to confirm with a tap or to put right on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wuyicun.domains.registry import access as registry_access
from wuyicun.domains.registry import dossier
from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.labels import RESIDENCE
from wuyicun.domains.registry.queries import HouseholdBrief
from wuyicun.domains.registry.web.people import person_line
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts, State
from wuyicun.domains.verification import access, queries
from wuyicun.domains.verification.rules import CHECK, UNCHECK, Result
from wuyicun.domains.verification.web.common import LastCheck, sentence
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.writing import attempt, back_to, carried_record, make_record

PAGE = 100
_SHOWN: Mapping[str, Sequence[State]] = {
    "owed": (State.OWED,),
    "done": (State.DONE,),
    "all": tuple(State),
}


@dataclass(frozen=True)
class HouseLine:
    """A household in the list of its micro-grid."""

    brief: HouseholdBrief
    last: LastCheck
    done: bool
    url: str


@require_GET
def area(request: ScopedRequest, area_path: str) -> HttpResponse:
    """The households of a micro-grid in the order of their numbers: those owed, those done (`?show=`)."""
    village_id, now = request.village.pk, clock.now()
    leaf = registry_access.leaf(request.scope, village_id, area_path, Permission.VIEW_PEOPLE)
    period = queries.current(village_id)
    states = _states(village_id, leaf.id, period.roll_id if period else None)
    shown = request.GET.get("show", "")
    shown = shown if shown in _SHOWN else "owed" if period else "all"
    counts = rolls.counts(village_id, period.roll_id, leaf.area_path) if period else Counts()
    houses = _houses(village_id, leaf.area_path, states, shown, period is None)
    page, following = _page(houses, request.GET.get("after", ""))
    may_check = request.scope.permits(Permission.EDIT_PEOPLE, leaf.area_path)
    several = len(registry_access.leaves(request.scope, village_id, request.village.area_path, Permission.VIEW_PEOPLE))
    context = {
        "leaf": leaf,
        "answer": sentence(period, counts, now),
        "period": period,
        "shown": shown,
        "chips": [
            (_("待核对"), "?show=owed", shown == "owed", counts.owed),
            (_("已核对"), "?show=done", shown == "done", counts.done),
            (_("全部"), "?show=all", shown == "all", None),
        ],
        "lines": _house_lines(village_id, page, states, may_check, now),
        "next": following,
        "back": reverse("verification") if several > 1 else "",
    }
    return render(request, "verification/area.html", context)


def _states(village_id: UUID, leaf_id: UUID, roll_id: UUID | None) -> Mapping[UUID, State]:
    if roll_id is None:
        return {}
    return {entry.subject_id: entry.state for entry in rolls.entries(village_id, roll_id, area_ids=[leaf_id])}


def _houses(
    village_id: UUID, area_path: str, states: Mapping[UUID, State], shown: str, everyone: bool
) -> Sequence[HouseholdBrief]:
    here = [each.id for each in registry.households_to_draw(village_id, area_path)]
    wanted = [each for each in here if everyone or states.get(each) in _SHOWN[shown]]
    return sorted(registry.household_briefs(village_id, wanted).values(), key=lambda brief: (brief.order, brief.id))


def _page(houses: Sequence[HouseholdBrief], after: str) -> tuple[Sequence[HouseholdBrief], str]:
    """The households behind the one that was shown last, and where the next page begins."""
    start = next((place for place, each in enumerate(houses, 1) if str(each.id) == after), 0)
    page = houses[start : start + PAGE]
    return page, str(page[-1].id) if len(houses) > start + PAGE else ""


def _house_lines(
    village_id: UUID, houses: Sequence[HouseholdBrief], states: Mapping[UUID, State], may_check: bool, now: datetime
) -> Sequence[HouseLine]:
    last = queries.last_checks(village_id, [each.id for each in houses])
    names = accounts.names_of([each.by for each in last.values() if each.by])
    page = "verification_household" if may_check else "household"
    lines = []
    for each in houses:
        checked = last.get(each.id)
        by = names.get(checked.by, "") if checked and checked.by else ""
        done = states.get(each.id) == State.DONE
        lines.append(HouseLine(each, LastCheck.of(checked, by, now), done, reverse(page, args=[each.id])))
    return lines


@require_GET
def household(request: ScopedRequest, household_id: UUID) -> HttpResponse:
    """One household on a phone: who lives there, what can be put right, and one button; `?corrected=1` after that."""
    village_id, now = request.village.pk, clock.now()
    found = registry_access.household(request.scope, village_id, household_id, Permission.EDIT_PEOPLE)
    file = dossier.of_household(found)
    checked = queries.last_checks(village_id, [found.pk]).get(found.pk)
    by = accounts.names_of([checked.by]).get(checked.by, "") if checked and checked.by else ""
    here = reverse("verification_household", args=[found.pk])
    context = {
        "household": found,
        "file": file,
        "address": "" if _same(found.address, file.row.house) else found.address,
        "members": [
            {"line": person_line(each), "relation": detail.relation, "residence": RESIDENCE.get(detail.residence, "")}
            for each in file.row.members
            if (detail := file.details[each.id])
        ],
        "last": LastCheck.of(checked, by, now),
        "corrected": request.GET.get("corrected") == "1",
        "record": uuid7(),
        "next": f"{here}?corrected=1",
        "back": reverse("verification_area", args=[found.area_path]),
    }
    return render(request, "verification/household.html", context)


def _same(address: str, house: str) -> bool:
    """Does the address only repeat what the house is called?"""
    return address.replace(" ", "") == house.replace(" ", "")


@require_POST
def check(request: ScopedRequest, household_id: UUID) -> HttpResponse:
    """Say that a household is right, or that it has been put right."""
    village_id = request.village.pk
    found = registry_access.household(request.scope, village_id, household_id, Permission.EDIT_PEOPLE)
    record, result = carried_record(request), request.POST.get("result", "")
    data = {
        "household": found.pk,
        "result": result if result in list(Result) else Result.CONFIRMED.value,
        "note": request.POST.get("note", "").strip()[:200],
    }

    def store() -> object:
        return make_record(request, CHECK, data, record)

    house = registry.household_briefs(village_id, [found.pk])[found.pk].house
    said = _("%(house)s 已核对") % {"house": house}
    attempt(request, store, said, undo_url=reverse("verification_take_back", args=[record]))
    return back_to(request, reverse("verification_area", args=[found.area_path]))


@require_POST
def take_back(request: ScopedRequest, check_id: UUID) -> HttpResponse:
    """Take a check back; its household is owed again."""
    village_id = request.village.pk
    household_id = access.household_of_check(request.scope, village_id, check_id)

    def store() -> object:
        return make_record(request, UNCHECK, {"check": check_id, "reason": "undo"})

    attempt(request, store, _("已撤销，这一户又列为待核对"))
    return back_to(request, reverse("verification_household", args=[household_id]))
