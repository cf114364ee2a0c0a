"""The words of a round's plan: why it asks for so much, and what it breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.profiles.rules import Parameters
from wuyicun.domains.screening.timetable import Broken
from wuyicun.domains.screening.web.common import time_words
from wuyicun.domains.screening.words import Words
from wuyicun.planning.rounds import Staffing

BROKEN: Mapping[str, Words] = {
    "overlap": gettext_lazy("%(area)s还没采完，%(other)s %(time)s 就到%(station)s了，两拨人会挤在一起"),
    "too_short": gettext_lazy("%(area)s在%(station)s要 %(needed)s 分，只排了 %(number)s 分"),
    "too_late": gettext_lazy("%(area)s %(time)s 还采不完"),
    "before_begin": gettext_lazy("%(area)s排在 %(time)s 开始之前"),
    "not_called": gettext_lazy("%(area)s还有 %(needed)s 人，没有安排时间"),
    "more_people": gettext_lazy("%(area)s按 %(number)s 人排的，现在有 %(needed)s 人"),
    "samplers": gettext_lazy("%(station)s按标准要 %(needed)s 名采样员，只开 %(number)s 个窗口"),
    "crowded": gettext_lazy("%(station)s排了 %(number)s 人，一个采样点最多 %(needed)s 人"),
}


@dataclass(frozen=True)
class Names:
    """What areas and stations are called."""

    areas: Mapping[UUID, str]
    stations: Mapping[UUID, str]


def broken_words(found: Sequence[Broken], names: Names, now: datetime) -> Sequence[str]:
    """A sentence for each thing that a plan breaks."""
    return [
        str(BROKEN[each.code])
        % {
            "area": names.areas.get(each.area_id, "") if each.area_id else "",
            "other": names.areas.get(each.other_id, "") if each.other_id else "",
            "station": names.stations.get(each.station_id, "") if each.station_id else "",
            "number": each.number,
            "needed": each.needed,
            "time": time_words(each.time, now) if each.time else "",
        }
        for each in found
    ]


@dataclass(frozen=True)
class Why:
    """What the reasons speak of.

    Attributes:
        earliest: when everybody could be through at best, None before anything was proposed.
    """

    people: int
    at_home: int
    stations: int
    staff: Staffing
    ends_by: datetime | None
    earliest: datetime | None


def reasons(why: Why, numbers: Parameters, now: datetime) -> Sequence[str]:
    """Why the plan asks for so many stations and windows, a sentence each."""
    words = {
        "people": why.people,
        "home": why.at_home,
        "pace": numbers.people_per_window_hour,
        "per_sampler": numbers.people_per_sampler,
        "samplers": why.staff.samplers,
        "per_station": numbers.people_per_station,
        "stations": why.staff.stations,
        "set": why.stations,
        "for_time": why.staff.for_time,
        "time": time_words(why.ends_by, now) if why.ends_by else "",
        "earliest": time_words(why.earliest, now) if why.earliest else "",
        "at_window": numbers.staff_per_window,
        "at_station": numbers.staff_per_station,
    }
    found = [
        _("到采样点的 %(people)s 人，上门的 %(home)s 人另排路线") if why.at_home else _("到采样点的 %(people)s 人")
    ]
    found += [
        _("每 %(per_sampler)s 人一名采样员，至少 %(samplers)s 名"),
        _("每 %(per_station)s 人一个采样点，至少 %(stations)s 个；本轮设了 %(set)s 个，每个至少开一个窗口"),
        _("一个窗口一小时采 %(pace)s 人，要 %(at_window)s 个人手；每个采样点另要 %(at_station)s 人维持秩序和消杀"),
    ]
    if why.ends_by:
        found.append(_("要在 %(time)s 前采完，至少开 %(for_time)s 个窗口"))
    if why.earliest:
        found.append(_("这些窗口不停地采，最早 %(earliest)s 采完"))
    return [each % words for each in found]
