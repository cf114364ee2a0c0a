"""What the pages of testing share: sentences, figures, the record that a form carries, where to go back to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts, State
from wuyicun.domains.screening import access
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.rules import RoundState
from wuyicun.domains.screening.words import ROUND_LOOKS, Look, Words
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web.formatting import day_time_words, day_words


@dataclass(frozen=True)
class Figure:
    """A number that opens its list."""

    number: int
    label: Words
    url: str = ""
    tone: str = ""
    note: Words = ""


@dataclass(frozen=True)
class Head:
    """What every page of a round says of it on top."""

    id: UUID
    title: str
    look: Look
    open: bool
    due_at: datetime
    url: str

    @classmethod
    def of(cls, round_: Round) -> Head:
        """The head of a round."""
        return cls(
            round_.pk,
            round_.title,
            ROUND_LOOKS[round_.state],
            round_.state == RoundState.OPEN,
            round_.due_at,
            reverse("round", args=[round_.pk]),
        )


def powers_in(request: ScopedRequest, area_path: str) -> dict[str, bool]:
    """What the account may do in some part of an area, for a template: `may.sample`."""
    return {each.value: True for each in Permission if access.reaches(request.scope, each, area_path)}


def counts_seen(scope: Scope, village_id: UUID, round_: Round) -> tuple[Counts, bool]:
    """The round's figures as far as the account's areas go, and whether that is all of it."""
    leaves = rolls.leaf_counts(village_id, round_.roll_id)
    seen = [leaf for leaf in leaves if scope.permits(Permission.VIEW_BOARD, leaf.area_path)]
    return sum((leaf.counts for leaf in seen), Counts()), len(seen) == len(leaves)


def time_words(moment: datetime, now: datetime) -> str:
    """11:20 when it is today, else 明天 11:20."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localtime(now).date():
        return f"{local:%H:%M}"
    return day_time_words(moment, now)


def day_of(moment: datetime, now: datetime) -> str:
    """今天, 昨天, 11月18日 周五."""
    return day_words(timezone.localtime(moment).date(), timezone.localtime(now).date())


def sentence(round_: Round, counts: Counts, now: datetime) -> tuple[str, str]:
    """The answer that a round's page gives, and its tone."""
    if round_.state == RoundState.CANCELLED:
        return _("本轮已取消，没有采过样"), ""
    if round_.state != RoundState.OPEN:
        return _("%(due)s 人应采，每人都有着落") % {"due": counts.due}, "done"
    words = {"missing": counts.missing, "owed": counts.owed, "time": time_words(round_.due_at, now), "due": counts.due}
    if counts.owed and round_.due_at < now:
        return _("还有 %(missing)s 人未采，已过了 %(time)s 的时限") % words, "late"
    if counts.owed:
        return _("还有 %(missing)s 人未采，最晚 %(time)s 采完") % words, "owed"
    if counts.missing:
        return _("没有待采的人了，还有 %(missing)s 人联系不上或拒绝") % words, "owed"
    if not counts.due:
        return _("这一轮没有应采的人"), ""
    return _("%(due)s 人应采，全部采完") % words, "done"


def figures(round_: Round, counts: Counts) -> Sequence[Figure]:
    """应采, 已采, 待采, 联系不上, 拒绝, 另暂免: each opens its list."""

    def listed(code: str) -> str:
        return f"{reverse('missing', args=[round_.pk])}?state={code}"

    return [
        Figure(counts.due, _("应采"), listed("due")),
        Figure(counts.done, _("已采"), listed("done"), "done" if counts.done else ""),
        Figure(counts.owed, _("待采"), listed("owed"), "owed" if counts.owed else ""),
        Figure(counts.unreachable, _("联系不上"), listed("unreachable"), "owed" if counts.unreachable else ""),
        Figure(counts.refused, _("拒绝"), listed("refused"), "owed" if counts.refused else ""),
        Figure(counts.excused, _("另暂免"), listed("excused"), "excused" if counts.excused else ""),
    ]


STATES_OF_LIST: dict[str, tuple[State, ...]] = {
    "missing": (State.OWED, State.UNREACHABLE, State.REFUSED),
    "due": (State.OWED, State.UNREACHABLE, State.REFUSED, State.DONE),
    "owed": (State.OWED,),
    "done": (State.DONE,),
    "unreachable": (State.UNREACHABLE,),
    "refused": (State.REFUSED,),
    "excused": (State.EXCUSED,),
}


def people_words(count: int) -> str:
    """18 人."""
    return ngettext("%(count)s 人", "%(count)s 人", count) % {"count": count}
