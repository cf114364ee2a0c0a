"""The words of tasks: what is to be done and why, by the code of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Told:
    """What a kind of task says; places are filled from what it is about."""

    title: Words
    how: Words

    def titled(self, about: Mapping[str, Any]) -> str:
        """The title with its figures."""
        return str(self.title) % {"tube": "", "people": 0, **about}


KINDS: dict[str, Told] = {
    "pool_retest": Told(
        _("混管 %(tube)s 阳性：给 %(people)s 人各做一次单人复检"),
        _("单人单管，尽快送检。复检没出结果前，每人留在原处，最长 24 小时。"),
    ),
    "pool_tell": Told(
        _("混管 %(tube)s 阳性：告诉 %(people)s 人留在原处，陪去复检"),
        _("当面或打电话讲清为什么、到什么时候；本人复检阴性就可以走动。家里要人送东西的，一起记下。"),
    ),
    "pool_know": Told(
        _("混管 %(tube)s 阳性：%(people)s 人等单人复检"),
        _("看复检进度，安排人手和车；不要提前对外说是确诊，没有人因此成为病例。"),
    ),
    "single_positive": Told(
        _("单管 %(tube)s 阳性：马上联系本人，按规定报告"),
        _("先核对人和管号，再联系本人，向上级疾控报告，是不是病例由他们判定。系统不会自动立病例。"),
    ),
}
