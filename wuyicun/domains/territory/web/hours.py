"""Days and hours of a week in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from django.utils.translation import gettext as _

from wuyicun.domains.territory.watches import EVERY_DAY, Gap
from wuyicun.kernel.web.formatting import weekday_word

_MONDAY = date(2022, 11, 21)


def weekdays() -> Sequence[tuple[str, str]]:
    """The days of a week by their numbers, Monday first."""
    return [(number, weekday_word(_MONDAY.replace(day=20 + int(number)))) for number in EVERY_DAY]


def days_words(days: str) -> str:
    """每天, 周一至周五, 周六、周日."""
    words = dict(weekdays())
    if days == EVERY_DAY:
        return _("每天")
    if len(days) > 2 and days in EVERY_DAY:
        return _("%(first)s至%(last)s") % {"first": words[days[0]], "last": words[days[-1]]}
    return _("、").join(words[day] for day in days)


def hours_words(begins: time, ends: time) -> str:
    """08:00–20:00, 20:00–次日 08:00, 全天 when it is all of the day."""
    if begins == ends:
        return _("全天") if begins == time() else _("%(time)s 起 24 小时") % {"time": f"{begins:%H:%M}"}
    if ends < begins and ends != time():
        return _("%(begins)s–次日 %(ends)s") % {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}
    return f"{begins:%H:%M}–{'24:00' if ends == time() else f'{ends:%H:%M}'}"


def gap_words(gap: Gap) -> str:
    """周六、周日 08:00–20:00."""
    return f"{days_words(gap.days)} {hours_words(gap.begins, gap.ends)}"
