"""What followed from a positive tube, step by step and timed: who was told and asked, tested again, let go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.registry.queries import PersonBrief
from wuyicun.domains.screening import access, positives
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.positives import Retested
from wuyicun.domains.screening.queries import TubeView
from wuyicun.domains.screening.rules import ENDED, TubeResult
from wuyicun.domains.screening.words import RESULT_LOOKS, Words
from wuyicun.domains.tasks import queries as tasks
from wuyicun.domains.tasks.words import KINDS
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import ROLES
from wuyicun.kernel.web.formatting import duration_words


@dataclass(frozen=True)
class Step:
    """Something that happened; `after` how long after the result.

    Attributes:
        person: whom it is about, '' when nobody or when the account may not know them.
    """

    at: datetime
    what: Words
    after: str = ""
    by: Words = ""
    person: str = ""
    url: str = ""


def steps(request: ScopedRequest, round_: Round, tube: TubeView, now: datetime) -> Sequence[Step]:
    """The steps in the order of their times; none where the tube is not positive."""
    since = tube.result_at
    if tube.result != TubeResult.POSITIVE or since is None or tube.state in ENDED:
        return []
    members = positives.retested(request.village.pk, round_.pk, tube.code) if tube.pool > 1 else []
    known = access.visible(
        request.scope, registry.brief(request.village.pk, [each.person_id for each in members]).values()
    )
    until = since + timedelta(hours=round_.hold_hours)
    found = [_began(since, until, len(members))]
    found += _asked(request.village.pk, tube.id, since)
    found += [step for each in members for step in _of_member(round_, each, known, since, until, now)]
    return sorted(found, key=lambda step: step.at)


def _began(since: datetime, until: datetime, people: int) -> Step:
    if not people:
        return Step(since, _("结果阳性"))
    words = ngettext("结果阳性，%(count)s 人留在原处", "结果阳性，%(count)s 人留在原处", people) % {"count": people}
    longest = _("最长 %(span)s") % {"span": duration_words(until - since)}
    return Step(since, words, longest)


def _asked(village_id: UUID, tube_id: UUID, since: datetime) -> Iterator[Step]:
    asked = tasks.about(village_id, tube_id)
    names = accounts.names_of([each.done_by for each in asked if each.done_by])
    for each in asked:
        title, role = KINDS[each.kind].titled(each.about), ROLES[each.role].name
        yield Step(each.opened_at, _("交办：%(task)s") % {"task": title}, _after(each.opened_at, since), role)
        if each.done_at is not None:
            by = names.get(each.done_by, "") if each.done_by else _("已自动完成")
            yield Step(each.done_at, _("办好：%(task)s") % {"task": title}, _after(each.done_at, since), by)


def _of_member(round_: Round, each: Retested, known: Mapping[UUID, PersonBrief], *times: datetime) -> Iterator[Step]:
    since, until, now = times
    person = known.get(each.person_id)
    name = person.name if person else ""
    url = reverse("round_person", args=[round_.pk, each.person_id]) if person else ""
    if each.sampled_at is not None:
        words = _("复检采样，试管 %(tube)s") % {"tube": each.tube}
        yield Step(each.sampled_at, words, _after(each.sampled_at, since), "", name, url)
    negative = each.result == TubeResult.NEGATIVE
    if each.result_at is not None and each.result in RESULT_LOOKS:
        words = _("复检阴性，解除") if negative else _("复检：%(result)s") % {"result": RESULT_LOOKS[each.result].word}
        yield Step(each.result_at, words, _after(each.result_at, since), "", name, url)
    if until <= now and not (negative and each.result_at is not None and each.result_at < until):
        yield Step(until, _("到时限，自动解除"), _after(until, since), "", name, url)


def _after(at: datetime, since: datetime) -> str:
    return _("%(span)s后") % {"span": duration_words(at - since)} if at - since >= timedelta(minutes=1) else ""
