"""人员: everybody by household or by name, and one person's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wuyicun.domains.registry import access, cards, counts, dossier, listing, tokens
from wuyicun.domains.registry.labels import (
    GROUP,
    HAPPENED,
    ID_KIND,
    LEFT_REASON,
    PROBLEM,
    RESIDENCE,
    REVEAL_REASON,
    SEX,
    SOURCE,
    WHEREABOUTS,
)
from wuyicun.domains.registry.listing import Asked, Page
from wuyicun.domains.registry.models import Person
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.registry.rules import Sex, Whereabouts, is_away
from wuyicun.domains.registry.web.common import (
    Chip,
    Tag,
    area_chips,
    bulk_controls,
    cursor,
    next_url,
    tags,
    today,
    with_query,
)
from wuyicun.domains.registry.web.forms import PARTS, RegistryForm, part_form
from wuyicun.domains.registry.web.meanwhile import Stale, shown_of_person
from wuyicun.domains.registry.web.panels import panels
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission

ALONE = 30
YOUNGEST_MOTHER = 12
"""Of whoever is younger no birth is offered."""


@dataclass(frozen=True)
class PersonLine:
    """A person in a list."""

    brief: PersonBrief
    age: int | None
    tags: Sequence[Tag]
    whereabouts: Any
    away: bool
    url: str


def person_line(brief: PersonBrief) -> PersonLine:
    """A person as a row of any list."""
    return PersonLine(
        brief,
        brief.age_on(today()),
        tags(brief.groups),
        WHEREABOUTS.get(brief.whereabouts, ""),
        is_away(Whereabouts(brief.whereabouts)),
        reverse("person", args=[brief.id]),
    )


def _query(data: QueryDict) -> dict[str, str]:
    names = ("by", "area", "residence", "group", "whereabouts", "problem", "left")
    return {name: str(data[name]) for name in names if data.get(name)}


def asked_of(data: QueryDict) -> Asked:
    """Which people an address asks for."""
    return _asked(_query(data))


def _asked(query: Mapping[str, str]) -> Asked:
    return Asked(
        area_path=query.get("area", ""),
        residence=query["residence"] if query.get("residence") in RESIDENCE else "",
        group=query["group"] if query.get("group") in GROUP else "",
        whereabouts=query["whereabouts"] if query.get("whereabouts") in WHEREABOUTS else "",
        problem="problem" in query,
        left="left" in query,
    )


@require_GET
def people(request: ScopedRequest) -> HttpResponse:
    """The list, by household (as the roster has it) or by name."""
    access.held(request.scope, Permission.VIEW_PEOPLE)
    query, village_id = _query(request.GET), request.village.pk
    asked, after = _asked(query), cursor(request)
    by_name = query.get("by") == "name" or asked.left
    context: dict[str, Any] = {
        "answer": _answer(request),
        "by_name": by_name,
        "asked": asked,
        "filtered": asked != Asked(),
        "may_edit": request.scope.permits(Permission.EDIT_PEOPLE),
        "may_import": request.scope.permits(Permission.IMPORT_ROSTER),
        "chips": _chips(request, query),
        "views": [
            Chip(_("按户"), with_query(query, by="", left=""), not by_name),
            Chip(_("按姓名"), with_query(query, by="name"), by_name),
        ],
        "bulk": bulk_controls("people", urlencode(query), request.get_full_path()),
    }
    if by_name:
        page: Page[Any] = listing.people(request.scope, village_id, asked, after=after)
        context["lines"] = [person_line(each) for each in page.rows]
    else:
        page = listing.households(request.scope, village_id, asked, after=after)
        context["houses"] = [(house, [person_line(each) for each in house.members]) for house in page.rows]
        alone = listing.without_household(request.scope, village_id, asked, limit=ALONE + 1) if after is None else []
        context["alone"] = [person_line(each) for each in alone[:ALONE]]
        context["all_alone"] = with_query(query, by="name") if len(alone) > ALONE else ""
    context["next"] = page.next
    return render(request, "registry/people.html", context)


def _answer(request: ScopedRequest) -> str:
    count = counts.headcount(request.scope, request.village.pk)
    if not count.people:
        return ""
    if not count.away:
        return _("%(people)s 人，都在村里") % {"people": count.people}
    return _("%(people)s 人，在村 %(here)s 人，外出 %(away)s 人") % {
        "people": count.people,
        "here": count.here,
        "away": count.away,
    }


def _chips(request: ScopedRequest, query: Mapping[str, str]) -> list[tuple[str, list[Chip]]]:
    """The filters, line by line: micro-grids, residences, groups, and what needs a look."""

    def line(name: str, words: Mapping[str, Any], every: str) -> list[Chip]:
        here = query.get(name, "")
        first = Chip(every, with_query(query, **{name: ""}), not here)
        return [first, *(Chip(word, with_query(query, **{name: code}), code == here) for code, word in words.items())]

    more = [
        Chip(_("有问题要核对"), with_query(query, problem="" if "problem" in query else "1"), "problem" in query),
        Chip(_("已离开的"), with_query(query, left="" if "left" in query else "1"), "left" in query),
    ]
    return [
        (_("片区"), area_chips(request, query, Permission.VIEW_PEOPLE)),
        (_("类别"), line("residence", RESIDENCE, _("全部"))),
        (_("去向"), line("whereabouts", WHEREABOUTS, _("全部"))),
        (_("人群"), line("group", GROUP, _("全部"))),
        (_("另看"), more),
    ]


def happenings(history: Sequence[dossier.Happening]) -> list[dict[str, Any]]:
    """What was done, in words; what this room has no word for is not told."""
    return [
        {"at": each.at, "by": each.by, "what": HAPPENED[each.action], "about": each.about}
        for each in history
        if each.action in HAPPENED
    ]


@require_GET
def person(request: ScopedRequest, person_id: UUID) -> HttpResponse:
    """One person; `?edit=part` shows a part of the page as its form."""
    found = access.person(request.scope, request.village.pk, person_id)
    file = dossier.of_person(found)
    part = request.GET.get("edit", "")
    may_edit = request.scope.permits(Permission.EDIT_PEOPLE, found.area_path)
    form = part_form(part, file) if part in PARTS and may_edit and file.left_at is None else None
    return person_page(request, found, file, Editing(part, form) if form else Editing())


@dataclass(frozen=True)
class Editing:
    """What of a person's page is being edited.

    Attributes:
        part: a key of PARTS, '' for nothing.
        stale: where somebody else changed the same meanwhile.
        shown: what the form showed when it was opened, where it comes back with a fault.
    """

    part: str = ""
    form: RegistryForm | None = None
    stale: Stale = ()
    shown: str = ""


def _may_give_birth(brief: PersonBrief) -> bool:
    age = brief.age_on(today())
    return brief.sex != Sex.MALE and (age is None or age >= YOUNGEST_MOTHER)


def person_page(request: ScopedRequest, found: Person, file: dossier.PersonFile, editing: Editing) -> HttpResponse:
    """The page; the form stands in the place of its part."""
    scope, brief = request.scope, file.brief
    together = listing.households_in_brief(request.village.pk, [found.household_id] if found.household_id else [])
    household = next(iter(together.values()), None)
    printed_at = cards.living_card(request.village.pk, tokens.PERSON, found.pk)
    context = {
        "file": file,
        "line": person_line(brief),
        "seen_at": found.updated_at.isoformat(),
        "seen": editing.shown or shown_of_person(found, [each.code for each in file.groups]),
        "editing": editing,
        "household": household,
        "others": [person_line(each) for each in household.members if each.id != found.pk] if household else [],
        "may_edit": scope.permits(Permission.EDIT_PEOPLE, found.area_path),
        "may_give_birth": _may_give_birth(brief),
        "may_reveal": scope.permits(Permission.REVEAL, found.area_path),
        "may_print": scope.permits(Permission.PRINT_CARDS, found.area_path),
        "may_merge": scope.permits(Permission.DECIDE_CONFLICTS, request.village.area_path),
        "reasons": list(REVEAL_REASON.items()),
        "unread_id": "id_number" in file.unread,
        "unread_phone": "phone" in file.unread,
        "words": {
            "sex": SEX.get(brief.sex, ""),
            "id_kind": ID_KIND.get(file.id_kind, ""),
            "residence": RESIDENCE.get(file.residence, ""),
        },
        "problems": [PROBLEM[code] for code in file.problems if code in PROBLEM],
        "left_word": LEFT_REASON.get(file.left_reason, ""),
        "groups": [
            {"word": GROUP.get(each.code, ""), "since": each.since, "source": SOURCE.get(each.source, "")}
            for each in file.groups
        ],
        "history": happenings(file.history),
        "card_made_at": printed_at,
        "panels": panels(request, brief),
        "next": next_url(request, ""),
    }
    return render(request, "registry/person.html", context)
