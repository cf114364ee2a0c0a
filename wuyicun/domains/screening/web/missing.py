"""未采名单: who is missing, household by household, and the same list of any other state; on paper as a call sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.registry.labels import GROUP
from wuyicun.domains.rolls.queries import LeafCounts
from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.screening import access
from wuyicun.domains.screening import missing as lists
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.web.common import (
    STATES_OF_LIST,
    Head,
    day_of,
    people_words,
    sentence,
)
from wuyicun.domains.screening.web.lines import House, Line, attempts_words, houses
from wuyicun.domains.screening.words import Words
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import SECTION_DIGITS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.documents.pdf import render as typeset
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.responses import pdf

PAGE = 100
SHEET = 2000
MOST_CHIPS = 60
TITLES: dict[str, Words] = {
    "missing": gettext_lazy("未采名单"),
    "due": gettext_lazy("应采名单"),
    "owed": gettext_lazy("待采名单"),
    "done": gettext_lazy("已采名单"),
    "unreachable": gettext_lazy("联系不上的人"),
    "refused": gettext_lazy("拒绝采样的人"),
    "excused": gettext_lazy("暂免名单"),
}


@dataclass(frozen=True)
class Chip:
    """A filter."""

    label: Words
    url: str
    active: bool
    count: int | None = None


@dataclass(frozen=True)
class Asked:
    """What a list was asked for."""

    state: str
    area: str
    group: str

    def address(self, **other: str) -> str:
        """The query of the same list with something else asked."""
        asked = {"state": self.state, "area": self.area, "group": self.group, **other}
        asked["state"] = "" if asked["state"] == "missing" else asked["state"]
        return "?" + urlencode({key: value for key, value in asked.items() if value})


def _asked(request: ScopedRequest) -> Asked:
    state, group = request.GET.get("state", "missing"), request.GET.get("group", "")
    return Asked(
        state if state in STATES_OF_LIST else "missing", request.GET.get("area", ""), group if group in GROUP else ""
    )


@require_GET
def missing(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """A list of a round's people."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    asked = _asked(request)
    leaves = access.leaves(request.scope, village_id, round_, Permission.VIEW_PEOPLE)
    inside = [leaf for leaf in leaves if leaf.area_path.startswith(asked.area)]
    chosen = [leaf.area_id for leaf in inside]
    states = STATES_OF_LIST[asked.state]
    page, following = lists.listed(
        village_id,
        round_.roll_id,
        area_ids=chosen,
        states=states,
        group=asked.group,
        after=request.GET.get("after", ""),
        limit=PAGE,
    )
    below = sum((leaf.counts for leaf in inside), Counts())
    context: dict[str, Any] = {
        "head": Head.of(round_),
        "asked": asked,
        "title": TITLES[asked.state],
        "answer": _answer(round_, asked, below, now),
        "houses": houses(request, round_, page, now),
        "next": following,
        "shown_chips": _state_chips(asked, below),
        "area_chips": _area_chips(village_id, asked, leaves),
        "group_chips": _group_chips(request, round_, asked, chosen),
        "sheet_url": reverse("call_sheet", args=[round_.pk]) + asked.address(),
        "here": request.get_full_path(),
    }
    return render(request, "screening/missing.html", context)


def _number(counts: Counts, state: str) -> int:
    number: int = getattr(counts, state)
    return number


def _answer(round_: Round, asked: Asked, below: Counts, now: datetime) -> tuple[str, str]:
    if asked.state == "missing":
        return sentence(round_, below, now)
    words = {
        "due": _("%(count)s 人应采"),
        "owed": _("%(count)s 人待采"),
        "done": _("%(count)s 人已采"),
        "unreachable": _("%(count)s 人联系不上"),
        "refused": _("%(count)s 人拒绝"),
        "excused": _("%(count)s 人暂免"),
    }[asked.state]
    return words % {"count": _number(below, asked.state)}, ""


def _state_chips(asked: Asked, below: Counts) -> Sequence[Chip]:
    labels = {
        "missing": _("未采"),
        "owed": _("待采"),
        "unreachable": _("联系不上"),
        "refused": _("拒绝"),
        "excused": _("暂免"),
        "done": _("已采"),
    }
    return [
        Chip(label, asked.address(state=state), asked.state == state, _number(below, state))
        for state, label in labels.items()
    ]


def _area_chips(village_id: UUID, asked: Asked, leaves: Sequence[LeafCounts]) -> Sequence[Chip]:
    """One for each micro-grid; where there are too many, one for each section, and the micro-grids of the one asked."""
    if len(leaves) < 2:
        return []
    few = len(leaves) <= MOST_CHIPS
    numbers = Counter({"": 0})
    for leaf in leaves:
        section, number = leaf.area_path[:SECTION_DIGITS], _number(leaf.counts, asked.state)
        numbers[""] += number
        if not few:
            numbers[section] += number
        if few or (asked.area.startswith(section) and section != leaf.area_path):
            numbers[leaf.area_path] += number
    names = {"": _("全部"), **territory.names(village_id, numbers)}
    return [
        Chip(names.get(path, ""), asked.address(area=path), path == asked.area, number)
        for path, number in numbers.items()
    ]


def _area_words(village_id: UUID, asked: Asked, chosen: Sequence[LeafCounts]) -> str:
    """What the list is of: the micro-grids, or the one area that they are all of."""
    names = territory.names(village_id, [asked.area, *(leaf.area_path for leaf in chosen)])
    if len(chosen) > MOST_CHIPS:
        return names.get(asked.area, "")
    return _("、").join(names.get(leaf.area_path, "") for leaf in chosen)


def _group_chips(request: ScopedRequest, round_: Round, asked: Asked, areas: Collection[UUID]) -> Sequence[Chip]:
    found = lists.by_group(request.village.pk, round_.roll_id, area_ids=areas, states=STATES_OF_LIST[asked.state])
    return [
        Chip(word, asked.address(group="" if asked.group == code else code), asked.group == code, found[code])
        for code, word in GROUP.items()
        if found.get(code)
    ]


@require_GET
def call_sheet(request: ScopedRequest, round_id: UUID) -> HttpResponse:
    """The same list on paper, to take along and write on; who printed it is in the audit."""
    village_id, now = request.village.pk, clock.now()
    round_ = access.a_round(request.scope, village_id, round_id, Permission.VIEW_PEOPLE)
    asked = _asked(request)
    leaves = access.leaves(request.scope, village_id, round_, Permission.VIEW_PEOPLE)
    chosen = [leaf for leaf in leaves if leaf.area_path.startswith(asked.area)]
    page, _following = lists.listed(
        village_id,
        round_.roll_id,
        area_ids=[leaf.area_id for leaf in chosen],
        states=STATES_OF_LIST[asked.state],
        group=asked.group,
        limit=SHEET,
    )
    found = houses(request, round_, page, now)
    data = {
        "made": {"by": request.account.name, "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}"},
        "village": request.village.name,
        "round": round_.title,
        "area": _area_words(village_id, asked, chosen) if len(chosen) < len(leaves) else "",
        "due_at": f"{day_of(round_.due_at, now)} {timezone.localtime(round_.due_at):%H:%M}",
        "sentence": str(TITLES[asked.state])
        if asked.state != "missing"
        else _("还有 %(people)s未采") % {"people": people_words(sum(len(house.lines) for house in found))},
        "households": [on_paper(house, now) for house in found],
    }
    audit(
        "screening.print_call_sheet",
        by=request.account.pk,
        at=now,
        village_id=village_id,
        subject=("round", round_.pk),
        data={"state": asked.state, "area": asked.area, "people": sum(len(house.lines) for house in found)},
    )
    content = typeset("call_sheet", data, language=get_language() or "zh-hans")
    return pdf(content, f"{round_.title} {TITLES[asked.state]}")


def on_paper(house: House, now: datetime) -> dict[str, object]:
    """A household as printed lists show it: the first phone, masked, and everybody with room to write."""
    phone = next((line.phone for line in house.lines if line.phone), None)
    return {
        "house": house.label,
        "area": house.area,
        "phone": phone,
        "people": [_person_on_paper(line, now) for line in house.lines],
    }


def _person_on_paper(line: Line, now: datetime) -> dict[str, object]:
    state = str(line.look.word)
    return {
        "name": line.name,
        "sex": {"male": _("男"), "female": _("女")}.get(line.sex, ""),
        "age": "" if line.age is None else str(line.age),
        "groups": [str(group.word) for group in line.groups],
        "state": f"{state}（{line.reason}）" if line.reason else state,
        "attempts": attempts_words(line, now),
    }
