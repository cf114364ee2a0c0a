"""The organisation in words: boxes of the chart, vacancies, who holds too much; for the page and for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wuyicun.domains.territory.chart import Box, Branch, Chart, Vacancy
from wuyicun.domains.territory.duties import DutyRow
from wuyicun.domains.territory.hubs import HubHouse
from wuyicun.domains.territory.naming import unit_name
from wuyicun.domains.territory.queries import Holder
from wuyicun.domains.territory.rules import LEADER, LED, Level, Rank, UnitKind, head_role
from wuyicun.domains.territory.web.hours import hours_words
from wuyicun.domains.territory.words import LEVELS, RANKS, UNIT_KINDS
from wuyicun.kernel.roles import ROLES

Words = str | Promise
Heavy = Mapping[UUID | str, Sequence[Holder]]


@dataclass(frozen=True)
class Name:
    """Somebody in a box; `posts` is how many they hold when that is too much, else 0."""

    name: str
    posts: int = 0


@dataclass(frozen=True)
class Line:
    """What people are in a unit, and who."""

    word: Words
    names: Sequence[Name]


@dataclass(frozen=True)
class BoxShown:
    """A unit in the chart.

    Attributes:
        is_there: it has been set up; else `title` is what it would be called.
        head: nobody when it is vacant; then `appoint_url` fills it.
        hours: '' when none are said.
        nobody_on_duty: it should be manned at this moment and is not.
    """

    kind: str
    title: str
    is_there: bool
    phone: str
    head: Line | None
    vacant_word: Words
    appoint_url: str
    unit_url: str
    wants_head: bool
    lines: Sequence[Line]
    about: Words
    hours: str
    on_duty: Sequence[DutyRow]
    nobody_on_duty: bool
    help_with: str


@dataclass(frozen=True)
class BranchShown:
    """An area of the chart with its two boxes and what lies below."""

    id: UUID
    name: str
    level: Words
    is_micro_grid: bool
    command: BoxShown
    party: BoxShown
    hubs: Sequence[HubHouse]
    below: Sequence[BranchShown]


@dataclass(frozen=True)
class VacancyShown:
    """Something that is lacking, and where it is filled."""

    words: Words
    url: str
    is_hub: bool


def branch(found: Branch, heavy: Heavy) -> BranchShown:
    """An area and all below it."""
    return BranchShown(
        found.id,
        found.name,
        LEVELS[found.level],
        found.level is Level.MICRO_GRID,
        box(found.command, heavy, found.level),
        box(found.party, heavy, found.level),
        found.hubs,
        [branch(each, heavy) for each in found.below],
    )


def box(found: Box, heavy: Heavy, level: Level | None = None) -> BoxShown:
    """A unit; `level` when it stands in one of the two lines."""
    leads = LEADER[level] if level and found.kind is UnitKind.COMMAND else ""
    hours = found.hours
    lines = [Line(RANKS[Rank.DEPUTY], _names(found.deputies, heavy))] if found.deputies else []
    return BoxShown(
        kind=found.kind,
        title=found.name or (unit_name(found.kind, level, found.area) if level else ""),
        is_there=found.unit_id is not None,
        phone=found.phone,
        head=Line(_head_word(found.head), _names([found.head], heavy)) if found.head else None,
        vacant_word=ROLES[leads].name if leads else RANKS[Rank.HEAD],
        appoint_url=appoint_url(found.area_path, head_role(found.kind, level), found.unit_id),
        unit_url=reverse("unit", args=[found.unit_id]) if found.unit_id else "",
        wants_head=found.kind in LED and (found.unit_id is not None or bool(leads)),
        lines=[*lines, *_by_role(found.members, heavy)],
        about="" if level else UNIT_KINDS[found.kind],
        hours=hours_words(hours.watch.begins, hours.watch.ends) if hours and hours.watch else "",
        on_duty=hours.now if hours else (),
        nobody_on_duty=hours is not None and hours.wanted_now and not hours.now,
        help_with=found.help_with,
    )


def appoint_url(area_path: str, role: str, unit_id: UUID | None) -> str:
    """The form that appoints, with what is known filled in."""
    known = {"area": area_path, "role": role, "rank": Rank.HEAD.value, "unit": str(unit_id or "")}
    return f"{reverse('post_add')}?{urlencode(known)}"


def vacancies(chart: Chart, what: str) -> Sequence[VacancyShown]:
    """Those of a kind, in words."""
    return [_vacancy(each) for each in chart.missing(what)]


def _vacancy(each: Vacancy) -> VacancyShown:
    if each.what == "duty":
        return VacancyShown(each.unit, reverse("unit", args=[each.unit_id]) + "#duty", is_hub=False)
    if each.what == "hub":
        return VacancyShown(each.area, f"{reverse('people')}?area={each.area_path}", is_hub=True)
    leads = each.kind is UnitKind.COMMAND
    where = each.area if leads else each.unit
    words = _("%(where)s：%(post)s") % {"where": where, "post": ROLES[each.role].name if leads else RANKS[Rank.HEAD]}
    return VacancyShown(words, appoint_url(each.area_path, each.role, each.unit_id), is_hub=False)


def loads(chart: Chart) -> Sequence[tuple[str, int, str]]:
    """Who holds too much: name, how many posts, and which."""
    return [
        (held[0].name, len(held), _("、").join(f"{each.unit or each.area} {post_word(each)}" for each in held))
        for held in chart.heavy.values()
    ]


def post_word(holder: Holder) -> Words:
    """What somebody is: 网格长, 成员, 副职 · 网格长."""
    role = ROLES[holder.role].name if holder.role in ROLES and holder.role != "member" else ""
    if holder.rank == Rank.DEPUTY:
        return f"{RANKS[Rank.DEPUTY]} · {role}" if role else RANKS[Rank.DEPUTY]
    return role or RANKS[holder.rank]


def _head_word(holder: Holder) -> Words:
    return ROLES[holder.role].name if holder.role in ROLES and holder.role != "member" else RANKS[Rank.HEAD]


def _by_role(holders: Sequence[Holder], heavy: Heavy) -> list[Line]:
    by_role: dict[str, list[Holder]] = {}
    for holder in holders:
        by_role.setdefault(holder.role, []).append(holder)
    return [
        Line(RANKS[Rank.MEMBER] if role == "member" or role not in ROLES else ROLES[role].name, _names(held, heavy))
        for role, held in by_role.items()
    ]


def _names(holders: Sequence[Holder], heavy: Heavy) -> list[Name]:
    return [Name(each.name, len(heavy.get(each.whose, ()))) for each in holders]
