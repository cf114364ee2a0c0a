"""What rooms say of an area on its page: a line each, with the list behind it.

Rooms register nothing here and this file knows no room: the configuration lists who speaks (`WUYI_AREA_CARDS`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from wuyicun.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class AreaCard:
    """A line: what, how many, and where to go.

    Attributes:
        tone: done, owed, late or '' as figures have it.
        action: the words of the way on, '' where there is none.
        also: further ways, address and words.
    """

    title: str | Promise
    value: str | Promise
    url: str = ""
    action: str | Promise = ""
    tone: str = ""
    also: Sequence[tuple[str, str | Promise]] = ()


Speaker = Callable[[Scope, UUID, str], Iterator[AreaCard]]
"""Given who looks, the village, and the area's path."""


def cards(scope: Scope, village_id: UUID, area_path: str) -> list[AreaCard]:
    """All lines about an area, in the order of the configuration."""
    speakers: tuple[Speaker, ...] = import_string(settings.WUYI_AREA_CARDS)
    return [card for speak in speakers for card in speak(scope, village_id, area_path)]
