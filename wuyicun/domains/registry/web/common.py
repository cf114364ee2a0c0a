"""What the pages of the registry share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wuyicun.domains.registry.labels import GROUP, GROUP_ICON, WHEREABOUTS
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import SECTION_DIGITS, Level
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope
from wuyicun.kernel.web.responses import ours

Words = str | Promise

MOST_CHIPS = 60
"""More areas than these are not shown side by side."""


@dataclass(frozen=True)
class Chip:
    """A filter."""

    label: Words
    url: str
    active: bool = False


@dataclass(frozen=True)
class Tag:
    """A group with its icon."""

    word: Words
    icon: str


def tags(groups: Sequence[str]) -> list[Tag]:
    """Groups as a page shows them."""
    return [Tag(GROUP[code], GROUP_ICON[code]) for code in groups if code in GROUP]


def today() -> date:
    """The day on the village's calendar."""
    return timezone.localtime(clock.now()).date()


def cursor(request: HttpRequest, name: str = "after") -> UUID | None:
    """An id from the address; None when it is none."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def ids_of(texts: Iterable[str]) -> Iterator[UUID]:
    """The ids among what a form sent."""
    for text in texts:
        with suppress(ValueError):
            yield UUID(text)


def with_query(parameters: Mapping[str, str], **other: str) -> str:
    """The same list with something else asked: `?area=…`."""
    asked = {key: value for key, value in {**parameters, **other}.items() if value}
    return f"?{urlencode(asked)}" if asked else "?"


def area_chips(request: ScopedRequest, asked: Mapping[str, str], permission: Permission) -> list[Chip]:
    """One chip for each grid and micro-grid in which the account may look; none where there is only one."""
    here = asked.get("area", "")
    seen = _at_hand(areas_seen(request.scope, request.village.pk, permission), here)
    if len(seen) < 2:
        return []
    every = Chip(_("全部"), with_query(asked, area=""), not here)
    return [every, *(Chip(name, with_query(asked, area=path), path == here) for path, name in seen)]


def _at_hand(areas: list[tuple[str, str]], here: str) -> list[tuple[str, str]]:
    """All areas; in a town, which has too many to choose from at once, the grids and what lies in the one chosen."""
    if len(areas) <= MOST_CHIPS:
        return areas
    grids, chosen = {path for path, _ in areas if len(path) <= SECTION_DIGITS}, here[:SECTION_DIGITS]
    return [(path, name) for path, name in areas if path in grids or path[:SECTION_DIGITS] not in grids - {chosen}]


def areas_seen(scope: Scope, village_id: UUID, permission: Permission) -> list[tuple[str, str]]:
    """Areas that may be looked at as a whole; a grid that is its own only micro-grid's parent is left out."""
    levels = (Level.GRID, Level.MICRO_GRID, Level.UNPLACED)
    areas = territory.areas(village_id, levels=levels)
    children = Counter(area.parent_id for area in areas)
    alone = {area.area_path for area in areas if area.level == Level.GRID and children[area.pk] == 1}
    return [
        (area.area_path, area.name)
        for area in areas
        if scope.permits(permission, area.area_path) and area.area_path not in alone
    ]


def bulk_controls(every: str, asked: str, here: str) -> dict[str, Any]:
    """What a list offers to say of many people at once.

    Args:
        every: `people`, or the code of a ledger; `asked` its filters.
    """
    return {
        "whereabouts": list(WHEREABOUTS.items()),
        "groups": list(GROUP.items()),
        "every": every,
        "asked": asked,
        "here": here,
    }


def seen_at(request: HttpRequest) -> datetime | None:
    """When the form's subject had last been changed; None for never."""
    try:
        return parse_datetime(request.POST.get("seen_at", ""))
    except ValueError:
        return None


def fault(form: Form, field: str, words: Words) -> None:
    """Set a refusal beside the field it is about, or on top of the form."""
    form.add_error(field if field in form.fields else None, str(words))


def next_url(request: HttpRequest, otherwise: str) -> str:
    """The page that the form names as `next`, if it is one of ours."""
    return ours(request, request.POST.get("next", "") or request.GET.get("next", ""), otherwise)
