"""What the pages of checking share: how a household stands, sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wuyicun.domains.rolls.rules import Counts
from wuyicun.domains.verification.queries import Checked, PeriodRow
from wuyicun.domains.verification.rules import days_between
from wuyicun.domains.verification.words import RESULTS, Words
from wuyicun.kernel.web.formatting import day_words


@dataclass(frozen=True)
class LastCheck:
    """The last check of a household as pages show it.

    Attributes:
        at: None when it has never been checked.
        ago: 43 天前.
        by: a name, '' when it is not known.
    """

    at: datetime | None
    ago: str
    by: str
    result: Words
    note: str

    @classmethod
    def of(cls, checked: Checked | None, by: str, now: datetime) -> LastCheck:
        """From the check, which may be none."""
        if checked is None:
            return cls(None, _("从未核对"), "", "", "")
        return cls(checked.at, ago(checked.at, now), by, RESULTS.get(checked.result, ""), checked.note)


def today(now: datetime) -> date:
    """The day on the village's calendar."""
    return timezone.localtime(now).date()


def ago(moment: datetime, now: datetime) -> str:
    """今天, 昨天, 43 天前."""
    days = days_between(today(moment), today(now))
    if days < 2:
        return _("昨天") if days else _("今天")
    return ngettext("%(days)s 天前", "%(days)s 天前", days) % {"days": days}


def sentence(period: PeriodRow | None, counts: Counts, now: datetime) -> tuple[str, str]:
    """The answer of a page about the period that runs, and its tone."""
    if period is None:
        return _("还没有开始核对"), ""
    if not period.is_drawn:
        return _("正在把各户列进来"), "owed"
    words = {"owed": counts.owed, "day": day_words(period.ends_on, today(now)), "done": counts.done}
    if counts.owed:
        return ngettext(
            "还有 %(owed)s 户待核对，%(day)s前完成", "还有 %(owed)s 户待核对，%(day)s前完成", counts.owed
        ) % words, "owed"
    if not counts.due:
        return _("这里没有要核对的户"), ""
    return ngettext("本期 %(done)s 户都核对过了", "本期 %(done)s 户都核对过了", counts.done) % words, "done"
