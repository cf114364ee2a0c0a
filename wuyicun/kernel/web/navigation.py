"""The navigation: which entries there are, and which of them this person sees.

Rooms register nothing here and this file knows no room: the configuration lists the items (`WUYI_NAVIGATION`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.roles import Permission

SECTIONS: dict[str, str | Promise] = {
    "today": _("今日"),
    "command": _("指挥"),
    "people": _("人和户"),
    "screening": _("检测"),
    "checks": _("卡口健康"),
    "supplies": _("物资"),
    "hygiene": _("消杀宣传"),
    "assessment": _("考评"),
    "settings": _("设置"),
}


@dataclass(frozen=True)
class Item:
    """One page in the navigation.

    Attributes:
        section: a key of SECTIONS.
        title: what it is called there.
        url_name: the name of its address, without arguments.
        permission: who sees it; None for everyone who is logged in.
        order: place within the section, smallest first; the first is where the section leads.
        behind: what the addresses of pages behind it begin with, where that is not its own address.
    """

    section: str
    title: str | Promise
    url_name: str
    permission: Permission | None = None
    order: int = 100
    behind: str = ""


@dataclass(frozen=True)
class Link:
    """An entry as it is shown. `here` says that the page lies behind it, `exact` that it is the page itself."""

    title: str
    url: str
    here: bool = False
    exact: bool = False


@dataclass(frozen=True)
class Menu:
    """The two lines: sections, and the items of the section we are in (empty when there is only one)."""

    sections: tuple[Link, ...] = ()
    items: tuple[Link, ...] = ()


def registered() -> tuple[Item, ...]:
    """The items that the configuration lists."""
    items: tuple[Item, ...] = import_string(settings.WUYI_NAVIGATION)
    return items


def menu(items: tuple[Item, ...], may: Callable[[Permission], bool], path: str) -> Menu:
    """What to show to somebody who `may`, on the page at `path`."""
    seen = [(item, url) for item in _sorted(items) if (url := _url(item)) and _allowed(item, may)]
    here = max((url for item, url in seen if _lies_in(path, url, item.behind)), key=len, default=None)
    section_here = next((item.section for item, url in seen if url == here), None)
    sections = []
    for code, title in SECTIONS.items():
        urls = [url for item, url in seen if item.section == code]
        if urls:
            sections.append(Link(str(title), urls[0], here=code == section_here, exact=urls[0] == path))
    lines = [
        Link(str(item.title), url, here=url == here, exact=url == path)
        for item, url in seen
        if item.section == section_here
    ]
    return Menu(tuple(sections), tuple(lines) if len(lines) > 1 else ())


def _sorted(items: tuple[Item, ...]) -> list[Item]:
    places = list(SECTIONS)
    return sorted(items, key=lambda item: (places.index(item.section), item.order))


def _url(item: Item) -> str | None:
    """Its address; None while its page is not built (`navigation_resolves` reports that)."""
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return None


def _allowed(item: Item, may: Callable[[Permission], bool]) -> bool:
    return item.permission is None or may(item.permission)


def _lies_in(path: str, url: str, behind: str) -> bool:
    below = behind or url
    return path == url or (below != "/" and path.startswith(below))
