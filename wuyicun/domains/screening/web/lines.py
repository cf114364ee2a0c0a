"""People of a round as its lists show them, household by household, each with what can be done next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.labels import GROUP, GROUP_ICON
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.queries import Statement
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import access, queries
from wuyicun.domains.screening.missing import Listed
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.words import ENTRY_LOOKS, Look, Words, reason
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web.addresses import addresses


@dataclass(frozen=True)
class Tag:
    """A group that somebody belongs to."""

    word: Words
    icon: str


@dataclass(frozen=True)
class Line:
    """Somebody in a round.

    Attributes:
        settled_by: the swab that settles the entry.
        sampled_at: when it was taken.
        attempts: how often somebody tried in vain.
        last: the latest statement that holds, with its record's id, so that it can be taken back.
        by_registry: it is the registry that excuses them (away, left): nothing to take back.
    """

    id: UUID
    name: str
    sex: str
    age: int | None
    house: str
    area: str
    groups: Sequence[Tag]
    phone: str
    look: Look
    state: State
    reason: Words
    until: datetime | None
    attempts: int
    last: Statement | None
    by_registry: bool
    settled_by: UUID | None
    sampled_at: datetime | None
    tube: str
    url: str
    may_say: bool
    may_excuse: bool
    may_call: bool

    @property
    def take_back(self) -> bool:
        """Can what was last said be taken back here?"""
        if self.last is None:
            return False
        return self.may_excuse if self.last.statement == "excuse" else self.may_say


@dataclass(frozen=True)
class House:
    """A household of a list, or one person without; on a walk with its place in the order and the way to it."""

    label: str
    area: str
    household_id: UUID | None
    lines: Sequence[Line]
    number: int = 0
    way: str = ""


def houses(request: ScopedRequest, round_: Round, listed: Sequence[Listed], now: datetime) -> Sequence[House]:
    """A page of a list by household; people whose names the account may not see are left out."""
    return in_houses(listed, lines(request, round_, [each.person_id for each in listed], now))


def in_houses(listed: Sequence[Listed], known: Mapping[UUID, Line]) -> Sequence[House]:
    """Those of a list who are known, by household."""
    found = []
    for (_house, household_id), members in groupby(listed, lambda each: (each.cursor, each.household_id)):
        inside = [known[each.person_id] for each in members if each.person_id in known]
        if inside:
            found.append(House(inside[0].house, inside[0].area, household_id, inside))
    return found


def lines(request: ScopedRequest, round_: Round, people: Collection[UUID], now: datetime) -> Mapping[UUID, Line]:
    """The people of a round whose names the account may see."""
    village_id = request.village.pk
    briefs = access.visible(request.scope, registry.brief(village_id, people).values())
    entries = {each.subject_id: each for each in rolls.entries_of(village_id, round_.roll_id, list(briefs))}
    said = _last_said(village_id, round_, list(briefs), now)
    settled = queries.swabs_by_id(village_id, [each.settled_by for each in entries.values() if each.settled_by])
    today = timezone.localtime(now).date()
    is_open = round_.state == RoundState.OPEN
    url = addresses("round_person", round_.pk)
    found = {}
    for person in briefs.values():
        entry = entries.get(person.id)
        if entry is None:
            continue
        swab = settled.get(entry.settled_by) if entry.settled_by else None
        found[person.id] = Line(
            id=person.id,
            name=person.name,
            sex=person.sex,
            age=person.age_on(today),
            house=person.house or str(_("没有登记住处")),
            area=person.area,
            groups=[Tag(GROUP[code], GROUP_ICON[code]) for code in person.groups if code in GROUP],
            phone=person.phone,
            look=ENTRY_LOOKS[entry.state],
            state=entry.state,
            reason=reason(entry.reason) if entry.state is not State.DONE else "",
            until=entry.until if entry.state is State.EXCUSED else None,
            attempts=entry.attempts,
            last=said.get(person.id),
            by_registry=entry.state is State.EXCUSED and person.id not in said,
            settled_by=entry.settled_by,
            sampled_at=swab[1] if swab else None,
            tube=swab[0] if swab else "",
            url=url(person.id),
            may_say=is_open and entry.state is not State.DONE and _may(request.scope, Permission.SAMPLE, person),
            may_excuse=is_open and entry.state is not State.DONE and _may(request.scope, Permission.EXCUSE, person),
            may_call=bool(person.phone) and _may(request.scope, Permission.REVEAL, person),
        )
    return found


def _may(scope: Scope, permission: Permission, person: PersonBrief) -> bool:
    return scope.permits(permission, person.area_path)


def _last_said(village_id: UUID, round_: Round, people: Collection[UUID], now: datetime) -> Mapping[UUID, Statement]:
    """The statement that holds of each: the last one that was neither taken back nor has ended."""
    found: dict[UUID, Statement] = {}
    for each in rolls.statements(village_id, round_.roll_id, people):
        if not each.voided and (each.until is None or each.until > now):
            found.setdefault(each.subject_id, each)
    return found


def attempts_words(line: Line, now: datetime) -> str | None:
    """2 次,最近 09:30; None when nobody tried."""
    if not line.attempts:
        return None
    count = ngettext("%(count)s 次", "%(count)s 次", line.attempts) % {"count": line.attempts}
    if line.last is None or line.last.statement == "excuse":
        return count
    return _("%(count)s，最近 %(time)s") % {"count": count, "time": f"{timezone.localtime(line.last.at):%H:%M}"}
