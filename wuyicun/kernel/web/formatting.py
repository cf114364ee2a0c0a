"""Dates, durations, phones, ages and shares in the words that people use. Pure: the moment comes as an argument."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

_MINUTE = timedelta(minutes=1)


def weekday_word(day: date) -> str:
    """周一 … 周日."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[day.weekday()]


def month_word(day: date) -> str:
    """1月 … 12月."""
    first = (_("1月"), _("2月"), _("3月"), _("4月"), _("5月"), _("6月"))
    second = (_("7月"), _("8月"), _("9月"), _("10月"), _("11月"), _("12月"))
    return (*first, *second)[day.month - 1]


def day_words(day: date, today: date) -> str:
    """今天, 昨天, 明天, 11月18日 周五, or with the year when it is another one."""
    near = {0: _("今天"), -1: _("昨天"), 1: _("明天")}.get((day - today).days)
    if near is not None:
        return near
    if day.year == today.year:
        return _("%(month)s%(day)s日 %(weekday)s") % {
            "month": month_word(day),
            "day": day.day,
            "weekday": weekday_word(day),
        }
    return _("%(year)s年%(month)s%(day)s日") % {"year": day.year, "month": month_word(day), "day": day.day}


def day_time_words(moment: datetime | date, now: datetime) -> str:
    """今天 09:42, 昨天 18:00, 11月18日 周五 09:42; a plain date has no time. In the local time zone."""
    today = timezone.localtime(now).date()
    if not isinstance(moment, datetime):
        return day_words(moment, today)
    local = timezone.localtime(moment)
    return f"{day_words(local.date(), today)} {local:%H:%M}"


def duration_words(span: timedelta) -> str:
    """42 分, 3 小时 5 分, 2 天 3 小时; the sign is dropped, what is under a minute is 不到 1 分."""
    minutes = int(abs(span) / _MINUTE)
    if minutes < 1:
        return _("不到 1 分")
    if minutes < 60:
        return _("%(minutes)s 分") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        words = _("%(hours)s 小时") % {"hours": hours}
        return words if not minutes else f"{words} " + _("%(minutes)s 分") % {"minutes": minutes}
    days, hours = divmod(hours, 24)
    words = _("%(days)s 天") % {"days": days}
    return words if not hours else f"{words} " + _("%(hours)s 小时") % {"hours": hours}


def masked_phone(number: str) -> str:
    """138****5678; of anything that is no mobile number only the last four show."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-4:]}" if len(digits) > 4 else "****"


def full_years(born: date, today: date) -> int:
    """Age in completed years (周岁)."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def age_words(born: date, today: date) -> str:
    """71, or 8 个月 under the first birthday, as it stands behind 男/女."""
    years = full_years(born, today)
    if years >= 1:
        return str(years)
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return _("%(months)s 个月") % {"months": max(months, 0)}


def whole_percent(part: int, whole: int) -> int:
    """The share as a whole percent that never flatters: 100 means nothing is missing, 0 nothing done."""
    if whole <= 0:
        return 0
    return max(part * 100 // whole, 1 if part > 0 else 0)
