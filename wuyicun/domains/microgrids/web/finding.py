"""Micro-grids in the one box for everything."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from wuyicun.domains.microgrids import access
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import SECTION_DIGITS
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.spelling import keys_of_name, normal
from wuyicun.kernel.web.finding import Finder, Kind, Match, Matches, why

MICRO_GRIDS = Kind(pgettext_lazy("list", "微网格"), "layout-grid", gettext_lazy("名称、拼音、首字母，网格编码"))


def find(request: ScopedRequest, text: str, most: int) -> Matches:
    """Those the asker may see, in the order of their codes."""
    typed = normal(text)
    if not typed:
        return Matches()
    sections = territory.names(request.village.pk)
    found = []
    for leaf in access.leaves(request.scope, request.village, Permission.VIEW_PEOPLE):
        is_code = leaf.area_path == typed
        if is_code or any(key.startswith(typed) for key in keys_of_name(leaf.name)):
            rank = 0 if is_code else 2 if typed == normal(leaf.name) else 4
            said = _("网格编码") if is_code else why(leaf.name, typed, _("名称"))
            section = sections.get(leaf.area_path[:SECTION_DIGITS], "")
            url = reverse("micro_grid", args=[leaf.pk])
            found.append(Match(MICRO_GRIDS, rank, leaf.name, url, leaf.area_path, section, said))
    return Matches(sorted(found, key=lambda match: match.rank)[:most], truncated=len(found) > most)


FINDER = Finder(Permission.VIEW_PEOPLE, (MICRO_GRIDS,), find)
